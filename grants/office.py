"""What the office reads: its cases, what each waits for, and the rejection that waits for a second person."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import audit, clock
from accounts.clock import berlin_day
from accounts.models import Person, Proposal
from accounts.permissions import fund_ids, memberships_of
from accounts.states import Outcome
from grants.models import Application, Round
from grants.permissions import CASE_READERS, ROUND_READERS
from grants.states import ApplicationState as S
from grants.states import RoundState
from notifications.dates import three_months_after

REJECTIONS: Final = ("reject_formally", "documents_missing", "reject_late")
UNSENT: Final = (S.DRAFT, S.DISCARDED)

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


def rounds_with_cases(person: Person) -> QuerySet[Round]:
    """Return the rounds that the person's list of cases can be narrowed to, newest first."""
    funds = fund_ids(person, *CASE_READERS)
    rounds = Round.objects.exclude(state__in=(RoundState.DRAFT, RoundState.PUBLISHED)).order_by("-opens_at", "pk")
    return (rounds if funds is None else rounds.filter(fund__in=funds)).only("pk", "name", "fund", "places")


def due_condition(asked: str) -> Q:
    """Return what `over`, `week` or `none` asks of the next due day; anything else asks nothing."""
    today = clock.today() if asked in ("over", "week") else None
    if asked == "over":
        return Q(due_date__lt=today)
    if asked == "week" and today is not None:
        return Q(due_date__range=(today, today + timedelta(days=7)))
    return Q(due_date=None) if asked == "none" else Q()


@dataclass(frozen=True)
class CaseRow:
    """A line of the list: the case, who acts next and by which day."""

    case: Application
    acts: Promise | None
    due: date | None
    over: bool


def case_row(case: Application, today: date) -> CaseRow:
    """Return the line of a case; without a day of its own, the three months after receipt count (VwGO § 75)."""
    acts = ACTS.get(case.state)
    due = case.due_date
    if due is None and acts is not None and case.submitted_at is not None:
        due = three_months_after(berlin_day(case.submitted_at))
    return CaseRow(case, acts, due, over=due is not None and due < today)
