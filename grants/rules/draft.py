"""What the rules look at: an application with its plan, files and place, loaded once."""

from dataclasses import dataclass
from datetime import date

from accounts.models import Organisation
from grants.models import Application, CostLine, FundingLine, Round
from grants.states import FundingKind


@dataclass(frozen=True)
class Problem:
    """One thing that must be mended before the application can be sent.

    Attributes:
        section: the page on which it is mended (value of Section).
        field: name of the field, or of the kind of attachment.
        message: what to do, in the reader's language.
        line: number of the line of the plan, counted from 1.
        place: where it is mended, if not at the field: "address" stands on the page of the organisation.
    """

    section: str
    field: str
    message: str
    line: int | None = None
    place: str = ""


@dataclass(frozen=True)
class Draft:
    """The application as the rules see it; nothing in here asks the database again.

    Attributes:
        kinds_attached: kinds of the files that were added and hold.
        kinds_expired: kinds of papers that were attached and do not hold any more.
        others_sent: how many other applications of the organisation the round already has.
        day: the day on which it was sent, else today; None leaves out what depends on it.
    """

    application: Application
    round: Round
    organisation: Organisation | None
    cost_lines: tuple[CostLine, ...]
    funding_lines: tuple[FundingLine, ...]
    kinds_attached: frozenset[str]
    others_sent: int = 0
    kinds_expired: frozenset[str] = frozenset()
    day: date | None = None

    def funded_by(self, *kinds: FundingKind) -> int:
        """Return the planned money from these sources, in cents."""
        return sum(line.amount_cents for line in self.funding_lines if line.kind in kinds)

    def spent_on(self, kind: str) -> int:
        """Return the planned cost of one kind, in cents."""
        return sum(line.amount_cents for line in self.cost_lines if line.kind == kind)
