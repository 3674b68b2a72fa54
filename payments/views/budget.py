"""The budget pages: funds and years, one year with its cases, and the transfers behind every figure."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import charts
from accounts.context import NavItem
from accounts.exports import Column, csv_response, xlsx_response
from accounts.http import person
from accounts.models import User
from accounts.money import format_cents
from accounts.permissions import PAYING_READERS, fund_ids, has_role, memberships_of
from payments import permissions as may
from payments.forms.budget import CaseFilterForm
from payments.models import Budget, CaseAccount, Transfer
from payments.postings import column
from payments.queries import budget as queries
from payments.states import Account, BudgetStep, SubBudget

PER_PAGE = 50
FILES = {"csv": csv_response, "xlsx": xlsx_response}
# Colours of the bar, from money that is gone to money that is free.
TONES = {
    Account.DISBURSED: "1", Account.ORDERED: "2", Account.COMMITTED: "3", Account.RESERVED: "4",
    Account.BLOCKED: "5", Account.CARRIED_OUT: "6", Account.LAPSED: "5", Account.AVAILABLE: "rest",
}  # fmt: skip
CASE_COLUMNS = (
    Column(gettext_lazy("Case number")), Column(gettext_lazy("Organisation")), Column(gettext_lazy("Title")),
    Column(gettext_lazy("Reserved"), "cents"), Column(gettext_lazy("Committed"), "cents"),
    Column(gettext_lazy("Ordered"), "cents"), Column(gettext_lazy("Disbursed"), "cents"),
)  # fmt: skip
TRANSFER_COLUMNS = (
    Column(gettext_lazy("Number")), Column(gettext_lazy("When"), "instant"), Column(gettext_lazy("Day"), "day"),
    Column(gettext_lazy("Posting")), Column(gettext_lazy("From account")), Column(gettext_lazy("To account")),
    Column(gettext_lazy("Amount"), "cents"), Column(gettext_lazy("Case number")), Column(gettext_lazy("Who")),
    Column(gettext_lazy("Reason")),
)  # fmt: skip


class Counted(Paginator[Any]):
    """Pages of a queryset whose rows carry `total`: the count comes with the rows, in one query."""

    def __init__(self, rows: QuerySet[Any], number: str | None) -> None:
        super().__init__(rows, PER_PAGE)
        self.wanted = int(number) if number and number.isdecimal() and len(number) < 7 else 1
        start = (max(self.wanted, 1) - 1) * PER_PAGE
        self.rows, self.fetched = rows, list(rows[start : start + PER_PAGE])

    @cached_property
    def count(self) -> int:
        """The number of all rows; asked for apart only when the wanted page lies behind the last one."""
        if self.fetched:
            return int(self.fetched[0].total)
        return self.rows.order_by().count() if self.wanted > 1 else 0

    def page_of_request(self) -> Any:
        page = self.get_page(self.wanted)
        if page.number == self.wanted:
            page.object_list = self.fetched
        return page


@login_required
@require_safe
@never_cache
def budgets(request: HttpRequest) -> HttpResponse:
    """List the budgets of the person's funds, and what waits for a second person."""
    who = person(request)
    if fund_ids(who, *may.BUDGET_READERS) == set():
        raise Http404
    waiting = [
        (proposal, BudgetStep(proposal.kind).label, proposal.payload.get("amount_cents"))
        for proposal in queries.proposals_for(who)
    ]
    rows = list(queries.budgets_for(who))
    return render(
        request,
        "payments/budget_list.html",
        {"rows": rows, "waiting": waiting, "may_propose": fund_ids(who, *may.BUDGET_PROPOSERS) != set()},
    )


def load_budget(request: HttpRequest, fund: str, year: int) -> tuple[Budget, list[Budget]]:
    """Load a budget of the year and all parts of it; 404 for who may not see it (one query)."""
    parts = list(queries.budgets_for(person(request)).filter(fund__slug=fund, year=year).order_by("-sub_budget"))
    wanted = request.GET.get("part", "")
    chosen = next((part for part in parts if part.sub_budget == wanted), parts[0] if parts else None)
    if chosen is None or (wanted and chosen.sub_budget != wanted):
        raise Http404
    return chosen, parts


@login_required
@require_safe
@never_cache
def budget(request: HttpRequest, fund: str, year: int) -> HttpResponseBase:
    """Show one budget: the bar, every account, every case; `?format=csv` or `xlsx` hands the cases out."""
    chosen, parts = load_budget(request, fund, year)
    filters = CaseFilterForm(request.GET)
    words = filters.cleaned_data["q"] if filters.is_valid() else ""
    rows = queries.cases_of(chosen, words=words, sort=request.GET.get("sort", ""), reader=person(request))
    if request.GET.get("format") in FILES:
        return FILES[request.GET["format"]](f"{_name_of(chosen)}", CASE_COLUMNS, _case_lines(rows))
    page = Counted(rows, request.GET.get("page")).page_of_request()
    context = {
        **_head(request, chosen, parts),
        "filters": filters,
        "words": words,
        "hides_own": bool(memberships_of(person(request))),
        "page_obj": page,
        "chart": _bar(chosen),
        "sources": queries.sources_of(chosen),
        "uses": queries.uses_of(chosen),
        "sum_cents": sum(figure.cents for figure in queries.sources_of(chosen)),
        "reads_account": has_role(person(request), chosen.fund_id, *PAYING_READERS),
    }
    return render(request, "payments/budget_detail.html", context)


