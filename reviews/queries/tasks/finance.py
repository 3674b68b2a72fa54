"""What waits for finance."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from accounts.clock import today
from accounts.models import User
from accounts.permissions import Held
from accounts.states import Role
from payments.models import Payment
from payments.queries import accounts_to_check
from payments.queries.budget import budgets_to_look_after
from payments.states import BudgetStep
from payments.states import PaymentState as P
from reviews.queries.tasks.line import Task, Text, has, link, scope

_PAYMENTS: tuple[tuple[Role, P, Text, str], ...] = (
    (Role.FINANCE_A, P.REQUESTED, _("Payments to certify"), "certify"),
    (Role.FINANCE_B, P.CHECKED, _("Payments to order"), "order"),
    (Role.TREASURY, P.ORDERED, _("Payments to hand to the bank"), "export"),
    (Role.TREASURY, P.EXPORTED, _("Payments to confirm"), "confirm"),
    (Role.FINANCE_B, P.FAILED, _("Payments that came back"), "returned"),
)


def payments(person: User, held: tuple[Held, ...]) -> Iterator[Task]:
    """Yield the payments by the hand that is next."""
    roles = [role for role, _state, _title, _tab in _PAYMENTS if has(held, role)]
    counts: Counter[str] = Counter(
        dict(
            Payment.objects.filter(scope(person, *roles), state__in=[state for _role, state, _title, _tab in _PAYMENTS])
            .values("state")
            .annotate(n=Count("pk"))
            .values_list("state", "n")
        )
    )
    for role, state, title, tab in _PAYMENTS:
        if has(held, role):
            yield Task(title, link("payments:payments", query=f"?tab={tab}"), count=counts[state])


def years(person: User, held: tuple[Held, ...]) -> Iterator[Task]:
    """Yield the past years whose open money nobody has proposed to carry: without that it cannot be paid.

    Where there is no budget at all, setting the first one is what waits.
    """
    if not has(held, Role.FINANCE_A, Role.HEAD_OF_FINANCE):
        return
    budgets = list(budgets_to_look_after(person, this_year=today().year))
    if not budgets:
        yield Task(_("Set the first budget"), link("payments:budget_new"))
    for budget in [budget for budget in budgets if budget.to_carry][:5]:
        page = link("payments:budget_carry", budget.fund.slug, budget.year, query=f"?part={budget.sub_budget}")
        yield Task(BudgetStep.CARRY.label, page, detail=str(budget))


def accounts(person: User, held: tuple[Held, ...]) -> Iterator[Task]:
    """Yield the bank accounts that nobody has compared yet."""
    if has(held, Role.CASE_OFFICER, Role.FINANCE_A, Role.COORDINATOR):
        count = accounts_to_check(person).count()
        yield Task(_("Bank accounts to check"), link("payments:bank_accounts"), count=count)
