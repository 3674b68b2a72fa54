"""What waits for applicants and jurors."""

from collections.abc import Iterator

from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from accounts.clock import berlin_day
from accounts.models import User
from accounts.permissions import memberships_of, roles_of
from accounts.states import MemberRole
from grants.models import Application
from grants.states import ApplicationState as A
from grants.states import MessageSide, RoundState
from grants.thread import waiting_cases
from notifications.states import LetterState as L
from payments.models import Award, CaseLetter
from payments.states import AwardState
from reviews.models import Review
from reviews.queries.seats import seats_of
from reviews.queries.tasks.line import Task, link
from reviews.states import ReviewState

_OWN = {
    A.RETURNED: _("Hand in what is missing"),
    A.PLAN_REVISION: _("Revise your cost plan"),
    A.DRAFT: _("Finish your draft"),
}


def applicant(person: User) -> Iterator[Task]:
    """Yield what waits for the person's organisations, and drafts that belong to none of them yet."""
    organisations = [m.organisation_id for m in memberships_of(person) if m.role != MemberRole.READER]
    if not organisations and (roles_of(person) or seats_of(person)):
        return
    mine = Application.objects.filter(Q(organisation__in=organisations) | Q(organisation=None, created_by=person))
    waiting = (
        mine.filter(state__in=list(_OWN))
        .exclude(Q(state=A.DRAFT) & ~Q(round__state=RoundState.OPEN))
        .exclude(state=A.PLAN_REVISION, plan_sent_at__isnull=False)
    )
    for case in waiting.select_related("round").order_by("pk")[:20]:
        due = case.due_date if case.state != A.DRAFT else berlin_day(case.round.deadline_at)
        yield Task(_OWN[A(case.state)], link("grants:application", case.pk), due_date=due, detail=case.title)
    letters = CaseLetter.objects.filter(application__organisation__in=organisations, letter__state=L.PUBLISHED)
    for letter in letters.select_related("application")[:20]:
        yield Task(_("Open your letter"), link("payments:letter", letter.letter_id), detail=letter.application.title)
    final = Award.objects.filter(
        application__organisation__in=organisations, state__in=(AwardState.FINAL, AwardState.ACTIVE)
    )
    for award in final.filter(account__committed_cents__gt=0, payments=None).select_related("application")[:20]:
        yield Task(_("You can request the money"), link("payments:award", award.pk), detail=award.application.title)
    for pk, title, count in waiting_cases(MessageSide.APPLICANT, Q(application__organisation__in=organisations)):
        yield Task(_("Messages from the office"), link("grants:messages", pk), count=count, detail=title)


def juror(person: User) -> Iterator[Task]:
    """Yield what waits for the person's seats."""
    seats = seats_of(person)
    if not seats:
        return
    open_sheets = Review.objects.filter(
        juror__in=[seat.pk for seat in seats],
        state__in=(ReviewState.ASSIGNED, ReviewState.IN_PROGRESS),
        application__state=A.IN_REVIEW,
    ).aggregate(n=Count("pk"), due=Min("application__round__scoring_period__due_date"))
    yield Task(_("Sheets to fill in"), link("reviews:jury"), count=open_sheets["n"], due_date=open_sheets["due"])
    led = [seat.round_id for seat in seats if seat.chairs]
    if led:
        yield from _leads(led)


def _leads(rounds: list[int]) -> Iterator[Task]:
    """What waits for a chair: possible conflicts, and the votes once nothing of the round is being scored."""
    hints = Review.objects.filter(application__round__in=rounds, conflict_cleared_at__isnull=True).exclude(
        Q(conflict_hint="") | Q(state__in=(ReviewState.RECUSED, ReviewState.LAPSED))
    )
    yield Task(_("Possible conflicts of interest to decide"), link("reviews:conflicts"), count=hints.count())
    counts = (
        Application.objects.filter(round__in=rounds, state__in=(A.IN_REVIEW, A.REVIEWED))
        .order_by("round")
        .values("round", "round__name")
        .annotate(scored=Count("pk", filter=Q(state=A.REVIEWED)), open=Count("pk", filter=Q(state=A.IN_REVIEW)))
    )
    for line in counts:
        if not line["open"]:
            page = link("reviews:session", line["round"])
            yield Task(_("Applications to vote on"), page, count=line["scored"], detail=line["round__name"])
