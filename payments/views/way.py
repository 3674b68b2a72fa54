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
from payments.states import AwardState


@login_required
@require_GET
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a draft's steps, or the whole way of a sent application including award and payments."""
    found = visible(request, pk)
    if is_draft(found):
        return applications.application(request, pk)
    award = queries.announced_award(found)
    payments = queries.payments_in_order(award) if award else []
    left = queries.left_cents(award, payments) if award else 0
    later = queries.way(award, payments, left) if award else ()
    who, letters = person(request), queries.letters_in_reach(found)
    back = queries.came_back(letters)
    # What was told once stays told, also when the letter behind it came back.
    announced = queries.announced_now(letters) or (award is not None and award.state != AwardState.RELINQUISHED)
    context = applications.case_context(found, who, announced=announced, letter_back=back, later=later) | {
        "letter_back": back,
        "award": award,
        "waiting_letter": next((case for case in letters if case.letter.state == LetterState.PUBLISHED), None),
        "letters": queries.readable_letters(letters, who),
        "requestable_cents": left if award and award.state in (AwardState.FINAL, AwardState.ACTIVE) else 0,
    }
    return render(request, "payments/application_case.html", context)
