"""Letters in the portal: who represents the addressee opens them, and that announces them (VwVfG § 41 (2a))."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.http import person
from accounts.models import User
from accounts.permissions import may_bind
from notifications import pdf
from notifications.models import Letter
from notifications.states import LetterState
from payments import queries
from payments.actions import letters as actions
from payments.forms.common import SureForm
from payments.models import CaseLetter
from payments.views.acting import Act, act_on
from payments.views.letters import serve_letter


def _letter_of(who: User, pk: int) -> CaseLetter:
    # Asked for by its own key: only there does the database answer "none" to a number that it cannot hold.
    return get_object_or_404(queries.letters_of_member(who), letter__in=Letter.objects.filter(pk=pk))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the addressee a letter, or that one waits to be opened."""
    who = person(request)
    case = _letter_of(who, pk)
    return act_on(
        request,
        case.letter,
        _acts(case, who),
        known=frozenset({"retrieve"}),
        template="payments/letter_portal.html",
        context=lambda: _context(case, who),
        back=reverse("payments:letter", args=[pk]),
    )


def _acts(case: CaseLetter, who: User) -> list[Act]:
    if case.letter.state != LetterState.PUBLISHED or not may_bind(who, case.organisation_id):
        return []
    label = _("I represent %(name)s and open this letter.") % {"name": case.letter.addressee}
    return [
        Act(
            "retrieve",
            _("Open the letter"),
            _("Open the letter now"),
            _("You have opened the letter. It counts as announced tomorrow."),
            lambda _data: actions.retrieve_letter(letter=case.letter, by=who),
            text=_(
                "Opening has legal effect: the letter counts as announced tomorrow, and the time to sue begins then."
            ),
            form=SureForm,
            options={"label": label},
        )
    ]


def _context(case: CaseLetter, who: User) -> dict[str, Any]:
    letter = case.letter
    readable = queries.may_read_letter(case, who, today=clock.today())
    waits = letter.state == LetterState.PUBLISHED
    return {
        "case": case,
        "letter": letter,
        "readable": readable,
        "waits": waits,
        "may_open": waits and may_bind(who, case.organisation_id),
        "open_until": queries.retrieval_end(case) if waits else None,
        "twin": pdf.html_twin(letter.kind, letter.document.data) if readable else "",
    }


@login_required
@require_safe
def letter_copy(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the PDF to the addressee once the letter may be read."""
    who = person(request)
    case = _letter_of(who, pk)
    if not queries.may_read_letter(case, who, today=clock.today()):
        raise Http404
    return serve_letter(request, case.letter, back=reverse("payments:letter", args=[pk]))
