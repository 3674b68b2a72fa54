"""What waits for the office: cases, rounds, letters, and steps for two people."""

from collections.abc import Iterator

from django.db.models import Count, Min, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.clock import today
from accounts.models import Proposal, User
from accounts.permissions import Held, fund_ids, own_organisations
from accounts.states import OFFICE_ROLES, PAYING_ACCOUNT, Outcome, Role
from grants.models import Application, Round
from grants.office import REJECTIONS, handled_by
from grants.recording import PROPOSAL as RECORDING
from grants.states import ApplicationState as A
from grants.states import MessageSide, RoundState
from grants.takeover import PROPOSAL as CODE
from grants.thread import waiting_cases
from notifications.models import Letter
from notifications.queries import ADDRESS_OPEN, TO_POST
from notifications.states import Channel
from notifications.states import LetterState as L
from payments.models import CaseLetter
from payments.queries.letters import FORMAL_KINDS
from payments.states import RECALL, BudgetStep
from reviews.queries.tasks.line import Task, Text, has, link, scope
from reviews.states import CORRECTION, WITHDRAWAL

# Which state waits for which role, and the word and list behind it.
_CASES: tuple[tuple[Role, A, Text, str], ...] = (
    (Role.CASE_OFFICER, A.SUBMITTED, _("Applications to check"), "SUBMITTED"),
    (Role.CASE_OFFICER, A.FORMAL_CHECK, _("Formal checks under way"), "FORMAL_CHECK"),
    (Role.CASE_OFFICER, A.RETURNED, _("Documents not handed in by their day"), "RETURNED&due=over"),
    (Role.COORDINATOR, A.ELIGIBLE, _("Accepted applications without a jury"), "ELIGIBLE"),
    (Role.COORDINATOR, A.RANKED, _("Jury proposals for the committee"), "RANKED"),
    (Role.HEAD_OF_UNIT, A.FAST_TRACK, _("Fast-track decisions waiting"), "FAST_TRACK"),
    (Role.COMMITTEE_CLERK, A.IN_COMMITTEE, _("Decisions to record"), "IN_COMMITTEE"),
    (Role.CASE_OFFICER, A.APPROVED, _("Grants decided, letter or plan to prepare"), "APPROVED"),
    (Role.CASE_OFFICER, A.PLAN_REVISION, _("Revised plans to look at"), "PLAN_REVISION"),
    (Role.CASE_OFFICER, A.DECLINED, _("Rejections, letter to prepare"), "DECLINED"),
    (Role.CASE_OFFICER, A.INELIGIBLE, _("Formal rejections, letter to prepare"), "INELIGIBLE"),
)

# The database reads the few that wait, not the archive of many years.
_WAITING = tuple(state for _role, state, _title, _query in _CASES)


def cases(person: User, held: tuple[Held, ...]) -> Iterator[Task]:
    """Yield the cases by the role that acts next."""
    roles = [role for role, _state, _title, _query in _CASES if has(held, role)]
    if not roles:
        return
    # A case whose letter is drafted waits for the next reader of the letter.
    drafted = CaseLetter.objects.exclude(letter__state=L.VOID).values("application")
    rows = (
        Application.objects.filter(scope(person, *roles), state__in=_WAITING)
        .exclude(state=A.SUBMITTED, round__state=RoundState.OPEN, late=False)
        .exclude(state=A.PLAN_REVISION, plan_sent_at=None)
        .exclude(state=A.RETURNED, due_date__gte=today())
        .exclude(state__in=(A.APPROVED, A.DECLINED, A.INELIGIBLE), pk__in=drafted)
        .values("state")
        .annotate(n=Count("pk"), due=Min("due_date"), mine=Count("pk", Q(officer__in=handled_by(person))))
        .values_list("state", "n", "due", "mine")
    )
    counts = {state: found for state, *found in rows}
    for role, state, title, query in _CASES:
        if has(held, role) and state in counts:
            count, due, mine = counts[state]
            page = link("grants:office_applications", query=f"?state={query}")
            yield Task(title, page, count=count, due_date=due, detail=_of_them(mine, count))


def _of_them(mine: int, count: int) -> str:
    """Return how many of the cases were given to the person; nothing where none, or only those, were."""
    return gettext("%(number)s of them are yours") % {"number": mine} if 0 < mine < count else ""


# Rounds that go on when the coordinator does something.
_TO_TAKE_ON = (RoundState.CLOSED, RoundState.SCORING, RoundState.JURY)


def rounds(person: User, held: tuple[Held, ...]) -> Iterator[Task]:
    """Yield the rounds that the coordinator takes on."""
    if not has(held, Role.COORDINATOR):
        return
    mine = Round.objects.filter(scope(person, Role.COORDINATOR))
    waiting = list(mine.filter(state__in=_TO_TAKE_ON).order_by("pk")[:10])
    if not waiting and not mine.exists():
        yield Task(_("Make the first round"), link("grants:office_round_create"))
    for round_ in waiting:
        yield Task(_("Take the round to its next step"), link("reviews:round", round_.pk), detail=round_.name)


