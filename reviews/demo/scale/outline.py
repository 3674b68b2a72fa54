"""Which rounds there are, how many cases each has, and how far each has come."""

import enum
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle

from notifications.dates import add_months
from reviews.demo.scale.constants import (
    DENSE_SLUG,
    FUND_PREFIX,
    RANKING_CASES,
    RANKING_SLUG,
    ROUND_CASES,
    ROUND_MONEY_CENTS,
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
    def money_cents(self) -> int:
        """What the round may give away."""
        return ROUND_MONEY_CENTS * self.cases // ROUND_CASES

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
    def round_cases(self) -> int:
        """How many cases a round has; fewer where there are not many, so that every stage is among them."""
        return min(ROUND_CASES, max(12, self.others // 20))

    @property
    def rounds(self) -> int:
        return -(-self.others // self.round_cases)

    @property
    def funds(self) -> int:
        """How many funds there are, the main fund among them."""
        return max(2, min(len(_DISTRICTS) + 1, self.rounds // 8))


def sizes(applications: int, *, told: int = 0, dense: int | None = None) -> Sizes:
    """Split the number of all applications: those of the story, the two rounds for measurements, everything else."""
    ranking = min(RANKING_CASES, applications // 4)
    lists = dense_cases(applications) if dense is None else dense
    return Sizes(ranking, lists, max(0, applications - told - ranking - lists))


# This year's rounds of every fund, one stage after the other.
_NOW = (Stage.DECIDED, Stage.COMMITTEE, Stage.SCORING, Stage.CHECK, Stage.OPEN)
# How long ago (days) the deadline of a round of this year was.
_AGO = {Stage.DECIDED: 110, Stage.COMMITTEE: 75, Stage.SCORING: 30, Stage.CHECK: 8, Stage.OPEN: -20}


# The years of a fund's rounds, one after the other: so many years ago.
_BACK = (0, 1, 0, 2, 0, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8)


def outlines(all_sizes: Sizes, today: date) -> list[Outline]:
    """Return all rounds, oldest first; the two for measurements last."""
    funds, left = all_sizes.funds, all_sizes.others
    serials: Counter[tuple[int, int]] = Counter()
    stages = cycle(_NOW)
    made = []
    for number in range(all_sizes.rounds):
        fund, back = number % funds, _BACK[number // funds % len(_BACK)]
        cases = min(all_sizes.round_cases, left)
        left -= cases
        serials[fund, back] += 1
        stage = Stage.FINISHED if back else next(stages)
        made.append(_outline(number, fund, today.year - back, serials[fund, back], stage, cases, today))
    made.sort(key=lambda outline: (outline.deadline, outline.number))
    count, year = len(made), today.year
    made.append(Outline(count, 0, year, 90, Stage.RANKING, all_sizes.ranking, today - timedelta(days=60)))
    made.append(Outline(count + 1, 0, year, 91, Stage.DENSE, all_sizes.dense, today - timedelta(days=35)))
    return made


def _outline(number: int, fund: int, year: int, serial: int, stage: Stage, cases: int, today: date) -> Outline:
    if stage == Stage.FINISHED:
        # All is decided and the first money paid before the year ends.
        deadline = add_months(date(year, 1, 12), serial % 5) + timedelta(days=fund)
    else:
        deadline = today - timedelta(days=_AGO[stage])
    return Outline(number, fund, year, serial, stage, cases, deadline)
