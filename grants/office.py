"""What the office reads: its cases, what each waits for, and the rejection that waits for a second person."""

from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import audit, clock
from accounts.clock import berlin_day
from accounts.models import FundRole, Person, Proposal, User
from accounts.permissions import fund_ids, memberships_of, roles_of
from accounts.states import OFFICE_ROLES, Outcome
from grants.models import Application, Round
from grants.permissions import CASE_READERS, ROUND_READERS
from grants.states import UNSENT, RoundState
from grants.states import ApplicationState as S
from notifications.dates import end_of_berlin_day, three_months_after

REJECTIONS: Final = ("reject_formally", "documents_missing", "reject_late")

# Who acts next, in the words of the list.
_OFFICER, _APPLICANT, _HEAD = _("Case officer"), _("Applicant"), _("Head of unit")
ACTS: Final[dict[str, Promise]] = {
    S.SUBMITTED: _OFFICER,
    S.FORMAL_CHECK: _OFFICER,
    S.RETURNED: _APPLICANT,
    S.INELIGIBLE: _OFFICER,
    S.ELIGIBLE: _("Coordinator"),
    S.FAST_TRACK: _HEAD,
    S.IN_REVIEW: _("Jury"),
    S.REVIEWED: _("Jury"),
    S.RANKED: _("Coordinator"),
    S.IN_COMMITTEE: _("Committee clerk"),
    S.RESERVE_LISTED: _HEAD,
    S.APPROVED: _OFFICER,
    S.PLAN_REVISION: _APPLICANT,
    S.DECLINED: _OFFICER,
}


def cases_of(person: Person) -> QuerySet[Application]:
    """Return the sent cases of the funds in which the person works or audits, never those of the own organisation."""
    funds = fund_ids(person, *CASE_READERS)
    own = [membership.organisation_id for membership in memberships_of(person)]
    cases = Application.objects.exclude(state__in=UNSENT)
    if own:
        cases = cases.exclude(organisation__in=own)
    return cases if funds is None else cases.filter(fund__in=funds)


def office_cases_of(person: Person) -> QuerySet[Application]:
    """Return the sent cases whose check the person may look into."""
    funds = fund_ids(person, *ROUND_READERS)
    return cases_of(person) if funds is None else cases_of(person).filter(fund__in=funds)


def rounds_of(person: Person) -> QuerySet[Round]:
    """Return the rounds of the funds in whose office the person works, or which it audits."""
    funds = fund_ids(person, *ROUND_READERS)
    return Round.objects.all() if funds is None else Round.objects.filter(fund__in=funds)


def rejection_proposal(application: Application) -> Proposal | None:
    """Return the rejection of a case that waits for its second person, if any."""
    return _rejections(application, Outcome.OPEN).select_related("proposed_by").first()


def rejected_by(application: Application, person: Person) -> bool:
    """Tell whether the person proposed or confirmed that the case is not eligible; somebody else reopens it."""
    part = Q(proposed_by=person.pk) | Q(decided_by=person.pk)
    return _rejections(application, Outcome.CONFIRMED).filter(part).exists()


def _rejections(application: Application, outcome: Outcome) -> QuerySet[Proposal]:
    return Proposal.objects.filter(
        kind__in=REJECTIONS, subject_type=audit.subject_type(application), subject_id=application.pk, outcome=outcome
    )


# A menu that grows with every year would one day be longer than the list it filters; the page of an older round
# leads to its cases.
ROUNDS_OFFERED: Final = 40


def rounds_offered(person: Person, chosen: str) -> list[Round]:
    """Return the rounds that the person's list of cases can be narrowed to: the newest, and the one chosen now."""
    funds = fund_ids(person, *CASE_READERS)
    rounds = Round.objects.exclude(state__in=(RoundState.DRAFT, RoundState.PUBLISHED)).order_by("-opens_at", "pk")
    own = (rounds if funds is None else rounds.filter(fund__in=funds)).only("pk", "name", "fund", "places")
    newest = list(own[:ROUNDS_OFFERED])
    older = own.filter(pk=chosen) if _is_older(chosen, newest) else ()
    return [*newest, *older]


