"""The whole case for those who work on it: what was asked, what the jury and the committees said, money, history."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.audit import case_history
from accounts.http import person
from accounts.models import User
from accounts.permissions import has_role
from accounts.queries import history_lines
from accounts.states import OFFICE_ROLES, Role
from grants.check_note import notes_of
from grants.models import Application
from grants.office import cases_of
from grants.queries import living_attachments
from grants.states import MessageSide
from grants.thread import unread
from notifications.models import Notice
from reviews.queries import case as queries

PARTS = {
    "application": _("Application"),
    "jury": _("Jury and committees"),
    "money": _("Letters and money"),
    "messages": _("Messages"),
    "history": _("History"),
}
# Not for those who only work with the money.
_INNER = ("jury", "messages")
HISTORY_ROWS = 200


@login_required
@require_safe
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one part of a case; which parts there are depends on the role."""
    who = person(request)
    application = load_case(who, pk)
    part = request.GET.get("part", "application")
    parts = parts_for(application, who)
    if part not in parts or part == "messages":
        raise Http404
    loaded = _history_part(application, inner="jury" in parts) if part == "history" else _LOADERS[part](application)
    context = frame(application, who, part, parts) | loaded
    return render(request, "reviews/case.html", context)


def load_case(who: User, pk: int) -> Application:
    """Return a case that the person reads, with what its pages show. Raises: Http404."""
    cases = cases_of(who).select_related("organisation", "round", "fund", "officer", "bank_account")
    return get_object_or_404(cases, pk=pk)


def parts_for(application: Application, who: User) -> list[str]:
    """Scores, votes and messages are for the office and the auditor; the rest for everybody who reads the case."""
    inner = has_role(who, application.fund_id, *OFFICE_ROLES, Role.AUDITOR)
    return [name for name in PARTS if inner or name not in _INNER]


def _tab(application: Application, name: str, part: str) -> dict[str, Any]:
    page = reverse("reviews:case", args=[application.pk]) + f"?part={name}"
    if name != "messages":
        return {"label": PARTS[name], "url": page, "active": name == part}
    count = unread(application, MessageSide.OFFICE).count()
    page = reverse("reviews:case_messages", args=[application.pk])
    return {"label": PARTS[name], "url": page, "active": name == part, "count": count}


def frame(application: Application, who: User, part: str, parts: list[str]) -> dict[str, Any]:
    """Return what stands around a part of the case: tabs, next steps, the case in short."""
    decision = queries.valid_decision(application)
    return {
        "application": application,
        "part": part,
        "tabs": [_tab(application, name, part) for name in parts],
        "steps": queries.steps_for(application, who),
        "waiting": queries.waiting_for_second(application, who) if "jury" in parts else [],
        "decision": decision,
        "reads_letters": "jury" in parts,
    }


def _application_part(application: Application) -> dict[str, Any]:
    return {
        "blocks": queries.blocks(application),
        "cost_lines": list(application.cost_lines.all()),
        "funding_lines": list(application.funding_lines.all()),
        "financing_cents": application.funding_cents + application.requested_cents,
        "attachments": list(living_attachments(application)),
        "earlier": queries.earlier_awards(application),
        "figures": queries.figures(application, None, []),
    }


def _money_part(application: Application) -> dict[str, Any]:
    return queries.money(application)


def _history_part(application: Application, *, inner: bool) -> dict[str, Any]:
    """Who works with the money only reads no reasons of jurors and no reason of the jury's vote."""
    rows = case_history(application.case_key).order_by("-pk")
    if not inner:
        rows = rows.exclude(subject_type__startswith="reviews.").exclude(action="rank")
    return {
        "entries": history_lines(rows[:HISTORY_ROWS]),
        "notes": list(notes_of(application)) if inner else [],
        "notices": list(Notice.objects.filter(case_key=application.case_key).order_by("-pk")[:HISTORY_ROWS]),
    }


_LOADERS = {
    "application": _application_part,
    "jury": queries.jury,
    "money": _money_part,
}
