"""The way back to work after a backup was restored: the clocks first, then the mails."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit, clock
from accounts.exceptions import LostRace, Refused
from accounts.http import person, refused
from accounts.models import User
from accounts.permissions import fund_ids
from accounts.queries import history_lines
from notifications import permissions, queries
from notifications.actions import restorations
from notifications.models import Restoration
from notifications.states import RestorationState


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def restored(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the backup does not know, and take the next step."""
    user = person(request)
    if fund_ids(user, *permissions.OUTBOX_READERS) == set():
        raise Http404
    found = get_object_or_404(Restoration, pk=pk)
    if request.method != "POST":
        return render(request, "notifications/restored.html", _context(found, user))
    back = reverse("notifications:restored", args=[pk])
    try:
        messages.success(request, _step(request, found, user))
    except Refused as refusal:
        return refused(request, refusal, back)
    return redirect(back)


def _step(request: HttpRequest, found: Restoration, user: User) -> str:
    if not permissions.administers_all(found, user):
        raise Http404
    if request.POST.get("version") != str(found.version):
        raise LostRace
    if request.POST.get("step") == "clocks":
        restorations.run_clocks(restored=found, by=user)
        return _("The clocks run. What they owe is held back.")
    restorations.send_from_now(restored=found, by=user)
    return _("Messages are sent again from now on.")


def _context(found: Restoration, user: User) -> dict[str, Any]:
    now = clock.now()
    return {
        "restored": found,
        "stands_still": found.state == RestorationState.STANDS_STILL,
        "catches_up": found.state == RestorationState.CATCHES_UP,
        "acts": permissions.administers_all(found, user),
        "held": queries.held_back().count(),
        "waiting": queries.waiting().count(),
        "behind": queries.sweeps_behind(found.clocks_at or now),
        "caught_up": queries.has_caught_up(found, now=now, quiet=restorations.QUIET),
        "entries": history_lines(audit.history(found)),
    }