def _is_older(chosen: str, newest: list[Round]) -> bool:
    known = {str(round_.pk) for round_ in newest}
    return len(newest) == ROUNDS_OFFERED and chosen.isascii() and chosen.isdecimal() and chosen not in known


def officers_offered(person: Person) -> QuerySet[User]:
    """Return everybody who is or was of the office: a case officer, or whoever stands in for one, takes a case."""
    funds = fund_ids(person, *CASE_READERS)
    roles = FundRole.objects.filter(role__in=OFFICE_ROLES)
    own = roles if funds is None else roles.filter(fund__in=funds)
    return User.objects.filter(pk__in=own.values("user")).order_by("full_name", "pk")


def due_condition(asked: str) -> Q:
    """Return what `over`, `week`, `undecided` or `none` asks of the next due day; anything else asks nothing."""
    if asked not in ("over", "week", "undecided"):
        return Q(due_date=None) if asked == "none" else Q()
    today = clock.today()
    if asked == "over":
        return Q(due_date__lt=today)
    return undecided(today) if asked == "undecided" else Q(due_date__range=(today, today + timedelta(days=7)))


def undecided_since(today: date) -> date:
    """Return the last day of receipt whose three months are over on a day (VwGO § 75)."""
    # No three months of any year are shorter.
    day = today - timedelta(days=85)
    while three_months_after(day) >= today:
        day -= timedelta(days=1)
    return day


def undecided(today: date) -> Q:
    """Return what a case meets that somebody still works on three months after it came in."""
    return Q(state__in=list(ACTS), submitted_at__lte=end_of_berlin_day(undecided_since(today)))


def age_condition(asked: str) -> Q:
    """Return what a number of days asks of the time since receipt, of cases on which somebody still has to act."""
    if not asked:
        return Q()
    return Q(submitted_at__lte=clock.now() - timedelta(days=int(asked)), state__in=list(ACTS))


def handled_by(person: Person) -> set[int]:
    """Return whose cases are the person's today: the own ones, and those of whom the person stands in for."""
    principals = {held.principal_id for held in roles_of(person) if held.principal_id is not None}
    return principals | ({person.pk} if person.pk is not None else set())


_ROW: Final = (
    "pk", "case_number", "title", "state", "submitted_at", "due_date", "late", "requested_cents", "first_application",
    "municipality", "organisation__name", "round__name", "officer__full_name", "officer__email", "fund_id",
    "officer_id",
)  # fmt: skip


class CaseRow(NamedTuple):
    """A line of the list, as plain values: whole records of four tables would cost a long list half its time."""

    pk: int
    number: str | None
    title: str
    state: str
    submitted_at: datetime | None
    due_date: date | None
    late: bool
    requested_cents: int
    first_application: bool
    municipality: str
    organisation: str
    round: str
    officer_name: str | None
    officer_email: str | None
    fund_id: int
    officer_id: int | None
    # Who stands in for the officer today, and how many days ago the case came in; told by the page that shows it.
    stands_in: str = ""
    days: int | None = None

    @property
    def state_word(self) -> str:
        """The state in words."""
        return str(S(self.state).label)

    @property
    def acts(self) -> Promise | None:
        """Who acts next."""
        return ACTS.get(self.state)

    @property
    def officer(self) -> str:
        """The case officer."""
        return self.officer_name or self.officer_email or ""

    @property
    def due(self) -> date | None:
        """The next day that counts; without one of its own, three months after receipt (VwGO § 75)."""
        if self.due_date is None and self.acts is not None and self.submitted_at is not None:
            return three_months_after(berlin_day(self.submitted_at))
        return self.due_date

    def days_on(self, today: date) -> int | None:
        """Return how many days ago the case came in, while somebody still has to act on it."""
        if self.acts is None or self.submitted_at is None:
            return None
        return (today - berlin_day(self.submitted_at)).days

    def over_on(self, today: date) -> bool:
        """Tell whether that day has passed."""
        due = self.due
        return due is not None and due < today


def row_values(cases: QuerySet[Application]) -> QuerySet[Application, tuple[Any, ...]]:
    """Return what `CaseRow(*values)` needs of each case."""
    return cases.values_list(*_ROW)
