"""What the cases of one round have in common, and one case while it is drawn."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from random import Random
from typing import Any

from accounts import audit
from accounts.clock import BERLIN
from accounts.models import Fund, Organisation, User
from grants.models import Application, CostLine, Criterion, FundingLine, Round
from grants.states import ApplicationState as A
from grants.steps.sending import PERSONAL
from notifications.dates import next_working_day
from reviews.demo.people import Cast
from reviews.demo.scale.outline import Outline
from reviews.demo.scale.world import World
from reviews.demo.words import Idea
from reviews.models import Juror
from reviews.states import Recommendation

# Days from the deadline to each step, with the hour at which it is done.
_STEPS = {
    "check": (5, 10), "assign": (15, 10), "score": (24, 17), "close": (40, 10), "vote": (50, 14), "paper": (57, 11),
    "decide": (80, 17), "ask_plan": (81, 9), "take_plan": (83, 9), "draft": (84, 9), "approve": (85, 9),
    "sign": (86, 9), "release": (87, 9), "post": (88, 9), "deem": (93, 1), "final": (126, 1), "request": (130, 9),
    "certify": (131, 9), "order": (132, 9), "export": (133, 11), "book": (136, 11), "second": (156, 9),
    "settle": (190, 9),
}  # fmt: skip


@dataclass
class Scene:
    """A round with its people and its days."""

    world: World
    outline: Outline
    fund: Fund
    round: Round
    random: Random
    criteria: list[Criterion] = field(default_factory=list)
    jurors: list[Juror] = field(default_factory=list)
    # What is left of the round's share of the budget (cents).
    money_cents: int = 0

    @property
    def cast(self) -> Cast:
        return self.world.cast

    def at(self, step: str) -> datetime:
        """Return when a step is done."""
        days, hour = _STEPS[step]
        return moment(self.outline.deadline + timedelta(days=days), hour)

    def day(self, step: str) -> date:
        """Return the day of a step, moved to the next one on which offices work."""
        return next_working_day(self.outline.deadline + timedelta(days=_STEPS[step][0]))

    @cached_property
    def bodies(self) -> list[str]:
        """The committees that the list goes through; the last one decides."""
        return [str(body["body"]) for body in self.round.committee_chain]


@dataclass
class Case:
    """An application on its way, with the lines of its history."""

    application: Application
    owner: User
    organisation: Organisation
    idea: Idea
    aim: A
    level: float
    formal: bool = False
    costs: list[CostLine] = field(default_factory=list)
    funds: list[FundingLine] = field(default_factory=list)
    state: A = A.DRAFT
    word: Recommendation | None = None
    proposed_cents: int = 0
    rank: int | None = None
    # Up to what was asked for; zero where nothing is granted.
    granted_cents: int = 0
    lines: list[audit.Line] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.application.case_key

    @property
    def partial(self) -> bool:
        """Granted, but less than was asked for."""
        return 0 < self.granted_cents < (self.application.applied_cents or 0)

    def note(
        self, action: str, at: datetime, by: User | None, *, reason: str = "", data: dict[str, Any] | None = None
    ) -> None:
        """Add a line about the application that changes no state."""
        self.lines.append(
            audit.Line(
                at, by.pk if by else None, self.application.fund_id, self.key, "grants.application",
                self.application.pk, self.label, action, "", self.state.value, reason, data or {},
            )
        )  # fmt: skip

    def step(
        self, action: str, at: datetime, by: User | None, to: A, *, reason: str = "", data: dict[str, Any] | None = None
    ) -> None:
        """Let the application do a transition."""
        self.lines.append(
            audit.Line(
                at, by.pk if by else None, self.application.fund_id, self.key, "grants.application",
                self.application.pk, self.label, action, self.state.value, to.value, reason, data or {},
            )
        )  # fmt: skip
        self.state = to
        self.application.version += 1

    def forget(self) -> None:
        """Leave nothing personal on a discarded draft."""
        for name in PERSONAL:
            setattr(self.application, name, "")
        self.application.bank_account = None

    @property
    def label(self) -> str:
        return str(self.application)[:200]


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """Return an instant by the clock of Berlin."""
    return datetime.combine(day, time(hour, minute), BERLIN)
