"""The books recomputed from the transfers alone, and what is wrong with them, in words.

Grouped queries over the transfers carry the figures; the rest are the rows of budgets and cases.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, BooleanField, Case, Count, ExpressionWrapper, F, Q, QuerySet, Sum, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from accounts.models import BankAccount, Fund
from accounts.money import format_cents
from payments.guards import TRIGGERS
from payments.models import Award, Budget, CaseAccount, Transfer
from payments.postings import CASE_USES, CLAIM_HEADS, CLAIM_USES, DEBIT_GROWS, MOVES, SOURCES, USES, column
from payments.states import Account, PaymentState, Posting

Figures = dict[str, int]
# A budget or a case as its plain columns.
Row = dict[str, Any]
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
    """Add all transfers up, of one fund or of all.

    A few queries, whatever their number: by kind and budget, by case, and those that reach into another year. Each
    gives one row per budget or case: a million transfers of a hundred thousand cases are added up where they are.
    """
    transfers = Transfer.objects.all()
    if fund is not None:
        # The budgets by their numbers: joined, a database that knows nothing of the tables yet may compare each
        # transfer with each budget.
        transfers = transfers.filter(budget__in=list(fund.budgets.order_by().values_list("pk", flat=True)))
    found = Recomputed()
    _add_budgets(found, transfers.order_by())
    _add_cases(found, transfers.order_by().filter(case__isnull=False))
    _add_other_years(found, transfers.order_by().filter(other_case__isnull=False))
    return found


def _add_budgets(found: Recomputed, transfers: QuerySet[Transfer]) -> None:
    """Count the transfers, name what no posting allows, and move the balances of the budgets."""
    marked = transfers.annotate(of_case=_is_not_null("case"), of_other=_is_not_null("other_case"))
    kinds = marked.values_list("posting", "debit", "credit", "budget_id", "of_case", "of_other")
    for *kind, cents, count in kinds.annotate(cents=_sum("amount_cents"), count=Count("*")):
        posting, debit, credit, budget, with_case, with_other = kind
        found.transfers += count
        if (posting, debit, credit, with_case, with_other) not in LEGAL:
            found.illegal.append((posting, count))
            continue
        for account, sign in ((Account(debit), 1), (Account(credit), -1)):
            if account in (*SOURCES, *USES):
                found.budgets[budget][column(account)] += (sign if account in DEBIT_GROWS else -sign) * cents


def _add_cases(found: Recomputed, transfers: QuerySet[Transfer]) -> None:
    """Add up what each case has in each of its accounts."""
    sums = {column(account): _sum(_signed(account)) for account in (*CASE_USES, *CLAIM_HEADS, *CLAIM_USES)}
    sums["returned_cents"] = _sum(Case(When(posting=Posting.RETURN, then="amount_cents"), default=0))
    columns = tuple(sums)
    for case, *cents in transfers.values_list("case_id").annotate(**sums).iterator(chunk_size=10_000):
        found.cases[case].update(zip(columns, cents, strict=True))


def _add_other_years(found: Recomputed, transfers: QuerySet[Transfer]) -> None:
    """Move what a transfer moves beside its own case and budget: in the year that took the money, or gave it."""
    rows = list(transfers.values_list("posting", "debit", "other_case_id").annotate(cents=_sum("amount_cents")))
    cases = {case for _posting, _debit, case, _cents in rows}
    budget_of = dict(CaseAccount.objects.filter(pk__in=cases).order_by().values_list("pk", "budget_id"))
    for posting, debit, case, cents in rows:
        budget = budget_of[case]
        if posting == Posting.CARRY:
            there = column(Account(debit))
            found.budgets[budget][column(Account.CARRIED_IN)] += cents
            found.budgets[budget][there] += cents
            found.cases[case][there] += cents
            found.cases[case]["carried_cents"] += cents
        elif posting == Posting.LATE_BOUNCE:
            found.cases[case]["late_returned_cents"] += cents


def _is_not_null(name: str) -> "ExpressionWrapper[Q]":
    return ExpressionWrapper(Q(**{f"{name}__isnull": False}), output_field=BooleanField())


def _signed(account: Account) -> Case:
    """What a transfer adds to an account of its case, or takes from it."""
    grows, shrinks = ("debit", "credit") if account in DEBIT_GROWS else ("credit", "debit")
    added = When(**{grows: account}, then=F("amount_cents"))
    return Case(added, When(**{shrinks: account}, then=-F("amount_cents")), default=0)


def _sum(of: Any) -> Cast:
    # PostgreSQL adds whole numbers up as decimals; a hundred thousand of those are slow to read.
    return Cast(Sum(of), BigIntegerField())


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
    found = recompute(fund)
    budget_rows, case_rows = list(budgets), _case_rows(fund)
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


def _case_rows(fund: Fund | None) -> list[Row]:
    """Return what is kept of each case, as plain rows: a hundred thousand objects cost seconds."""
    cases = CaseAccount.objects.filter(**({"budget__fund": fund} if fund else {}))
    kept = (*CASE_COLUMNS, "decided_cents", "limit_cents")
    named = {"number": F("application__case_number"), "year": F("budget__year")}
    return list(cases.order_by("budget", "application").values("pk", "budget_id", "application_id", *kept, **named))


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


def _budget_errors(budgets: list[Budget], cases: list[Row], found: Recomputed) -> Iterator[str]:
    case_columns = tuple(column(account) for account in CASE_USES)
    by_cases: dict[int, Figures] = defaultdict(lambda: defaultdict(int))
    for case in cases:
        for name in case_columns:
            by_cases[case["budget_id"]][name] += case[name]
    for budget in budgets:
        yield from _errors_of(budget, found.budgets[budget.pk], by_cases[budget.pk])


def _errors_of(budget: Budget, recomputed: Figures, by_cases: Figures) -> Iterator[str]:
    name, stands = str(budget), vars(budget)
    yield from _differences(name, stands, BUDGET_COLUMNS, recomputed)
    of_cases = _("%(budget)s, sum of its cases") % {"budget": name}
    yield from _differences(of_cases, stands, tuple(column(account) for account in CASE_USES), by_cases)
    yield from _below_zero(name, stands, BUDGET_COLUMNS)
    sources = sum(stands[column(account)] for account in SOURCES)
    uses = sum(stands[column(account)] for account in USES)
    if sources != uses:
        yield _("%(name)s: sources are %(sources)s, uses are %(uses)s.") % {
            "name": name, "sources": format_cents(sources), "uses": format_cents(uses),
        }  # fmt: skip


def _case_errors(cases: list[Row], found: Recomputed) -> Iterator[str]:
    nothing: Figures = defaultdict(int)
    for case in cases:
        name = f"{case['number'] or case['application_id']} {case['year']}"
        yield from _differences(name, case, CASE_COLUMNS, found.cases.get(case["pk"], nothing))
        yield from _below_zero(name, case, CASE_COLUMNS)
        yield from _bound_errors(name, case)


def _bound_errors(name: str, case: Row) -> Iterator[str]:
    decided, limit = case["decided_cents"] or 0, case["limit_cents"]
    bound = case["committed_cents"] + case["ordered_cents"] + case["disbursed_cents"]
    spent = bound + case["reserved_cents"]
    claimed = case["claimed_cents"] + case["late_returned_cents"]
    if bound > decided:
        yield _above(name, _("committed and paid"), bound, decided)
    if decided > limit:
        yield _above(name, _("decided"), decided, limit)
    if spent > limit:
        yield _above(name, _("reserved and more"), spent, limit)
    if claimed > case["disbursed_cents"]:
        yield _above(name, _("claimed back"), claimed, case["disbursed_cents"])


def _payment_errors(cases: list[Row], fund: Fund | None) -> Iterator[str]:
    """Compare the payments of each application with what the ledger holds for it, over all years."""
    awards = Award.objects.filter(fund=fund) if fund else Award.objects.all()
    # An award without any payment is among them, so that money paid past all requests shows.
    sums = awards.order_by().values_list("application_id", "payments__state").annotate(Sum("payments__amount_cents"))
    by_state = {(application, state): int(cents or 0) for application, state, cents in sums}
    awarded = {application for application, _state in by_state}
    names: dict[int, str] = {}
    ordered: dict[int, int] = defaultdict(int)
    paid: dict[int, int] = defaultdict(int)
    for case in cases:
        application = case["application_id"]
        ordered[application] += case["ordered_cents"]
        paid[application] += case["disbursed_cents"] - case["late_returned_cents"]
        if application in awarded:
            names[application] = case["number"] or str(application)
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


def _differences(name: str, row: Row, columns: tuple[str, ...], figures: Figures) -> Iterator[str]:
    for column_name in columns:
        stands, sums = row[column_name], figures.get(column_name, 0)
        if stands != sums:
            yield _("%(name)s: %(account)s stands at %(stands)s, the transfers add up to %(sums)s.") % {
                "name": name, "account": column_name.removesuffix("_cents").upper(),
                "stands": format_cents(stands), "sums": format_cents(sums),
            }  # fmt: skip


def _below_zero(name: str, row: Row, columns: tuple[str, ...]) -> Iterator[str]:
    for column_name in columns:
        cents = row[column_name]
        if cents < 0:
            yield _("%(name)s: %(account)s is below zero: %(amount)s.") % {
                "name": name, "account": column_name.removesuffix("_cents").upper(), "amount": format_cents(cents),
            }  # fmt: skip


def _above(name: str, what: str, cents: int, limit_cents: int) -> str:
    return _("%(name)s: %(what)s are %(amount)s, above the bound of %(limit)s.") % {
        "name": name, "what": what, "amount": format_cents(cents), "limit": format_cents(limit_cents),
    }  # fmt: skip
