"""The books recomputed from the transfers alone, and what is wrong with them, in words.

One grouped query over the transfers carries the figures; the rest are the rows of budgets and cases.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, F, Sum
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


class Leg(NamedTuple):
    """One balance that a transfer moves: of its own case or budget, or (`other`) of the ones in the other year."""

    of_case: bool
    other: bool
    column: str
    sign: int


@cache
def _legs(posting: str, debit: str, credit: str) -> tuple[Leg, ...]:
    """Return what transfers of this kind move. Worked out once per kind, not once per case."""
    legs = [*_legs_of(Account(debit), 1), *_legs_of(Account(credit), -1)]
    if posting == Posting.CARRY:
        there = column(Account(debit))
        legs += [Leg(False, True, column(Account.CARRIED_IN), 1), Leg(False, True, there, 1)]
        legs += [Leg(True, True, there, 1), Leg(True, True, "carried_cents", 1)]
    elif posting == Posting.LATE_BOUNCE:
        legs.append(Leg(True, True, "late_returned_cents", 1))
    elif posting == Posting.RETURN:
        legs.append(Leg(True, False, "returned_cents", 1))
    return tuple(legs)


def _legs_of(account: Account, side: int) -> Iterator[Leg]:
    sign = side if account in DEBIT_GROWS else -side
    if account in (*SOURCES, *USES):
        yield Leg(False, False, column(account), sign)
    if account in (*CASE_USES, *CLAIM_HEADS, *CLAIM_USES):
        yield Leg(True, False, column(account), sign)


def recompute(fund: Fund | None = None) -> Recomputed:
    """Add all transfers up, of one fund or of all (two queries, one row per case and kind of transfer)."""
    rows = Transfer.objects.filter(budget__fund=fund) if fund else Transfer.objects.all()
    groups = (
        rows.order_by()
        .values_list("case_id", "budget_id", "other_case_id", "posting", "debit", "credit")
        .annotate(Sum("amount_cents"), Count("pk"))
    )
    # Only few transfers reach into another year: looked up here, not joined to each of a million rows.
    others = rows.filter(other_case__isnull=False).order_by().values_list("other_case_id", "other_case__budget_id")
    budget_of = dict(others.distinct())
    found = Recomputed()
    for case, budget, other, posting, debit, credit, cents, count in groups.iterator(chunk_size=10_000):
        found.transfers += count
        if (posting, debit, credit, case is not None, other is not None) not in LEGAL:
            found.illegal.append((posting, count))
            continue
        for leg in _legs(posting, debit, credit):
            if leg.of_case:
                found.cases[other if leg.other else case][leg.column] += leg.sign * cents
            else:
                found.budgets[budget_of[other] if leg.other else budget][leg.column] += leg.sign * cents
    return found


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
