"""A round at a glance: figures, the next step, the assignment before it is done."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import has_role
from accounts.states import Role
from grants.models import Application, Round
from grants.states import ApplicationState, RoundState
from reviews.models import Juror, Review
from reviews.queries.seats import closeness
from reviews.states import ReviewState as S

Text = str | Promise


@dataclass(frozen=True)
class StateCount:
    """How many cases are in a state."""

    label: Text
    state: str
    count: int


@dataclass(frozen=True)
class NextStep:
    """What brings the round on, who does it, and the page for it (empty for everybody else)."""

    text: Text
    href: str
    label: Text = ""


def counts(round: Round) -> list[StateCount]:
    """Return the number of sent cases in each state, in the order of the life cycle (one query)."""
    found = dict(
        Application.objects.filter(round=round)
        .exclude(state__in=[ApplicationState.DRAFT, ApplicationState.DISCARDED])
        .order_by()
        .values_list("state")
        .annotate(n=Count("pk"))
    )
    return [StateCount(state.label, state.value, found[state]) for state in ApplicationState if state in found]


# What comes next, whose turn it is, the page, and the word of the button that leads there.
_STEPS: dict[str, tuple[Text, Role | None, str, Text]] = {
    RoundState.OPEN: (_("Applications are coming in until the deadline."), None, "", ""),
    RoundState.CLOSED: (
        _("The coordinator assigns the jury and starts the scoring."), Role.COORDINATOR, "reviews:assign",
        _("Assign the jury"),
    ),
    RoundState.SCORING: (
        _("The jury scores; then the coordinator closes the scoring and the chair opens the session."),
        Role.COORDINATOR, "reviews:scoring", _("Watch and close the scoring"),
    ),
    RoundState.JURY: (
        _("The jury votes on each application; then the coordinator hands in the list."),
        Role.COORDINATOR, "reviews:paper", _("Prepare the paper for the committees"),
    ),
    RoundState.COMMITTEE: (
        _("The clerk records what the committees say."), Role.COMMITTEE_CLERK, "reviews:decisions",
        _("Record decisions"),
    ),
    RoundState.DECIDED: (_("The letters are written, signed and released together."), None, "", ""),
    RoundState.RUNNING: (_("The letters are out, the projects run."), None, "", ""),
}  # fmt: skip


def next_step(round: Round, who: User) -> NextStep | None:
    """Return what comes next for the round, with a link for the person whose turn it is."""
    step = _STEPS.get(round.state)
    if step is None:
        return None
    text, role, name, label = step
    mine = role is not None and has_role(who, round.fund_id, role)
    return NextStep(text, reverse(name, args=[round.pk]) if mine else "", label)


@dataclass(frozen=True)
class AssignmentLine:
    """One case before its assignment: who is too close, and whether enough are left."""

    application: Application
    close: list[str]
    free: int
    enough: bool


def assignment(round: Round, cases: Collection[Application], jurors: Collection[Juror]) -> list[AssignmentLine]:
    """Return for each case the regular jurors who are too close or recused (queries independent of the number)."""
    regular = [juror for juror in jurors if not juror.stand_in]
    close = closeness(round.fund_id, [juror.user_id for juror in regular])
    gone = set(
        Review.objects.filter(application__in=[case.pk for case in cases], state=S.RECUSED)
        .order_by()
        .values_list("application", "juror")
    )
    lines = []
    for case in cases:
        near = [
            juror for juror in regular
            if close.hint(juror.user_id, case.organisation_id) or (case.pk, juror.pk) in gone
        ]  # fmt: skip
        free = len(regular) - len(near)
        lines.append(AssignmentLine(case, [str(j.user) for j in near], free, free >= round.min_reviews))
    return lines
