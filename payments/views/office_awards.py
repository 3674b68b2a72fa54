"""The award as the office sees it: terms, money, payments, and what the court or the post brings."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.http import person
from accounts.models import User
from accounts.permissions import has_role
from accounts.queries import history_lines
from accounts.states import OFFICE_ROLES, Role
from payments import queries
from payments.actions import awards
from payments.forms.common import ReasonForm
from payments.models import Award, CaseAccount
from payments.models.awards import YEAR_TO_SUE
from payments.views.acting import Act, act_on

STEPS = frozenset({"lawsuit_filed", "lawsuit_ended", "letter_returned", "instruction_wrong"})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def award_office(request: HttpRequest, pk: int) -> HttpResponse:
    """Show staff an award; record a lawsuit, its end, or a letter that came back."""
    who = person(request)
    award = get_object_or_404(queries.awards_for(who), pk=pk)
    return act_on(
        request,
        award,
        list(_acts(award, who)),
        known=STEPS,
        template="payments/award_office.html",
        context=lambda: _context(award, who),
        back=reverse("payments:award_office", args=[pk]),
    )


def _acts(award: Award, who: User) -> Iterator[Act]:
    may = set(audit.available(award, who))
    if "lawsuit_ended" in may:
        yield Act(
            "lawsuit_ended", _("Record the end of the lawsuit"), _("Record the end"), _("The award is final."),
            lambda data: awards.end_lawsuit(award=award, by=who, reason=data["reason"]),
            form=ReasonForm, options={"hint": _("How the lawsuit ended, with date and file number.")},
        )  # fmt: skip
    if "lawsuit_filed" in may:
        yield Act(
            "lawsuit_filed", _("A lawsuit was filed"), _("Record the lawsuit"), _("Payments are on hold."),
            lambda data: awards.file_lawsuit(award=award, by=who, reason=data["reason"]),
            text=_("Payments are on hold until it ends."),
            form=ReasonForm, options={"hint": _("Notice of the court, with date and file number.")}, danger=True,
        )  # fmt: skip
    if "instruction_wrong" in may and award.sue_months != YEAR_TO_SUE:
        yield Act(
            "instruction_wrong", _("The instruction on legal remedy is wrong or missing"), _("Give a year to sue"),
            _("The time to sue is a year now."),
            lambda data: awards.instruction_was_wrong(award=award, by=who, reason=data["reason"]),
            text=_("The time to sue is then a year instead of a month (VwGO § 58 (2)). This cannot be taken back."),
            form=ReasonForm, options={"hint": _("What is wrong in the letter, or missing.")}, danger=True,
        )  # fmt: skip
    if "letter_returned" in may and award.letter.announced_on is None:
        yield Act(
            "letter_returned", _("The letter came back"), _("Stop the award"),
            _("The award is stopped until its letter is announced again."),
            lambda data: awards.letter_came_back(award=award, by=who, reason=data["reason"]),
            text=_("Payments are on hold until the letter is announced again."), form=ReasonForm, danger=True,
        )  # fmt: skip


def _context(award: Award, who: User) -> dict[str, Any]:
    accounts = CaseAccount.objects.filter(application=award.application_id)
    return {
        "award": award,
        "reads_letter": has_role(who, award.fund_id, *OFFICE_ROLES, Role.MAIL_ROOM, Role.AUDITOR),
        "accounts": list(accounts.select_related("budget").order_by("budget__year", "pk")),
        "payments": list(queries.payments_of(award)),
        "final_from": award.final_from,
        "free_cents": queries.requestable_cents(award),
        "history": history_lines(audit.history(award)),
    }
