"""The books recomputed from the transfers alone, and what is wrong with them, in words.

One grouped query over the transfers carries the figures; the rest are the rows of budgets and cases.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from accounts.models import BankAccount, Fund
from accounts.money import format_cents
from payments.guards import TRIGGERS
from payments.models import Award, Budget, CaseAccount, Transfer
from payments.postings import CASE_USES, CLAIM_HEADS, CLAIM_USES, DEBIT_GROWS, MOVES, SOURCES, USES, column
from payments.states import Account, PaymentState, Posting

Figures = dict[str, int]
LEGAL = frozenset((move.posting, move.debit, move.credit, move.of_case, move.two_years) for move in MOVES)


@dataclass
class Recomputed:
    """Balances by the transfers, per budget and per case: column name to cents."""

    budgets: dict[int, Figures] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    cases: dict[int, Figures] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    illegal: list[tuple[str, int]] = field(default_factory=list)
    transfers: int = 0


@dataclass(frozen=True)
class Report:
    """What was counted and what is wrong (one sentence each)."""

    budgets: int
    cases: int
    transfers: int
    errors: list[str]


def recompute(fund: Fund | None = None) -> Recomputed:
    """Add all transfers up, of one fund or of all (one query)."""
    rows = Transfer.objects.filter(budget__fund=fund) if fund else Transfer.objects.all()
    groups = (
        rows.order_by()
        .values_list("posting", "debit", "credit", "budget_id", "case_id", "other_case_id", "other_case__budget_id")
        .annotate(Sum("amount_cents"), Count("pk"))
    )
    found = Recomputed()
    for posting, debit, credit, budget, case, other, other_budget, cents, count in groups.iterator():
        found.transfers += count
        if (posting, debit, credit, case is not None, other is not None) not in LEGAL:
            found.illegal.append((posting, count))
            continue
        for account, amount in ((debit, cents), (credit, -cents)):
            _move(found, Account(account), budget, case, amount if account in DEBIT_GROWS else -amount)
        if posting == Posting.CARRY:
            _move(found, Account.CARRIED_IN, other_budget, None, cents)
            _move(found, Account(debit), other_budget, other, cents)
            found.cases[other]["carried_cents"] += cents
        elif posting == Posting.LATE_BOUNCE:
            found.cases[other]["late_returned_cents"] += cents
        elif posting == Posting.RETURN:
            found.cases[case]["returned_cents"] += cents
    return found


def _move(found: Recomputed, account: Account, budget: int, case: int | None, cents: int) -> None:
    if account in (*SOURCES, *USES):
        found.budgets[budget][column(account)] += cents
    if case is not None and account in (*CASE_USES, *CLAIM_HEADS, *CLAIM_USES):
        found.cases[case][column(account)] += cents


BUDGET_COLUMNS = tuple(column(account) for account in (*SOURCES, *USES))
CASE_COLUMNS = (
    *(column(account) for account in (*CASE_USES, *CLAIM_HEADS, *CLAIM_USES)),
    "carried_cents",
    "late_returned_cents",
    "returned_cents",
)


def check(fund: Fund | None = None) -> Report:
    """Recompute every balance and every invariant, of one fund or of all."""
    budgets = Budget.objects.select_related("fund").filter(**({"fund": fund} if fund else {}))
    cases = CaseAccount.objects.filter(**({"budget__fund": fund} if fund else {})).select_related(
        "application", "budget"
    )
    found = recompute(fund)
    budget_rows, case_rows = list(budgets), list(cases)
    errors = [
        *_guard_errors(),
        *(
            _("%(count)s transfers “%(posting)s” between accounts that it may not touch.")
            % {"count": count, "posting": posting}
            for posting, count in found.illegal
        ),
        *_budget_errors(budget_rows, case_rows, found),
        *_case_errors(case_rows, found),
        *_carry_errors(budget_rows),
        *_payment_errors(case_rows, fund),
        *_account_errors(),
    ]
    return Report(len(budget_rows), len(case_rows), found.transfers, errors)


def _guard_errors() -> Iterator[str]:
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
    }
    with connection.cursor() as cursor:
        cursor.execute(query[connection.vendor])
        installed = {name for (name,) in cursor.fetchall()}
    for name in sorted(TRIGGERS[connection.vendor] - installed):
        yield _("The trigger %(name)s is missing: the database does not protect the books.") % {"name": name}


def _budget_errors(budgets: list[Budget], cases: list[CaseAccount], found: Recomputed) -> Iterator[str]:
    by_cases: dict[int, Figures] = defaultdict(lambda: defaultdict(int))
    for case in cases:
        for account in CASE_USES:
            by_cases[case.budget_id][column(account)] += getattr(case, column(account))
    for budget in budgets:
        name = str(budget)
        yield from _differences(name, budget, BUDGET_COLUMNS, found.budgets[budget.pk])
        yield from _differences(
            _("%(budget)s, sum of its cases") % {"budget": name},
            budget, tuple(column(account) for account in CASE_USES), by_cases[budget.pk],
        )  # fmt: skip
        yield from _below_zero(name, budget, BUDGET_COLUMNS)
        sources = sum(getattr(budget, column(account)) for account in SOURCES)
        uses = sum(getattr(budget, column(account)) for account in USES)
        if sources != uses:
            yield _("%(name)s: sources are %(sources)s, uses are %(uses)s.") % {
                "name": name, "sources": format_cents(sources), "uses": format_cents(uses),
            }  # fmt: skip


def _case_errors(cases: list[CaseAccount], found: Recomputed) -> Iterator[str]:
    for case in cases:
        name = f"{case.application.case_number or case.application_id} {case.budget.year}"
        yield from _differences(name, case, CASE_COLUMNS, found.cases[case.pk])
        yield from _below_zero(name, case, CASE_COLUMNS)
        if case.bound_cents > (case.decided_cents or 0):
            yield _above(name, _("committed and paid"), case.bound_cents, case.decided_cents or 0)
        if (case.decided_cents or 0) > case.limit_cents:
            yield _above(name, _("decided"), case.decided_cents or 0, case.limit_cents)
        if case.spent_cents > case.limit_cents:
            yield _above(name, _("reserved and more"), case.spent_cents, case.limit_cents)
        claimed = case.claimed_cents + case.late_returned_cents
        if claimed > case.disbursed_cents:
            yield _above(name, _("claimed back"), claimed, case.disbursed_cents)


def _payment_errors(cases: list[CaseAccount], fund: Fund | None) -> Iterator[str]:
    """Compare the payments of each application with what the ledger holds for it, over all years."""
    awards = Award.objects.filter(fund=fund) if fund else Award.objects.all()
    # An award without any payment is among them, so that money paid past all requests shows.
    sums = awards.order_by().values_list("application_id", "payments__state").annotate(Sum("payments__amount_cents"))
    by_state = {(application, state): int(cents or 0) for application, state, cents in sums}
    awarded = {application for application, _state in by_state}
    ordered: dict[int, int] = defaultdict(int)
    paid: dict[int, int] = defaultdict(int)
    for case in cases:
        ordered[case.application_id] += case.ordered_cents
        paid[case.application_id] += case.disbursed_cents - case.late_returned_cents
    names = {
        case.application_id: case.application.case_number or str(case.application_id)
        for case in cases
        if case.application_id in awarded
    }
    for application, name in names.items():
        for what, states, stands in (
            (_("ordered"), (PaymentState.ORDERED, PaymentState.EXPORTED), ordered[application]),
            (_("paid"), (PaymentState.PAID,), paid[application]),
        ):
            cents = sum(by_state.get((application, state), 0) for state in states)
            if cents != stands:
                yield _("%(name)s: payments %(what)s are %(amount)s, the ledger holds %(stands)s.") % {
                    "name": name, "what": what, "amount": format_cents(cents), "stands": format_cents(stands),
                }  # fmt: skip


def _account_errors() -> Iterator[str]:
    """Whatever fund: an account belongs to an organisation."""
    for account in BankAccount.objects.select_related("organisation").order_by("pk").iterator():
        if not account.is_itself():
            yield _("%(organisation)s: the stored IBAN of account %(account)s is not the one that was entered.") % {
                "organisation": account.organisation, "account": account.masked,
            }  # fmt: skip


def _carry_errors(budgets: list[Budget]) -> Iterator[str]:
    by_year = {(budget.fund_id, budget.sub_budget, budget.year): budget for budget in budgets}
    for (fund, sub_budget, year), budget in by_year.items():
        later = by_year.get((fund, sub_budget, year + 1))
        carried_in = later.carried_in_cents if later else 0
        if carried_in != budget.carried_out_cents:
            yield _("%(name)s: %(out)s were carried out, %(in)s came in the year after.") % {
                "name": budget, "out": format_cents(budget.carried_out_cents), "in": format_cents(carried_in),
            }  # fmt: skip


def _differences(name: str, row: Budget | CaseAccount, columns: tuple[str, ...], figures: Figures) -> Iterator[str]:
    for column_name in columns:
        stands, sums = getattr(row, column_name), figures[column_name]
        if stands != sums:
            yield _("%(name)s: %(account)s stands at %(stands)s, the transfers add up to %(sums)s.") % {
                "name": name, "account": column_name.removesuffix("_cents").upper(),
                "stands": format_cents(stands), "sums": format_cents(sums),
            }  # fmt: skip


def _below_zero(name: str, row: Budget | CaseAccount, columns: tuple[str, ...]) -> Iterator[str]:
    for column_name in columns:
        cents = getattr(row, column_name)
        if cents < 0:
            yield _("%(name)s: %(account)s is below zero: %(amount)s.") % {
                "name": name, "account": column_name.removesuffix("_cents").upper(), "amount": format_cents(cents),
            }  # fmt: skip


def _above(name: str, what: str, cents: int, limit_cents: int) -> str:
    return _("%(name)s: %(what)s are %(amount)s, above the bound of %(limit)s.") % {
        "name": name, "what": what, "amount": format_cents(cents), "limit": format_cents(limit_cents),
    }  # fmt: skip
