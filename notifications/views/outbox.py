"""The operator's outbox: what waits, what failed and why, send again, discard."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit, clock
from accounts.exceptions import Refused
from accounts.http import person, posted, refused
from accounts.models import User
from accounts.permissions import fund_ids
from accounts.queries import history_lines
from notifications import permissions, queries, sweeps
from notifications.actions import letters as letter_actions
from notifications.actions import notices as actions
from notifications.forms import OutboxFilter, ReasonForm
from notifications.models import Notice

PAGE = 50
MOST_AT_ONCE = 200
_FAILED_SHOWN = 20


def _reader(request: HttpRequest, *roles: str) -> User:
    """Return the person if any fund gives one of the roles. Raises: Http404."""
    user = person(request)
    if fund_ids(user, *roles) == set():
        raise Http404
    return user


@login_required
@require_GET
def outbox_list(request: HttpRequest) -> HttpResponse:
    """Show what waits or needs a person, oldest age first of all."""
    user = _reader(request, *permissions.OUTBOX_READERS)
    notices = queries.outbox(user)
    form = OutboxFilter(request.GET or None)
    page = Paginator(_filtered(notices, form.chosen), PAGE).get_page(request.GET.get("page"))
    works = fund_ids(user, *permissions.OUTBOX_WORKERS) != set()
    undrawn = list(queries.undrawn(user)[:_FAILED_SHOWN])
    figures = queries.figures(user)
    context = {
        "form": form,
        "page_obj": page,
        "figures": figures,
        "documents": undrawn,
        "works": works,
        "restored": queries.unreleased().first(),
        "stuck": sum(figure.handled for figure in figures if works and figure.state in queries.STUCK),
        "standing": sweeps.standing(clock.now()),
    }
    return render(request, "notifications/outbox_list.html", context)


def _filtered(notices: QuerySet[Notice], state: str) -> QuerySet[Notice]:
    if state == "ALL":
        return notices.order_by("-pk")
    if state:
        return notices.filter(state=state).order_by("-pk")
    return notices.filter(state__in=queries.UNSENT).order_by("state", "owed_at", "pk")


def _context_of(notice: Notice, user: User) -> dict[str, Any]:
    return {
        "notice_row": notice,
        "shows_body": not notice.erase_body and permissions.reads_text(notice, user),
        "works": notice.state in queries.UNSENT and permissions.handles_outbox(notice, user),
        "is_stuck": notice.state in queries.STUCK,
        "entries": history_lines(audit.history(notice)),
    }


@login_required
@require_GET
def outbox_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one row: to whom, when tried, what the server said."""
    user = _reader(request, *permissions.OUTBOX_READERS)
    notice = get_object_or_404(queries.outbox(user).select_related("user"), pk=pk)
    return render(request, "notifications/outbox_detail.html", _context_of(notice, user))


@login_required
@require_POST
def outbox_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Owe one stuck notice again."""
    user = _reader(request, *permissions.OUTBOX_WORKERS)
    notice = get_object_or_404(queries.outbox(user), pk=pk)
    back = reverse("notifications:outbox_detail", args=[pk])
    try:
        actions.send_again(notices=[notice], by=user)
    except Refused as refusal:
        return refused(request, refusal, back)
    messages.success(request, _("The message will be sent again in a moment."))
    return redirect(back)


@login_required
@require_http_methods(["GET", "POST"])
def outbox_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up one notice, with a reason."""
    user = _reader(request, *permissions.OUTBOX_WORKERS)
    notice = get_object_or_404(queries.outbox(user), pk=pk)
    if not permissions.handles_outbox(notice, user):
        raise Http404
    form = ReasonForm(posted(request))
    back = reverse("notifications:outbox_detail", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            actions.discard(notice=notice, by=user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            return refused(request, refusal, back)
        messages.success(request, _("The message was discarded."))
        return redirect(back)
    context = {"form": form, "notice_row": notice, "back": back}
    return render(request, "notifications/outbox_discard.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def outbox_again_all(request: HttpRequest) -> HttpResponse:
    """Show which stuck notices would be sent again, and send exactly those."""
    user = _reader(request, *permissions.OUTBOX_WORKERS)
    stuck = queries.stuck(user).select_related("fund")
    if request.method == "GET":
        total, shown = stuck.count(), list(stuck[:MOST_AT_ONCE])
        context = {"notices": shown, "total": total, "more": total - len(shown)}
        return render(request, "notifications/outbox_again.html", context)
    wanted = _numbers(request.POST.getlist("notice"))
    back = reverse("notifications:outbox")
    chosen = list(queries.outbox(user).filter(pk__in=wanted))
    try:
        sent = actions.send_again(notices=chosen, by=user)
    except Refused as refusal:
        return refused(request, refusal, reverse("notifications:outbox_again_all"))
    messages.success(request, _("%(count)s messages will be sent again in a moment.") % {"count": sent})
    return redirect(back)


def _numbers(values: list[str]) -> list[int]:
    return [int(v) for v in values[:MOST_AT_ONCE] if v.isascii() and v.isdecimal() and len(v) < 19]


@login_required
@require_POST
def document_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a failed document drawn once more."""
    user = _reader(request, *permissions.OUTBOX_WORKERS)
    document = get_object_or_404(queries.undrawn(user), pk=pk)
    back = reverse("notifications:outbox")
    try:
        letter_actions.render_again(document=document, by=user)
    except Refused as refusal:
        return refused(request, refusal, back)
    messages.success(request, _("The document will be drawn again in a moment."))
    return redirect(back)
