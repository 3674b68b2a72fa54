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
    who, way = person(request), queries.whole_way(found)
    award, letters = way.award, queries.readable_letters(way.letters, who)
    context = applications.case_context(found, who, announced=way.announced, timeline=way.timeline) | {
        "letter_back": way.post.back,
        "award": award,
        "waiting_letter": next((case for case in way.letters if case.letter.state == LetterState.PUBLISHED), None),
        "letters": letters,
        "hidden_letters": [case for case in way.letters if case not in letters],
        "requestable_cents": way.left_cents if award and award.state in (AwardState.FINAL, AwardState.ACTIVE) else 0,
    }
    return render(request, "payments/application_case.html", context)
