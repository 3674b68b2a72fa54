"""Whoever represents an organisation passes that on."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.exceptions import LostRace, NotPermitted
from accounts.forms import HandOverForm
from accounts.http import conflict, person, posted
from accounts.models import Organisation
from accounts.permissions import may_bind
from accounts.queries import members_of
from notifications.actions import handovers as actions

_TEMPLATE = "notifications/organisation_hand_over.html"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Let who represents the organisation pass that on to another member, and leave or stay, in one act."""
    me, shown = person(request), get_object_or_404(Organisation, pk=pk)
    if not may_bind(me, shown.pk):
        raise Http404
    others = list(members_of(shown).filter(user__is_active=True).exclude(user=me))
    form = HandOverForm(posted(request), others=others)
    context = {"form": form, "organisation": shown, "others": others}
    if request.method == "POST" and form.is_valid():
        try:
            heir = actions.hand_over(organisation=shown, by=me, **form.cleaned_data)
        except NotPermitted as refusal:
            raise Http404 from refusal
        except LostRace as refusal:
            return conflict(request, _TEMPLATE, context, refusal)
        messages.success(request, _("%(name)s represents the organisation now.") % {"name": heir})
        return redirect("accounts:organisation", shown.pk) if form.cleaned_data["stay"] else redirect("home")
    return render(request, _TEMPLATE, context)
