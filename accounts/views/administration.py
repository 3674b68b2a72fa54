"""Pages of administrators: people and roles, deputies, funds."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions, audit, clock, letterhead
from accounts.exceptions import DayIsPast, LostRace, NotPermitted, Refused
from accounts.forms import DeputyForm, EndRoleForm, FundForm, RoleForm, SearchForm
from accounts.http import conflict, person, posted, refused
from accounts.models import Deputy, Fund, FundRole, User
from accounts.permissions import administers, administers_all, administers_any, oversees_any
from accounts.queries import (
    administered_funds,
    also_in_role,
    deputies_for,
    history_lines,
    people_for,
    roles_seen_by,
    staff_of,
)

READ_OR_SEND = ["GET", "HEAD", "POST"]
PER_PAGE = 50
# So many changes of a letterhead are shown, the newest; all are kept.
_CHANGES = 50
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def _only_for(allowed: Callable[[User], bool]) -> Callable[[View[P]], View[P]]:
    """Return a decorator that answers 404 to everybody else."""

    def decorate(view: View[P]) -> View[P]:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not allowed(person(request)):
                raise Http404
            return view(request, *args, **kwargs)

        return cast(View[P], guarded)

    return decorate


for_administrators = _only_for(administers_any)
# Auditors look at the same pages and find nothing to press.
for_overseers = _only_for(oversees_any)


def _writes(request: HttpRequest) -> bool:
    """Tell whether the person names people; raise 404 where somebody who only reads sends a form."""
    writes = administers_any(person(request))
    if request.method == "POST" and not writes:
        raise Http404
    return writes


@for_overseers
@require_safe
def administration(request: HttpRequest) -> HttpResponse:
    """Lead to what an administrator looks after."""
    context = {"writes": _writes(request), "all_funds": administers_all(person(request))}
    return render(request, "accounts/administration.html", context)


# --- People and roles ----------------------------------------------------------------------------------


@for_overseers
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List people with their roles."""
    form = SearchForm(request.GET)
    query = form.cleaned_data["q"] if form.is_valid() else ""
    page = Paginator(people_for(person(request), query), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, "query": query, "writes": _writes(request)}
    return render(request, "accounts/person_list.html", context)


def _visible(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(people_for(person(request)), pk=pk)


@for_overseers
@require_http_methods(READ_OR_SEND)
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a person's roles, and give another one."""
    me, shown, writes = person(request), _visible(request, pk), _writes(request)
    form = RoleForm(
        posted(request),
        funds=administered_funds(me),
        all_funds=administers_all(me),
        initial={"starts_on": clock.today()},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.give_role(
                user=shown,
                role=data["role"],
                fund=data["fund"],
                by=me,
                starts_on=data["starts_on"],
                ends_on=data["ends_on"],
                limit_cents=data["limit"],
            )
        except NotPermitted as refusal:
            raise Http404 from refusal
        except Refused as refusal:
            form.add_error("role", str(refusal.message))
        else:
            messages.success(request, _("The role is given."))
            return redirect("accounts:person", shown.pk)
    context = {
        "person": shown,
        "form": form,
        "roles": roles_seen_by(me, shown),
        "oneself": shown.pk == me.pk,
        "writes": writes,
    }
    return render(request, "accounts/person_detail.html", context)


@for_administrators
@require_http_methods(READ_OR_SEND)
def role_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a role at once."""
    me = person(request)
    held = get_object_or_404(FundRole.objects.select_related("user", "fund"), pk=pk)
    if not administers(me, held.fund_id) or held.user_id == me.pk:
        raise Http404
    form = EndRoleForm(posted(request))
    context = {"form": form, "held": held, "others": also_in_role(held)}
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_role(held=held, by=me, reason=form.cleaned_data["reason"])
        except LostRace as refusal:
            return conflict(request, "accounts/role_end.html", context, refusal)
        except NotPermitted as refusal:
            raise Http404 from refusal
        messages.success(request, _("The role has ended."))
        return redirect("accounts:person", held.user_id)
    return render(request, "accounts/role_end.html", context)


# --- Deputies ------------------------------------------------------------------------------------------


@for_overseers
@require_http_methods(READ_OR_SEND)
def deputies(request: HttpRequest) -> HttpResponse:
    """List deputyships and name another deputy."""
    me, writes = person(request), _writes(request)
    funds = administered_funds(me)
    form = DeputyForm(posted(request), funds=funds, staff=staff_of(funds), initial={"from_date": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.name_deputy(by=me, **form.cleaned_data)
        except NotPermitted as refusal:
            raise Http404 from refusal
        except Refused as refusal:
            form.add_error("deputy", str(refusal.message))
        else:
            messages.success(request, _("The deputy is named."))
            return redirect("accounts:deputies")
    page = Paginator(deputies_for(me), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/deputy_list.html", {"form": form, "page_obj": page, "writes": writes})


@for_administrators
@require_http_methods(["POST"])
def deputy_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a deputyship before its last day."""
    me = person(request)
    named = get_object_or_404(deputies_for(me), pk=pk)
    try:
        actions.end_deputy(named=Deputy.objects.get(pk=named.pk), by=me)
    except Refused as refusal:
        return refused(request, refusal, "/administration/deputies/")
    messages.success(request, _("The deputyship has ended."))
    return redirect("accounts:deputies")


# --- Funds ---------------------------------------------------------------------------------------------


@for_administrators
@require_safe
def funds(request: HttpRequest) -> HttpResponse:
    """List the funds administered."""
    me = person(request)
    context = {"funds": administered_funds(me), "may_create": administers_all(me)}
    return render(request, "accounts/fund_list.html", context)


@for_administrators
@require_http_methods(READ_OR_SEND)
def fund_create(request: HttpRequest) -> HttpResponse:
    """Enter a fund."""
    me = person(request)
    if not administers_all(me):
        raise Http404
    standard = Fund()
    form = FundForm(posted(request), initial={"court": standard.court, "closing": standard.closing})
    if request.method == "POST" and form.is_valid():
        made = actions.create_fund(by=me, fields=form.letterhead())
        messages.success(request, _("The fund is entered. Now give people their roles."))
        return redirect("accounts:fund", made.pk)
    return render(request, "accounts/fund_edit.html", {"form": form})


@for_administrators
@require_http_methods(READ_OR_SEND)
def fund_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a fund's letterhead and texts."""
    me = person(request)
    fund = get_object_or_404(administered_funds(me), pk=pk)
    form = FundForm(posted(request), fund=fund, today=clock.today())
    context: dict[str, Any] = {
        "form": form,
        "fund": fund,
        "changes": letterhead.told(
            fund.letterhead_changes.select_related("made_by").order_by("-valid_from", "-pk")[:_CHANGES]
        ),
        "history": history_lines(audit.history(fund).order_by("-pk")[:20]),
    }
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/fund_edit.html", context)
    try:
        actions.edit_fund(
            fund=fund,
            by=me,
            fields=form.letterhead(),
            seen_version=form.seen_version(),
            valid_from=form.cleaned_data["valid_from"],
        )
    except NotPermitted as refusal:
        raise Http404 from refusal
    except DayIsPast as refusal:
        form.add_error("valid_from", str(refusal.message))
        return render(request, "accounts/fund_edit.html", context)
    except LostRace as refusal:
        fund.refresh_from_db()
        form.show_version(fund.version)
        return conflict(request, "accounts/fund_edit.html", context, refusal)
    messages.success(request, _("The fund is saved. Letters already made keep their letterhead."))
    return redirect("accounts:fund", fund.pk)
