"""The plan of a decided case: as applied for, and as revised."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Person
from accounts.permissions import own_organisations
from accounts.states import OFFICE_ROLES, Role
from grants.models import Application
from grants.states import ApplicationState as A
from grants.states import CostKind, FundingKind
from payments.models import CaseAccount
from payments.queries.scopes import in_funds

_DECIDED = (A.APPROVED, A.PLAN_REVISION, A.AWARDED)


@dataclass(frozen=True)
class Plan:
    """A plan to compare: positions with their amounts (cents), and what is asked for."""

    costs: list[tuple[str, int]]
    financing: list[tuple[str, int]]
    requested_cents: int

    @property
    def cost_cents(self) -> int:
        return sum(amount for _, amount in self.costs)

    @property
    def financing_cents(self) -> int:
        return sum(amount for _, amount in self.financing) + self.requested_cents


def plans_for(person: Person) -> QuerySet[Application]:
    """Return the decided cases whose plan the person may compare."""
    return (
        Application.objects.filter(**in_funds(person, *OFFICE_ROLES, Role.AUDITOR), state__in=_DECIDED)
        .exclude(organisation__in=own_organisations(person))
        .select_related("round", "fund", "organisation")
    )


def decided_cents(application: Application) -> int:
    """Return what was decided for the case (cents), 0 when nothing was."""
    account = CaseAccount.objects.filter(application=application, decided_cents__gt=0).order_by("-budget__year").first()
    return (account.decided_cents or 0) if account else 0


def plan_now(application: Application) -> Plan:
    """Return the plan as it stands in the application now."""
    return Plan(
        [(line.label or str(line.get_kind_display()), line.amount_cents) for line in application.cost_lines.all()],
        [(line.label or str(line.get_kind_display()), line.amount_cents) for line in application.funding_lines.all()],
        application.requested_cents,
    )


def plan_as_sent(application: Application) -> Plan | None:
    """Return the plan of the first version that was sent, None where none is on file."""
    version = application.versions.order_by("number").first()
    if version is None:
        return None
    data = version.data
    return Plan(
        [(line["label"] or str(CostKind(line["kind"]).label), line["amount_cents"]) for line in data["cost_lines"]],
        [
            (line["label"] or str(FundingKind(line["kind"]).label), line["amount_cents"])
            for line in data["funding_lines"]
        ],
        data["sums"]["requested_cents"],
    )
