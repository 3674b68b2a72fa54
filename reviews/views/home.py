"""The first page: for visitors what the fund is, for everybody who works here what waits for them."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.models import User
from accounts.permissions import roles_of
from grants.applicant_view import Listed, listed
from grants.models import Round
from grants.queries import announced_cases, applications_of
from grants.states import RoundState
from reviews.queries.seats import seats_of
from reviews.queries.tasks import tasks_of


@dataclass(frozen=True)
class Explained:
    """One step of the way from idea to money."""

    title: Promise
    text: Promise


HOW = (
    Explained(_("Create an account"), _("With your e-mail address. You may write for several organisations.")),
    Explained(
        _("Fill in the form"),
        _("In short steps, in any order. Everything is saved; others of your organisation can help."),
    ),
    Explained(_("Send it"), _("You get a receipt with a case number and a copy at once.")),
    Explained(
        _("See what happens next"),
        _("Your page shows each step, who acts next, and by when: check, jury, committees, letter."),
    ),
    Explained(_("Get the money"), _("You request it here. Your letter says how you account for it in the end.")),
)

# Rounds that a visitor may know of.
_PUBLIC = (RoundState.PUBLISHED, RoundState.OPEN)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show "my tasks" to a signed-in person, the public start page to everybody else."""
    if isinstance(request.user, User):
        return render(request, "reviews/home_tasks.html", _tasks(request.user))
    return render(request, "reviews/home_public.html", {"rounds": _open_rounds(), "how": HOW})


def _open_rounds() -> list[Round]:
    now = clock.now()
    rounds = Round.objects.filter(state__in=_PUBLIC, deadline_at__gt=now).select_related("fund")
    return list(rounds.order_by("deadline_at")[:20])


def _latest(person: User) -> list[Listed]:
    cases = list(applications_of(person).order_by("-pk")[:5])
    announced = announced_cases([case.case_key for case in cases])
    return listed(cases, announced=announced, today=clock.today())


def _tasks(person: User) -> dict[str, Any]:
    applies = not roles_of(person) and not seats_of(person)
    return {
        "tasks": tasks_of(person),
        "applies": applies,
        "cases": _latest(person) if applies else [],
        "rounds": _open_rounds() if applies else [],
    }