# The letters of a round go out together when it is decided; formal rejections and small projects go alone.
_GOES_OUT = Q(state=L.SIGNED) & (
    Q(case__application__round__state__in=(RoundState.DECIDED, RoundState.RUNNING))
    | Q(case__application__routed_by__isnull=False)
    | Q(document__data__kind__in=FORMAL_KINDS)
)


_ON_THEIR_WAY = [state for state in L if state not in (L.ANNOUNCED, L.VOID)]


def letters(person: User, held: tuple[Held, ...]) -> Iterator[Task]:
    """Yield the letters by the next step of their life."""
    figures = Letter.objects.filter(scope(person, *OFFICE_ROLES, Role.MAIL_ROOM), state__in=_ON_THEIR_WAY).aggregate(
        approve=Count("pk", filter=Q(state=L.GENERATED) & ~Q(author=person)),
        sign=Count("pk", filter=Q(state=L.APPROVED, signatory=person)),
        release=Count("pk", filter=_GOES_OUT & ~Q(signed_by=person)),
        post=Count("pk", filter=TO_POST & (Q(channel=Channel.POST) | ~Q(state=L.RELEASED))),
        returned=Count("pk", filter=ADDRESS_OPEN),
    )
    lists = link("payments:letters")
    if has(held, Role.CASE_OFFICER, Role.COORDINATOR):
        yield Task(_("Letters to approve"), f"{lists}?state=GENERATED", count=figures["approve"])
    if has(held, Role.CASE_OFFICER):
        page = f"{lists}?state=RETURNED"
        yield Task(_("Letters that came back: find the address"), page, count=figures["returned"])
    if has(held, Role.SIGNATORY, Role.HEAD_OF_UNIT):
        yield Task(_("Letters to sign"), f"{lists}?state=APPROVED", count=figures["sign"])
    if has(held, Role.HEAD_OF_UNIT):
        yield Task(_("Signed letters to release"), f"{lists}?state=SIGNED", count=figures["release"])
    if has(held, Role.MAIL_ROOM):
        dispatch = link("notifications:dispatch")
        yield Task(_("Letters to post"), dispatch, count=figures["post"])


_ANSWER = (Role.CASE_OFFICER, Role.COORDINATOR, Role.HEAD_OF_UNIT)


def messages(person: User, held: tuple[Held, ...]) -> Iterator[Task]:
    """Yield the cases whose applicant has written something that nobody of the office has opened."""
    roles = [role for role in _ANSWER if has(held, role)]
    if not roles:
        return
    funds = fund_ids(person, *roles)
    mine = Q() if funds is None else Q(application__fund__in=funds)
    for pk, title, count in waiting_cases(MessageSide.OFFICE, mine, own_organisations(person)):
        yield Task(_("Messages from an applicant"), link("reviews:case_messages", pk), count=count, detail=title)


# What a first person proposed, who may be the second, the words, the page, and whose number stands in its address.
_HALVES: tuple[tuple[tuple[str, ...], tuple[Role, ...], Text, str, str], ...] = (
    (REJECTIONS, (Role.CASE_OFFICER, Role.COORDINATOR), _("Confirm a formal rejection or decline it"),
     "grants:office_check", "subject_id"),
    ((RECORDING,), (Role.CASE_OFFICER, Role.COORDINATOR), _("Confirm an application on paper or decline it"),
     "grants:office_recorded", "subject_id"),
    ((CODE,), (Role.CASE_OFFICER, Role.COORDINATOR), _("Confirm a code by letter or decline it"),
     "grants:office_code", "subject_id"),
    ((CORRECTION,), (Role.COMMITTEE_CLERK, Role.COORDINATOR, Role.HEAD_OF_UNIT, Role.CASE_OFFICER),
     _("Confirm the correction of a decision or decline it"), "reviews:correction", "subject_id"),
    ((WITHDRAWAL,), (Role.COORDINATOR, Role.HEAD_OF_UNIT, Role.CASE_OFFICER, Role.COMMITTEE_CLERK),
     _("Confirm that a grant is taken back or decline it"), "reviews:withdraw_approval", "subject_id"),
    ((PAYING_ACCOUNT,), (Role.HEAD_OF_FINANCE,), _("Confirm from which account the fund pays or decline it"),
     "accounts:paying_account", "subject_id"),
    ((RECALL,), (Role.SIGNATORY, Role.HEAD_OF_UNIT), _("Confirm the recall of a letter or decline it"),
     "payments:letter_office", "subject_id"),
    (tuple(BudgetStep.values), (Role.HEAD_OF_FINANCE,), _("Confirm a change of the budget or decline it"),
     "payments:budget_proposal", "pk"),
)  # fmt: skip


def second_halves(person: User, held: tuple[Held, ...]) -> Iterator[Task]:
    """Steps that wait for a second person, where this person is not the first, each with its own page."""
    mine = [half for half in _HALVES if has(held, *half[1])]
    if not mine:
        return
    wanted = Q()
    for kinds, roles, *_rest in mine:
        wanted |= Q(kind__in=kinds) & scope(person, *roles)
    waiting = Proposal.objects.filter(wanted, outcome=Outcome.OPEN).exclude(proposed_by=person).order_by("pk")
    for proposal in waiting[:20]:
        title, page, number = next((half[2:]) for half in mine if proposal.kind in half[0])
        yield Task(title, link(page, getattr(proposal, number)), detail=proposal.subject_label)
