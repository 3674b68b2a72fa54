"""What waits for a person: the lines of "my tasks". Each figure is one grouped query, whatever the fund's size."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Q
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.clock import berlin_day
from accounts.models import Proposal, User
from accounts.permissions import Held, fund_ids, memberships_of, roles_of
from accounts.states import OFFICE_ROLES, MemberRole, Outcome, Role
from grants.models import Application, Round
from grants.office import REJECTIONS
from grants.states import ApplicationState as A
from grants.states import RoundState
from notifications.models import Letter
from notifications.states import Channel
from notifications.states import LetterState as L
from payments.actions.recalls import RECALL
from payments.models import Award, CaseLetter, Payment
from payments.queries import accounts_to_check
from payments.states import AwardState, BudgetStep
from payments.states import PaymentState as P
from reviews.models import Juror, Review
from reviews.states import CORRECTION, ReviewState

Text = str | Promise


@dataclass(frozen=True)
class Task:
    """One line: what to do, how often, until when, and where."""

    title: Text
    href: str
    count: int = 1
    due_date: date | None = None
    detail: Text = ""

    @property
    def sort_key(self) -> tuple[bool, date]:
        return (self.due_date is None, self.due_date or date.max)


def tasks_of(person: User) -> list[Task]:
    """Return what waits for the person in every role, by due date; lines without a date come last."""
    held = roles_of(person)
    found = [task for task in (*_applicant(person), *_juror(person), *_staff(person, held)) if task.count]
    return sorted(found, key=lambda task: task.sort_key)


def _link(name: str, *args: object, query: str = "") -> str:
    try:
        return reverse(name, args=args) + query
    except NoReverseMatch:
        return reverse("home")


# --- the applicant ------------------------------------------------------------------------------------------

_OWN = {
    A.RETURNED: _("Hand in what is missing"),
    A.PLAN_REVISION: _("Revise your cost plan"),
    A.DRAFT: _("Finish your draft"),
}


def _applicant(person: User) -> Iterator[Task]:
    organisations = [m.organisation_id for m in memberships_of(person) if m.role != MemberRole.READER]
    if not organisations:
        return
    mine = Application.objects.filter(organisation__in=organisations)
    waiting = mine.filter(state__in=list(_OWN)).exclude(Q(state=A.DRAFT) & ~Q(round__state=RoundState.OPEN))
    for case in waiting.select_related("round").order_by("pk")[:20]:
        due = case.due_date if case.state != A.DRAFT else berlin_day(case.round.deadline_at)
        yield Task(_OWN[A(case.state)], _link("grants:application", case.pk), due_date=due, detail=case.title)
    letters = CaseLetter.objects.filter(application__organisation__in=organisations, letter__state=L.PUBLISHED)
    for letter in letters.select_related("application")[:20]:
        yield Task(_("Open your letter"), _link("payments:letter", letter.letter_id), detail=letter.application.title)
    final = Award.objects.filter(
        application__organisation__in=organisations, state__in=(AwardState.FINAL, AwardState.ACTIVE)
    )
    for award in final.filter(account__committed_cents__gt=0, payments=None).select_related("application")[:20]:
        yield Task(_("You can request the money"), _link("payments:award", award.pk), detail=award.application.title)


# --- the jury -----------------------------------------------------------------------------------------------


def _juror(person: User) -> Iterator[Task]:
    seats = list(Juror.objects.filter(user=person, ended_at__isnull=True).values_list("pk", "chairs", "round_id"))
    if not seats:
        return
    open_sheets = Review.objects.filter(
        juror__in=[seat for seat, _chairs, _round in seats],
        state__in=(ReviewState.ASSIGNED, ReviewState.IN_PROGRESS),
        application__state=A.IN_REVIEW,
    ).count()
    yield Task(_("Sheets to fill in"), _link("reviews:jury"), count=open_sheets)
    led = [round_id for _seat, chairs, round_id in seats if chairs]
    if led:
        hints = Review.objects.filter(
            application__round__in=led, state=ReviewState.ASSIGNED, conflict_cleared_at__isnull=True
        ).exclude(conflict_hint="")
        yield Task(_("Possible conflicts of interest to decide"), _link("reviews:conflicts"), count=hints.count())


# --- the office and finance ------------------------------------------------------------------------------------

# Which states wait for which role, and the word and list behind it.
_CASES: tuple[tuple[Role, tuple[A, ...], Text, str], ...] = (
    (Role.CASE_OFFICER, (A.SUBMITTED,), _("Applications to check"), "SUBMITTED"),
    (Role.CASE_OFFICER, (A.FORMAL_CHECK,), _("Formal checks under way"), "FORMAL_CHECK"),
    (Role.COORDINATOR, (A.ELIGIBLE,), _("Accepted applications without a jury"), "ELIGIBLE"),
    (Role.COORDINATOR, (A.RANKED,), _("Jury proposals for the committee"), "RANKED"),
    (Role.COMMITTEE_CLERK, (A.IN_COMMITTEE,), _("Decisions to record"), "IN_COMMITTEE"),
    (Role.CASE_OFFICER, (A.APPROVED,), _("Grants decided, letter or plan to prepare"), "APPROVED"),
    (Role.CASE_OFFICER, (A.DECLINED,), _("Rejections, letter to prepare"), "DECLINED"),
    (Role.CASE_OFFICER, (A.INELIGIBLE,), _("Formal rejections, letter to prepare"), "INELIGIBLE"),
)

_PAYMENTS: tuple[tuple[Role, P, Text, str], ...] = (
    (Role.FINANCE_A, P.REQUESTED, _("Payments to certify"), "certify"),
    (Role.FINANCE_B, P.CHECKED, _("Payments to order"), "order"),
    (Role.TREASURY, P.ORDERED, _("Payments to hand to the bank"), "export"),
    (Role.TREASURY, P.EXPORTED, _("Payments to confirm"), "confirm"),
    (Role.FINANCE_B, P.FAILED, _("Payments that came back"), "returned"),
)


def _scope(person: User, *roles: Role) -> Q:
    funds = fund_ids(person, *roles)
    return Q() if funds is None else Q(fund_id__in=funds)


def _has(held: tuple[Held, ...], *roles: Role) -> bool:
    return any(h.role in roles for h in held)


def _staff(person: User, held: tuple[Held, ...]) -> Iterator[Task]:
    if not held:
        return
    if _has(held, *OFFICE_ROLES):
        yield from _cases(person, held)
        yield from _rounds(person, held)
    if _has(held, *OFFICE_ROLES, Role.MAIL_ROOM):
        yield from _letters(person, held)
    if _has(held, Role.FINANCE_A, Role.FINANCE_B, Role.TREASURY):
        yield from _payments(person, held)
    if _has(held, Role.CASE_OFFICER, Role.FINANCE_A, Role.COORDINATOR):
        yield Task(
            _("Bank accounts to check"), _link("payments:bank_accounts"), count=accounts_to_check(person).count()
        )
    yield from _second_halves(person, held)


def _cases(person: User, held: tuple[Held, ...]) -> Iterator[Task]:
    roles = [role for role, _states, _title, _query in _CASES if _has(held, role)]
    if not roles:
        return
    # A case whose letter is drafted waits for the next reader of the letter.
    drafted = CaseLetter.objects.exclude(letter__state=L.VOID).values("application")
    rows = (
        Application.objects.filter(_scope(person, *roles))
        .exclude(state=A.SUBMITTED, round__state=RoundState.OPEN, late=False)
        .exclude(state__in=(A.APPROVED, A.DECLINED, A.INELIGIBLE), pk__in=drafted)
        .values("state")
        .annotate(n=Count("pk"), due=Min("due_date"))
        .values_list("state", "n", "due")
    )
    counts = {state: (n, due) for state, n, due in rows}
    for role, states, title, query in _CASES:
        if _has(held, role):
            known = [counts[state] for state in states if state in counts]
            due = min((day for _n, day in known if day), default=None)
            link = _link("grants:office_applications", query=f"?state={query}")
            yield Task(title, link, count=sum(n for n, _day in known), due_date=due)


def _rounds(person: User, held: tuple[Held, ...]) -> Iterator[Task]:
    if not _has(held, Role.COORDINATOR):
        return
    waiting = Round.objects.filter(_scope(person, Role.COORDINATOR), state__in=(RoundState.CLOSED, RoundState.JURY))
    for round_ in waiting.order_by("pk")[:10]:
        yield Task(_("Take the round to its next step"), _link("reviews:round", round_.pk), detail=round_.name)


def _letters(person: User, held: tuple[Held, ...]) -> Iterator[Task]:
    scope = _scope(person, *OFFICE_ROLES, Role.MAIL_ROOM)
    letters = Letter.objects.filter(scope)
    figures = letters.aggregate(
        approve=Count("pk", filter=Q(state=L.GENERATED) & ~Q(author=person)),
        sign=Count("pk", filter=Q(state=L.APPROVED, signatory=person)),
        release=Count("pk", filter=Q(state=L.SIGNED)),
        post=Count("pk", filter=Q(state__in=(L.RELEASED, L.EXPIRED), channel=Channel.POST) | Q(state=L.EXPIRED)),
        returned=Count("pk", filter=Q(state=L.RETURNED)),
    )
    lists = _link("payments:letters")
    if _has(held, Role.CASE_OFFICER, Role.COORDINATOR):
        yield Task(_("Letters to approve"), f"{lists}?state=GENERATED", count=figures["approve"])
    if _has(held, Role.SIGNATORY, Role.HEAD_OF_UNIT):
        yield Task(_("Letters to sign"), f"{lists}?state=APPROVED", count=figures["sign"])
    if _has(held, Role.HEAD_OF_UNIT):
        yield Task(_("Signed letters to release"), f"{lists}?state=SIGNED", count=figures["release"])
    if _has(held, Role.MAIL_ROOM):
        dispatch = _link("notifications:dispatch")
        yield Task(_("Letters to post"), dispatch, count=figures["post"])
        yield Task(_("Letters that came back"), dispatch, count=figures["returned"])


def _payments(person: User, held: tuple[Held, ...]) -> Iterator[Task]:
    roles = [role for role, _state, _title, _tab in _PAYMENTS if _has(held, role)]
    counts: Counter[str] = Counter(
        dict(
            Payment.objects.filter(_scope(person, *roles))
            .values("state")
            .annotate(n=Count("pk"))
            .values_list("state", "n")
        )
    )
    for role, state, title, tab in _PAYMENTS:
        if _has(held, role):
            yield Task(title, _link("payments:payments", query=f"?tab={tab}"), count=counts[state])


# What a first person proposed, who may be the second, the words, the page, and whose number stands in its address.
_HALVES: tuple[tuple[tuple[str, ...], tuple[Role, ...], Text, str, str], ...] = (
    (REJECTIONS, (Role.CASE_OFFICER, Role.COORDINATOR), _("Confirm a formal rejection or decline it"),
     "grants:office_check", "subject_id"),
    ((CORRECTION,), (Role.COMMITTEE_CLERK, Role.COORDINATOR, Role.HEAD_OF_UNIT, Role.CASE_OFFICER),
     _("Confirm the correction of a decision or decline it"), "reviews:correction", "subject_id"),
    ((RECALL,), (Role.SIGNATORY, Role.HEAD_OF_UNIT), _("Confirm the recall of a letter or decline it"),
     "payments:letter_office", "subject_id"),
    (tuple(BudgetStep.values), (Role.HEAD_OF_FINANCE,), _("Confirm a change of the budget or decline it"),
     "payments:budget_proposal", "pk"),
)  # fmt: skip


def _second_halves(person: User, held: tuple[Held, ...]) -> Iterator[Task]:
    """Steps that wait for a second person, where this person is not the first, each with its own page."""
    mine = [half for half in _HALVES if _has(held, *half[1])]
    if not mine:
        return
    wanted = Q()
    for kinds, roles, *_rest in mine:
        wanted |= Q(kind__in=kinds) & _scope(person, *roles)
    waiting = Proposal.objects.filter(wanted, outcome=Outcome.OPEN).exclude(proposed_by=person).order_by("pk")
    for proposal in waiting[:20]:
        title, page, number = next((half[2:]) for half in mine if proposal.kind in half[0])
        yield Task(title, _link(page, getattr(proposal, number)), detail=proposal.subject_label)
