"""The applicant's page of a case, with what came after the letter."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import person
from grants.views import applications
from grants.views.loading import is_draft, visible
from notifications.states import LetterState
from payments.queries import way as queries
from payments.queries.cases import requestable_cents
from payments.states import AwardState


@login_required
@require_GET
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a draft's steps, or the whole way of a sent application including award and payments."""
    found = visible(request, pk)
    if is_draft(found):
        return applications.application(request, pk)
    award = queries.announced_award(found)
    later = queries.way(award) if award else ()
    pays = award is not None and award.state in (AwardState.FINAL, AwardState.ACTIVE) and not award.on_hold
    who, letters = person(request), queries.letters_in_reach(found)
    context = applications.case_context(found, who, later=later) | {
        "award": award,
        "waiting_letter": next((case for case in letters if case.letter.state == LetterState.PUBLISHED), None),
        "letters": queries.readable_letters(letters, who),
        "requestable_cents": requestable_cents(award) if award and pays else 0,
    }
    return render(request, "payments/application_case.html", context)
