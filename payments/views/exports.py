"""Files for the bank: made once from ordered payments, with what the bank said about each payee's name."""

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.exceptions import NotPermitted, Refused
from accounts.http import person, refused
from accounts.permissions import has_role
from accounts.states import Role
from payments import queries
from payments.actions import payouts
from payments.forms.payouts import PayeeForm
from payments.steps.payouts import content_of
from payments.views.payouts import show_list

# An account number in a file for the bank; its country and its last four characters tell which one it is.
_IBAN = re.compile(rb"(?P<first><IBAN>[A-Z]{2})[A-Z0-9]+(?P<last>[A-Z0-9]{4}</IBAN>)")


@login_required
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Put the chosen ordered payments into one file for the bank."""
    who = person(request)
    back = f"{reverse('payments:payments')}?tab=export"
    if not queries.is_treasury(who):
        raise Http404
    chosen = [int(pk) for pk in request.POST.getlist("payment") if pk.isdecimal() and len(pk) < 18]
    rows = list(queries.payments_for(who).filter(pk__in=chosen))
    funds = {row.fund for row in rows}
    if len(funds) != 1:
        one = _("A file pays from one account: choose payments of one fund.")
        messages.warning(request, one if funds else _("Please choose at least one payment."))
        return redirect(back)
    forms = {row.pk: PayeeForm.of(row, request.POST) for row in rows}
    # Each is asked, so that each says what it lacks.
    valid = [form.is_valid() for form in forms.values()]
    if not all(valid):
        return show_list(request, who, "export", bound=forms)
    try:
        checks = [form.check_of(form.cleaned_data) for form in forms.values()]
        record = payouts.export(fund=funds.pop(), checks=checks, by=who)
    except NotPermitted as refusal:
        raise Http404 from refusal
    except Refused as refusal:
        return refused(request, refusal, back)
    messages.success(request, _("The file is made. Load it down and hand it to the bank once."))
    return redirect("payments:export_page", record.pk)


@login_required
@require_safe
def export_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the treasury and the auditor a payment file with its hash and what it holds."""
    who = person(request)
    record = get_object_or_404(queries.exports_for(who), pk=pk)
    rows = record.payments.select_related("award__application__organisation", "bank_account").order_by("pk")
    context = {"record": record, "payments": rows, "pays": has_role(who, record.fund_id, Role.TREASURY)}
    return render(request, "payments/export_page.html", context)


@login_required
@require_safe
def export_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the stored file to the treasury exactly as it was made, to the auditor with account numbers masked."""
    who = person(request)
    record = get_object_or_404(queries.exports_for(who), pk=pk)
    try:
        content = content_of(record)
    except Refused as refusal:
        return refused(request, refusal, reverse("payments:export_page", args=[pk]))
    if not has_role(who, record.fund_id, Role.TREASURY):
        content = _IBAN.sub(rb"\g<first>****\g<last>", content)
    response = HttpResponse(content, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{record.message_id}.xml"'
    response["Cache-Control"] = "private, no-store"
    return response
