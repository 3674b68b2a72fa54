"""Which rounds there are, how many cases each has, and how far each has come."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from notifications.dates import add_months
from reviews.demo.scale.constants import (
    DENSE_SLUG,
    FUND_PREFIX,
    RANKING_CASES,
    RANKING_SLUG,
    ROUND_CASES,
    STORY,
    YEARS,
)

_DISTRICTS = (
    "Mitte", "Vahrenwald-List", "Bothfeld-Vahrenheide", "Buchholz-Kleefeld", "Misburg-Anderten",
    "Kirchrode-Bemerode-Wülferode", "Südstadt-Bult", "Döhren-Wülfel", "Ricklingen", "Ahlem-Badenstedt-Davenstedt",
    "Herrenhausen-Stöcken", "Nord",
)  # fmt: skip


class Stage(enum.Enum):
    """How far a round has come."""

    OPEN = "open"
    CHECK = "check"
    SCORING = "scoring"
    COMMITTEE = "committee"
    DECIDED = "decided"
    FINISHED = "finished"
    RANKING = "ranking"
    DENSE = "dense"


@dataclass(frozen=True)
class Outline:
    """A round before it is drawn. `fund` counts from 0, the main fund; `number` tells rounds apart for the seed."""

    number: int
    fund: int
    year: int
    serial: int
    stage: Stage
    cases: int
    deadline: date

    @property
    def slug(self) -> str:
        special = {Stage.RANKING: RANKING_SLUG, Stage.DENSE: DENSE_SLUG}
        return special.get(self.stage, f"{self.year}-{self.serial}-{self.number}")


def district(number: int) -> tuple[str, str, str]:
    """Return name, short name and prefix of case numbers of a district's fund; the first has number 1."""
    name = _DISTRICTS[number - 1]
    plain = name.lower().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    return name, f"{FUND_PREFIX}{plain}", f"B{number:02}"


def dense_cases(applications: int) -> int:
    """Return how many cases the round for the lists has."""
    if applications >= 20_000:
        return 10_000
    return 1_000 if applications >= 10_000 else min(RANKING_CASES, applications // 10)


@dataclass(frozen=True)
class Sizes:
    """How the applications are spread."""

    ranking: int
    dense: int
    others: int

    @property
    def rounds(self) -> int:
        return -(-self.others // ROUND_CASES)

    @property
    def funds(self) -> int:
        """How many funds there are, the main fund among them."""
        return max(2, min(len(_DISTRICTS) + 1, self.rounds // 8))


def sizes(applications: int, dense: int | None) -> Sizes:
    """Split the number of all applications: the told story, the two rounds for measurements, everything else."""
    ranking = min(RANKING_CASES, applications // 4)
    lists = dense_cases(applications) if dense is None else dense
    return Sizes(ranking, lists, max(0, applications - STORY - ranking - lists))


# This year's rounds of every fund, one stage after the other.
_NOW = (Stage.DECIDED, Stage.COMMITTEE, Stage.SCORING, Stage.CHECK, Stage.OPEN)
# How long ago (days) the deadline of a round of this year was.
_AGO = {Stage.DECIDED: 110, Stage.COMMITTEE: 75, Stage.SCORING: 30, Stage.CHECK: 8, Stage.OPEN: -20}


def outlines(all_sizes: Sizes, today: date) -> Iterator[Outline]:
    """Yield all rounds, oldest first; the two for measurements last."""
    count, funds = all_sizes.rounds, all_sizes.funds
    per_year = funds * YEARS
    left = all_sizes.others
    made = []
    for number in range(count):
        fund, turn = number % funds, number // funds
        cases = min(ROUND_CASES, left)
        left -= cases
        made.append(_outline(number, fund, turn % YEARS, number // per_year, cases, today))
    yield from sorted(made, key=lambda outline: (outline.deadline, outline.number))
    yield Outline(count, 0, today.year, 90, Stage.RANKING, all_sizes.ranking, today - timedelta(days=60))
    yield Outline(count + 1, 0, today.year, 91, Stage.DENSE, all_sizes.dense, today - timedelta(days=35))


def _outline(number: int, fund: int, back: int, serial: int, cases: int, today: date) -> Outline:
    if back == 0:
        stage = _NOW[(number + serial) % len(_NOW)]
        deadline = today - timedelta(days=_AGO[stage])
        return Outline(number, fund, deadline.year, serial + 1, stage, cases, deadline)
    # All is decided and the first money paid before the year ends.
    year = today.year - back
    deadline = add_months(date(year, 1, 12), serial % 5) + timedelta(days=fund)
    return Outline(number, fund, year, serial + 1, Stage.FINISHED, cases, deadline)
