"""Bodies of the funds: their list, and one with its members and sessions."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit, clock
from accounts.exceptions import LostRace, NotPermitted
from accounts.forms.versioned import VersionedForm
from accounts.http import conflict, person, posted
from accounts.permissions import fund_ids
from accounts.queries import history_lines
from grants import bodies as queries
from grants import permissions as may
from grants.actions import bodies as actions
from grants.forms.bodies import BodyEntryForm, BodyMemberForm, BodySessionForm
from grants.models import Body, BodyMember, BodySession

FORM: Final = "grants/body_form.html"
PER_PAGE: Final = 50


@login_required
@never_cache
@require_safe
def bodies(request: HttpRequest) -> HttpResponse:
    """List the bodies of the person's funds."""
    who = person(request)
    if fund_ids(who, *may.BODY_READERS) == set():
        raise Http404
    found = queries.with_figures(queries.bodies_of(who), clock.today()).order_by("fund__name", "name", "pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "writes": queries.funds_to_edit(who).exists()}
    return render(request, "grants/body_list.html", context)


def _body(request: HttpRequest, pk: int, *, to_write: bool = False) -> Body:
    found = get_object_or_404(queries.bodies_of(person(request)).select_related("fund"), pk=pk)
    if to_write and not may.body_editor(found, person(request)):
        raise Http404
    return found


@login_required
@never_cache
@require_safe
def body(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who sits in a body, and when it meets."""
    shown, today = _body(request, pk), clock.today()
    members, former = queries.members_of(shown, today)
    context = {
        "body": shown,
        "members": members,
        "former": former,
        "sessions": shown.sessions.order_by("-on", "-pk")[:200],
        "today": today,
        "writes": may.body_editor(shown, person(request)),
        "history": history_lines(audit.history(shown).order_by("-pk")[:20]),
    }
    return render(request, "grants/body_detail.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def body_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Enter a body, or change its name and kind."""
    known = _body(request, pk, to_write=True) if pk else None
    funds = queries.funds_to_edit(person(request))
    if not funds.exists():
        raise Http404
    form = BodyEntryForm(posted(request), funds=funds, body=known)
    context = _context(known, form, _("Change the body") if known else _("Enter a body"))

    def save() -> Body:
        fund = known.fund if known else form.cleaned_data["fund"]
        return actions.save_body(
            body=known, fund=fund, by=person(request), seen_version=form.seen_version(), values=form.values()
        )

    return _answer(request, form, context, save, known)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def member(request: HttpRequest, pk: int, member_pk: int | None = None) -> HttpResponse:
    """Give a seat, or change it."""
    of = _body(request, pk, to_write=True)
    rows = of.members.select_related("person")
    known = get_object_or_404(rows, pk=member_pk) if member_pk else None
    form = BodyMemberForm(posted(request), body=of, member=known)
    context = _context(of, form, _("Change the seat") if known else _("Add a member"))

    def save() -> BodyMember:
        return actions.save_member(
            body=of, member=known, by=person(request), seen_version=form.seen_version(), values=form.values()
        )

    return _answer(request, form, context, save, known)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def session(request: HttpRequest, pk: int, session_pk: int | None = None) -> HttpResponse:
    """Plan a session, move or cancel it."""
    of = _body(request, pk, to_write=True)
    known = get_object_or_404(of.sessions, pk=session_pk) if session_pk else None
    form = BodySessionForm(posted(request), body=of, session=known)
    context = _context(of, form, _("Change the session") if known else _("Plan a session"))

    def save() -> BodySession:
        return actions.save_session(
            body=of, session=known, by=person(request), seen_version=form.seen_version(), values=form.values()
        )

    return _answer(request, form, context, save, known)


def _context(of: Body | None, form: VersionedForm, title: str | Promise) -> dict[str, Any]:
    back = reverse("grants:body", args=[of.pk]) if of else reverse("grants:bodies")
    crumbs = [(_("Bodies"), reverse("grants:bodies")), *([(of.name, back)] if of else []), (title, "")]
    return {"body": of, "form": form, "title": title, "back": back, "crumbs": crumbs}


def _answer(
    request: HttpRequest,
    form: VersionedForm,
    context: dict[str, Any],
    save: Callable[[], Body | BodyMember | BodySession],
    known: Body | BodyMember | BodySession | None,
) -> HttpResponse:
    """Show the form, or save it and go to the body; a refusal is shown with everything typed."""
    if request.method != "POST" or not form.is_valid():
        return render(request, FORM, context)
    try:
        saved = save()
    except NotPermitted as refusal:
        raise Http404 from refusal
    except LostRace as refusal:
        if known is not None:
            known.refresh_from_db()
            form.show_version(known.version)
        return conflict(request, FORM, context, refusal)
    success(request, _("Saved."))
    return redirect("grants:body", saved.pk if isinstance(saved, Body) else saved.body_id)
