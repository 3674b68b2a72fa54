"""The applicant's page for withdrawing a case, the same whatever has been decided inside."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.exceptions import Refused
from accounts.http import person, refused
from grants import permissions as grants_may
from grants.forms import WithdrawForm
from grants.models.applications import ENDABLE
from grants.queries import applications_of
from reviews.actions import withdrawals as actions


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take the case back; its money and its sheets go with it."""
    who = person(request)
    application = get_object_or_404(applications_of(who), pk=pk)
    if not grants_may.applicant_binds(application, who) or application.state not in ENDABLE:
        raise Http404
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(application=application, by=who, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            return refused(request, refusal, request.path)
        messages.success(request, _("The application was withdrawn."))
        return redirect("grants:application", pk=pk)
    return render(request, "grants/application_withdraw.html", {"application": application, "form": form})
