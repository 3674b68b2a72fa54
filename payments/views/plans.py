"""The revised plan: asked for at the decided amount, compared with the first one, accepted."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit, clock
from accounts.http import person
from accounts.models import User
from grants.models import Application
from grants.states import ApplicationState
from notifications.dates import next_working_day
from payments import queries
from payments.actions import plans
from payments.forms.letters import PlanExtendForm, PlanRequestForm
from payments.views.acting import Act, act_on

STEPS = frozenset({"request_plan", "extend_plan", "accept_plan"})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the plan as applied for beside the revised one; ask for it, or accept it."""
    who = person(request)
    application = get_object_or_404(queries.plans_for(who), pk=pk)
    return act_on(
        request,
        application,
        list(_acts(application, who)),
        known=STEPS,
        template="payments/plan_compare.html",
        context=lambda: _context(application),
        back=reverse("payments:plan", args=[pk]),
    )


def _acts(application: Application, who: User) -> Iterator[Act]:
    may = set(audit.available(application, who))
    if "accept_plan" in may:
        yield Act(
            "accept_plan", _("Accept the revised plan"), _("Accept the plan"),
            _("The plan is accepted. The award letter can be drafted."),
            lambda _data: plans.accept_plan(application=application, by=who),
            text=_("What the plan leaves of the decided amount is free for others again."),
        )  # fmt: skip
    if "extend_plan" in may and application.plan_sent_at is None:
        days = application.round.plan_deadline_days
        yield Act(
            "extend_plan", _("Give more time for the plan"), _("Set the new day"),
            _("The applicant is told the new day."),
            lambda data: plans.extend_plan(
                application=application, due=data["due"], reason=data["reason"], by=who
            ),
            text=_("When a second day has passed without a plan, the grant can be taken back."),
            form=PlanExtendForm,
            options={"initial": {"due": next_working_day(clock.today() + timedelta(days=days))}},
        )  # fmt: skip
    if "request_plan" in may and queries.decided_cents(application):
        days = application.round.plan_deadline_days
        yield Act(
            "request_plan", _("Ask for a revised plan"), _("Ask for the plan"),
            _("The applicant is asked for a revised plan."),
            lambda data: plans.request_plan(
                application=application, due=data["due"], reason=data["reason"], by=who
            ),
            text=_("The message names the amount, and says that it is not yet the letter."),
            form=PlanRequestForm, options={"initial": {"due": next_working_day(clock.today() + timedelta(days=days))}},
            aside=_fits(application),
        )  # fmt: skip


def _fits(application: Application) -> bool:
    """Tell whether the plan asks for exactly what was decided, so that the letter can be drafted."""
    return application.requested_cents == queries.decided_cents(application)


def _context(application: Application) -> dict[str, Any]:
    # A plan that the applicant is still working on is nobody else's business.
    waits = application.state == ApplicationState.PLAN_REVISION and application.plan_sent_at is None
    sides = [
        (_("As applied for"), queries.plan_as_sent(application)),
        (_("As it stands now"), None if waits else queries.plan_now(application)),
    ]
    return {
        "application": application,
        "decided_cents": queries.decided_cents(application),
        "sides": [(title, side) for title, side in sides if side is not None],
        "waits": waits,
        "ready": application.state == ApplicationState.APPROVED and _fits(application),
    }
