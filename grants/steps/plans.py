from collections.abc import Collection, Iterable, Sequence
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


@dataclass(frozen=True)
class PlanInput:
    """A whole plan as entered."""

    cost_lines: tuple[CostInput, ...]
    funding_lines: tuple[FundingInput, ...]
    requested_cents: int
    smallest_cents: int | None = None


def save_plan(
    application: Application,
    *,
    cost_lines: Sequence[CostInput],
    funding_lines: Sequence[FundingInput],
    requested_cents: int,
    smallest_cents: int | None = None,
) -> Application:
    """Replace the plan of an application that the caller has locked; keep its sums exact and save it."""
    plan = PlanInput(tuple(cost_lines), tuple(funding_lines), requested_cents, smallest_cents)
    write_parts(application, plan, ("cost_lines", "funding_lines", "requested_cents", "smallest_cents"))
    application.save()
    return application


def changed_parts(application: Application, plan: PlanInput, parts: Collection[str]) -> set[str]:
    """Return which of these parts of a plan differ from what is stored."""
    changed = {
        name for name in ("requested_cents", "smallest_cents") if getattr(application, name) != getattr(plan, name)
    }
    if "cost_lines" in parts and _differ(_cost_rows(application, plan.cost_lines), application.cost_lines.all()):
        changed.add("cost_lines")
    funds = _funding_rows(application, plan.funding_lines) if "funding_lines" in parts else []
    if "funding_lines" in parts and _differ(funds, application.funding_lines.all()):
        changed.add("funding_lines")
    return changed & set(parts)


def _differ(rows: Iterable[CostLine | FundingLine], stored: Iterable[CostLine | FundingLine]) -> bool:
    return [_content(row) for row in rows] != [_content(row) for row in stored]


def _content(row: CostLine | FundingLine) -> list[object]:
    return [getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key]


def write_parts(application: Application, plan: PlanInput, parts: Collection[str]) -> list[str]:
    """Write parts of the plan of a locked application, which the caller saves; return the columns it has to save."""
    written = [name for name in ("requested_cents", "smallest_cents") if name in parts]
    for name in written:
        setattr(application, name, getattr(plan, name))
    if "cost_lines" in parts:
        costs = _cost_rows(application, plan.cost_lines)
        application.cost_lines.all().delete()
        CostLine.objects.bulk_create(costs)
        _add_costs(application, costs)
        written += ["cost_cents", "eligible_cents"]
    if "funding_lines" in parts:
        funds = _funding_rows(application, plan.funding_lines)
        application.funding_lines.all().delete()
        FundingLine.objects.bulk_create(funds)
        _add_funds(application, funds)
        written.append("funding_cents")
    return written


def plan_rows(
    application: Application, cost_lines: Sequence[CostInput], funding_lines: Sequence[FundingInput]
) -> tuple[list[CostLine], list[FundingLine]]:
    """Return the rows of a plan, not written yet, and set their sums on the application."""
    costs, funds = _cost_rows(application, cost_lines), _funding_rows(application, funding_lines)
    _add_costs(application, costs)
    _add_funds(application, funds)
    return costs, funds


def _add_costs(application: Application, lines: Iterable[CostLine]) -> None:
    amounts = [(line.amount_cents, line.eligible) for line in lines]
    application.cost_cents = sum(amount for amount, _eligible in amounts)
    application.eligible_cents = sum(amount for amount, eligible in amounts if eligible)


def _add_funds(application: Application, lines: Iterable[FundingLine]) -> None:
    application.funding_cents = sum(line.amount_cents for line in lines)


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
