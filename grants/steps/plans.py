from collections.abc import Sequence
from dataclasses import dataclass

from accounts.money import share
from grants.models import Application, CostLine, FundingLine
from grants.states import FundingKind, FundingState


@dataclass(frozen=True)
class CostInput:
    """A position of the cost plan as entered; the amount is counted, not given."""

    kind: str
    label: str
    unit_cents: int
    quantity_hundredths: int = 100
    eligible: bool = True

    @property
    def amount_cents(self) -> int:
        """Quantity × price, rounded half up to the cent."""
        return share(self.unit_cents, self.quantity_hundredths, 100)


@dataclass(frozen=True)
class FundingInput:
    """A source of financing as entered; for own work the hours count, for all others the amount."""

    kind: str
    label: str = ""
    amount_cents: int = 0
    hours_hundredths: int = 0
    status: str = FundingState.PLANNED

    def value_cents(self, rate_cents: int) -> int:
        """The amount that counts: hours × the round's rate for own work, rounded half up to the cent."""
        if self.kind == FundingKind.OWN_WORK:
            return share(rate_cents, self.hours_hundredths, 100)
        return self.amount_cents


def save_plan(
    application: Application,
    *,
    cost_lines: Sequence[CostInput],
    funding_lines: Sequence[FundingInput],
    requested_cents: int,
    smallest_cents: int | None = None,
) -> Application:
    """Replace the plan of an application that the caller has locked; keep its sums exact and save it."""
    application.cost_lines.all().delete()
    application.funding_lines.all().delete()
    application.requested_cents = requested_cents
    application.smallest_cents = smallest_cents
    costs, funds = plan_rows(application, cost_lines, funding_lines)
    CostLine.objects.bulk_create(costs)
    FundingLine.objects.bulk_create(funds)
    application.save()
    return application


def plan_rows(
    application: Application, cost_lines: Sequence[CostInput], funding_lines: Sequence[FundingInput]
) -> tuple[list[CostLine], list[FundingLine]]:
    """Return the rows of a plan, not written yet, and set their sums on the application."""
    costs, funds = _cost_rows(application, cost_lines), _funding_rows(application, funding_lines)
    application.cost_cents = sum(line.amount_cents for line in costs)
    application.eligible_cents = sum(line.amount_cents for line in costs if line.eligible)
    application.funding_cents = sum(line.amount_cents for line in funds)
    return costs, funds


def _cost_rows(application: Application, lines: Sequence[CostInput]) -> list[CostLine]:
    return [
        CostLine(
            application=application,
            position=position,
            kind=line.kind,
            label=line.label,
            quantity_hundredths=line.quantity_hundredths,
            unit_cents=line.unit_cents,
            amount_cents=line.amount_cents,
            eligible=line.eligible,
        )
        for position, line in enumerate(lines, start=1)
    ]


def _funding_rows(application: Application, lines: Sequence[FundingInput]) -> list[FundingLine]:
    rate = application.round.in_kind_rate_cents
    return [
        FundingLine(
            application=application,
            position=position,
            kind=line.kind,
            label=line.label,
            status=line.status,
            hours_hundredths=line.hours_hundredths if line.kind == FundingKind.OWN_WORK else 0,
            amount_cents=line.value_cents(rate),
        )
        for position, line in enumerate(lines, start=1)
    ]