def _head(request: HttpRequest, chosen: Budget, parts: list[Budget]) -> dict[str, Any]:
    who = person(request)
    address = reverse("payments:budget", args=[chosen.fund.slug, chosen.year])
    tabs = [
        NavItem(part.get_sub_budget_display(), f"{address}?part={part.sub_budget}", part == chosen) for part in parts
    ]
    waiting = {proposal.kind: proposal for proposal in queries.proposals_of([chosen])}
    return {
        "budget": chosen,
        "tabs": tabs if len(tabs) > 1 else [],
        "crumbs": [(_("Budget"), reverse("payments:budgets")), (f"{chosen.fund} {chosen.year}", "")],
        "waiting": [(proposal, BudgetStep(kind).label) for kind, proposal in waiting.items()],
        "steps": _steps(chosen, who, waiting),
    }


@dataclass(frozen=True)
class StepLink:
    """A change that the person may propose."""

    label: str | Promise
    url: str


def _steps(chosen: Budget, who: User, waiting: dict[str, Any]) -> list[StepLink]:
    if not may.budget_proposer(chosen, who) or not chosen.last_transfer_id:
        return []
    names = [BudgetStep.CARRY] if chosen.closed_at else [step for step in BudgetStep if step != BudgetStep.SET]
    useless = {
        BudgetStep.UNBLOCK: chosen.blocked_cents,
        BudgetStep.BLOCK: chosen.available_cents,
        BudgetStep.REDUCE: chosen.available_cents,
        BudgetStep.CARRY: chosen.spent_cents - chosen.disbursed_cents,
    }
    return [
        StepLink(
            step.label,
            reverse("payments:budget_change", args=[chosen.fund.slug, chosen.year, step.name.lower()])
            + f"?part={chosen.sub_budget}",
        )
        for step in names
        if step not in waiting and useless.get(step, 1)
    ]


def _bar(chosen: Budget) -> charts.Chart:
    shown = [figure for account in TONES for figure in queries.uses_of(chosen) if figure.account is account]
    segments = [charts.Segment(f.account.label, f.cents, TONES[f.account]) for f in shown]
    title = _("Budget %(year)s: from the appropriation to what is left") % {"year": chosen.year}
    parts = ", ".join(f"{segment.label} {format_cents(segment.cents)}" for segment in segments)
    return charts.stacked_bar(segments, title, parts, chart_id="budget")


def _name_of(chosen: Budget) -> str:
    name, part = _("budget"), "" if chosen.sub_budget == SubBudget.JURY else f"-{chosen.sub_budget}"
    return f"{name}-{chosen.fund.slug}-{chosen.year}{part}"


def _case_lines(rows: QuerySet[CaseAccount]) -> Iterator[tuple[Any, ...]]:
    for case in rows.iterator(chunk_size=500):
        application = case.application
        yield (
            application.case_number or "", str(application.organisation or ""), application.title,
            case.reserved_cents, case.committed_cents, case.ordered_cents, case.disbursed_cents,
        )  # fmt: skip


@login_required
@require_safe
@never_cache
def budget_transfers(request: HttpRequest, fund: str, year: int) -> HttpResponseBase:
    """Show the transfers behind a figure: `?account=`, `?case=`; `?format=` hands them out as a file."""
    chosen, _parts = load_budget(request, fund, year)
    account = _account(request.GET.get("account", ""))
    case = _case(chosen, request.GET.get("case", ""), person(request))
    rows = queries.transfers_of(chosen, account, case, reader=person(request))
    if request.GET.get("format") in FILES:
        name = "-".join((_name_of(chosen), _("transfers")))
        return FILES[request.GET["format"]](name, TRANSFER_COLUMNS, _transfer_lines(rows))
    page = Counted(rows, request.GET.get("page")).page_of_request()
    context = {
        "budget": chosen,
        "account": account,
        "case": case,
        "hides_own": bool(memberships_of(person(request))),
        "balance_cents": getattr(case or chosen, column(account), None) if account else None,
        "page_obj": page,
        "lines": [_line(transfer, chosen, account) for transfer in page.object_list],
        "crumbs": _transfer_crumbs(chosen, account),
    }
    return render(request, "payments/budget_transfers.html", context)


def _account(name: str) -> Account | None:
    if name and name not in Account.values:
        raise Http404
    return Account(name) if name else None


def _case(chosen: Budget, number: str, reader: User) -> CaseAccount | None:
    if not number:
        return None
    if not number.isdecimal() or len(number) > 18:
        raise Http404
    found = queries.case_of(chosen, int(number), reader=reader)
    if found is None:
        raise Http404
    return found


def _line(transfer: Transfer, chosen: Budget, account: Account | None) -> dict[str, Any]:
    """A row of the page: of one account it is signed, else it says how much moved."""
    cents = queries.effect(transfer, chosen, account) if account else transfer.amount_cents
    elsewhere = transfer.budget if transfer.budget_id != chosen.pk else None
    return {"transfer": transfer, "cents": cents, "elsewhere": elsewhere}


def _transfer_crumbs(chosen: Budget, account: Account | None) -> list[tuple[str, str]]:
    page = reverse("payments:budget", args=[chosen.fund.slug, chosen.year]) + f"?part={chosen.sub_budget}"
    return [
        (_("Budget"), reverse("payments:budgets")),
        (f"{chosen.fund} {chosen.year}", page),
        (str(account.label) if account else _("Transfers"), ""),
    ]


def _transfer_lines(rows: QuerySet[Transfer]) -> Iterator[tuple[Any, ...]]:
    for transfer in rows.iterator(chunk_size=500):
        number = transfer.case.application.case_number if transfer.case else ""
        yield (
            transfer.pk, transfer.at, transfer.on_date, transfer.get_posting_display(),
            transfer.get_debit_display(), transfer.get_credit_display(), transfer.amount_cents, number or "",
            str(transfer.by or ""), transfer.reason,
        )  # fmt: skip
