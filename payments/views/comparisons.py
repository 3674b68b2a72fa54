"""After a restore: which payment files does the bank know that this database does not?"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.exceptions import Refused
from accounts.http import person, posted, refused
from accounts.models import Fund
from payments import permissions, queries
from payments.actions.comparisons import compare_with_bank
from payments.forms.payouts import ComparisonForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is not known, and take the treasury's word."""
    who = person(request)
    fund = get_object_or_404(Fund, pk=pk)
    restored = list(queries.uncompared(fund))
    if not permissions.pays_for(fund, who) or (not restored and request.method != "POST"):
        raise Http404
    back = f"{reverse('payments:payments')}?tab=export"
    form = ComparisonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            compare_with_bank(fund=fund, by=who, note=form.cleaned_data["note"])
        except Refused as refusal:
            return refused(request, refusal, back)
        messages.success(request, _("Thank you. Files for the bank can be made again."))
        return redirect(back)
    return render(request, "payments/compare.html", {"fund": fund, "restored": restored, "form": form, "back": back})
