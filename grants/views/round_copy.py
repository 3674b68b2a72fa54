"""The next round like an earlier one."""

from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.exceptions import NotPermitted
from accounts.http import person, posted
from grants.actions import round_settings as actions
from grants.forms.round_calls import CopyRoundForm
from grants.views.round_settings import EDIT, edit_context, editable_round


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose the round of the next year and make its draft."""
    former = editable_round(request, pk)
    form = CopyRoundForm(posted(request), former=former)
    lead = _(
        "All rules and criteria are taken over. The days are those of the same weekdays a year later; the days of"
        " sessions, the money for all projects and the check for accessibility are set anew."
    )
    context = edit_context(former, _("Copy for the next year"), lead)
    if request.method != "POST" or not form.is_valid():
        return render(request, EDIT, context | {"form": form, "submit": _("Make the draft")})
    names = ("name", "budget_year", "opens_at", "deadline_at")
    values = {name: form.cleaned_data[name] for name in names}
    try:
        made = actions.copy_round(former=former, by=person(request), **values)
    except NotPermitted as refusal:
        raise Http404 from refusal
    success(request, _("The round was made as a draft. Look through its cards, then publish it."))
    return redirect("grants:office_round", made.pk)
