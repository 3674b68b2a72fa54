"""Letters of cases: who sees which, who may sign, and what a release takes along."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from django.db.models import Case, Count, Q, QuerySet, When
from django_stubs_ext import WithAnnotations

from accounts import clock
from accounts.models import Person, User
from accounts.permissions import fund_ids, know_roles, may_bind, own_organisations, principal_of, within_limit
from accounts.states import OFFICE_ROLES, Role
from grants.models import Application, Round
from grants.states import ApplicationState
from notifications.dates import end_of_berlin_day, retrieval_last_day
from notifications.models import Letter, Notice
from notifications.states import DocumentKind, LetterState
from payments.models import CaseLetter
from payments.queries.scopes import in_funds

# That a letter of the portal is there an addressee may know from its opening on; what it says only when announced.
_KNOWN_TO_APPLICANT = Q(letter__state__in=(LetterState.PUBLISHED, LetterState.EXPIRED, LetterState.ANNOUNCED)) | Q(
    letter__state=LetterState.POSTED, letter__published_at__isnull=False
)
SIGNING_ROLES = (Role.SIGNATORY, Role.HEAD_OF_UNIT)
# Key of the mails that tell of a letter in the portal; the letter's id and the person's follow.
TOLD_PREFIX = "N27"
# A case in one of these still owes its letter when the letters of its round are released.
OWES_LETTER = (ApplicationState.APPROVED, ApplicationState.PLAN_REVISION, ApplicationState.DECLINED)
# Rejections that need no decision of a body go out singly.
FORMAL_KINDS = ("formal", "late")


def members(organisation_id: int | None) -> QuerySet[User]:
    """Return everybody who acts for the organisation today."""
    if organisation_id is None:
        return User.objects.none()
    return User.objects.filter(
        memberships__organisation=organisation_id, memberships__ended_at__isnull=True, is_active=True
    ).order_by("pk")


def signing_owners(organisation_id: int | None) -> QuerySet[User]:
    """Return the owners who represent the organisation."""
    return members(organisation_id).filter(
        memberships__organisation=organisation_id, memberships__ended_at__isnull=True, memberships__represents=True
    )


def may_sign(person: Person, fund_id: int, amount_cents: int) -> bool:
    """Tell whether the person may sign letters of the fund over that amount today, in own right or as a deputy."""
    return any(within_limit(person, fund_id, role, amount_cents) for role in SIGNING_ROLES)


def signatories(fund_id: int, amount_cents: int, *, author: User) -> list[User]:
    """Return who may sign a letter of this author over that amount today, by name, deputies after all others."""
    today = clock.today()
    named = Q(fund_roles__fund=fund_id, fund_roles__role__in=SIGNING_ROLES, fund_roles__ended_at__isnull=True)
    deputies = Q(
        stands_in_for__fund=fund_id,
        stands_in_for__ended_at__isnull=True,
        stands_in_for__from_date__lte=today,
        stands_in_for__to_date__gte=today,
    )
    found = list(User.objects.filter(named | deputies, is_active=True).distinct().order_by("search_key", "pk"))
    know_roles(found)
    able = [user for user in found if user != author and may_sign(user, fund_id, amount_cents)]
    return sorted(able, key=lambda user: principal_of(user, fund_id, *SIGNING_ROLES) is not None)


def letters_for(person: Person) -> QuerySet[Letter]:
    """Return the letters of the funds in which the person works with letters, or audits."""
    scope = in_funds(person, *OFFICE_ROLES, Role.MAIL_ROOM, Role.AUDITOR)
    return (
        Letter.objects.filter(**scope, case__isnull=False)
        .exclude(case__application__organisation__in=own_organisations(person))
        .select_related(
            "document", "author", "approved_by", "signatory", "signed_by", "fund",
            "case__application__organisation", "case__application__round",
        )
    )  # fmt: skip


def letters_of_member(person: Person) -> QuerySet[CaseLetter]:
    """Return the letters of which the person may know as the addressee; see `may_read_letter` for what they say."""
    return CaseLetter.objects.filter(
        _KNOWN_TO_APPLICANT, application__organisation__in=own_organisations(person)
    ).select_related("letter__document", "letter__fund", "application__round", "application__organisation")


def may_read_letter(case: CaseLetter, person: Person, *, today: date) -> bool:
    """Tell whether a member may read what the letter says.

    Who opened it as a representative reads it at once, everybody else from the day of its effect.
    """
    letter = case.letter
    if letter.state != LetterState.ANNOUNCED or letter.announced_on is None:
        return False
    return letter.announced_on <= today or may_bind(person, case.organisation_id)


def case_of(letter: Letter) -> CaseLetter:
    """Return the case of a letter, with what a signature needs."""
    return CaseLetter.objects.select_related(
        "letter", "application__round", "application__organisation", "application__fund"
    ).get(letter=letter)


def cases_without_letter(round_: Round) -> QuerySet[Application]:
    """Return the decided cases of a round that have no signed letter yet; small projects hold nobody up."""
    return Application.objects.filter(round=round_, state__in=OWES_LETTER, routed_by=None).order_by("case_number")


def signed_letters(round_: Round) -> list[CaseLetter]:
    """Return the signed letters of a round that have not been released."""
    return list(
        CaseLetter.objects.filter(application__round=round_, letter__state=LetterState.SIGNED)
        .select_related("letter", "application__round", "application__organisation", "application__fund")
        .order_by("pk")
    )


def may_go_alone(case: CaseLetter) -> bool:
    """Tell whether a letter may be released singly.

    A formal rejection may, and a small project that the office decided alone; any other when those of its round
    are out.
    """
    if case.letter.document.data.get("kind") in FORMAL_KINDS or case.application.routed_by_id is not None:
        return True
    decided = Q(letter__kind=DocumentKind.AWARD) | ~Q(letter__document__data__kind__in=FORMAL_KINDS)
    return (
        CaseLetter.objects.filter(
            decided,
            application__round=case.application.round_id,
            application__routed_by=None,
            letter__released_at__isnull=False,
        )
        .exclude(letter__state=LetterState.VOID)
        .exists()
    )


def all_announced(round_: Round) -> bool:
    """Tell whether the round has letters, owes none, and every one of them is announced and took its effect."""
    living = CaseLetter.objects.filter(application__round=round_).exclude(letter__state=LetterState.VOID)
    owing = (*OWES_LETTER, ApplicationState.INELIGIBLE, ApplicationState.FAST_TRACK)
    owed = Application.objects.filter(round=round_, state__in=owing)
    return living.exists() and not living.filter(announcement_handled_at__isnull=True).exists() and not owed.exists()


def handles_letters(person: Person) -> bool:
    """Tell whether the person has to do with letters of any fund."""
    return fund_ids(person, *OFFICE_ROLES, Role.MAIL_ROOM, Role.AUDITOR) != set()


def signs_letters(person: Person) -> bool:
    """Tell whether the person signs letters of any fund."""
    return fund_ids(person, *SIGNING_ROLES) != set()


def letters_to_sign(person: Person) -> QuerySet[Letter]:
    """Return the approved letters that carry the person's name."""
    return letters_for(person).filter(state=LetterState.APPROVED, signatory=person.pk).order_by("pk")


def filtered_letters(
    rows: QuerySet[Letter], person: Person, *, state: str, round_id: str, kind: str
) -> QuerySet[Letter]:
    """Return the rows that pass the filters; those waiting for the person's signature first, then the newest."""
    chosen = {"state": state, "kind": kind, "case__application__round": round_id}
    found = rows.filter(**{name: value for name, value in chosen.items() if value})
    if not signs_letters(person):
        # Whoever signs nothing is spared the sorting of all letters ever written.
        return found.order_by("-pk")
    mine = Case(When(state=LetterState.APPROVED, signatory=person.pk, then=0), default=1)
    return found.order_by(mine, "-pk")


@dataclass(frozen=True)
class LetterCount:
    """How many letters are in a state, and how many of them carry the person's name."""

    state: str
    label: str
    count: int
    mine: int


def letter_counts(rows: QuerySet[Letter], person: Person) -> list[LetterCount]:
    """Return the states that occur with their figures, in the order of a letter's life (one query)."""
    figures = rows.order_by().values_list("state").annotate(n=Count("pk"), mine=Count("pk", Q(signatory=person.pk)))
    counts = {state: (n, mine) for state, n, mine in figures}
    return [LetterCount(state.value, str(state.label), *counts[state]) for state in LetterState if state in counts]


class Signed(TypedDict):
    """How many letters of a round wait for their release."""

    signed: int


def rounds_with_letters(person: Person) -> "QuerySet[WithAnnotations[Round, Signed]]":
    """Return the rounds to filter letters by; `signed` tells how many wait for their release."""
    scope = in_funds(person, *OFFICE_ROLES, Role.MAIL_ROOM, Role.AUDITOR)
    signed = Count("applications__letters", Q(applications__letters__letter__state=LetterState.SIGNED))
    written = CaseLetter.objects.values("application__round")
    return Round.objects.filter(**scope, pk__in=written).annotate(signed=signed).order_by("-opens_at", "pk")


def rounds_of_head(person: Person) -> QuerySet[Round]:
    """Return the rounds whose letters the person may release."""
    return Round.objects.filter(**in_funds(person, Role.HEAD_OF_UNIT))


def told_of(letter: Letter) -> QuerySet[Notice]:
    """Return the mails that told of a letter in the portal (N27)."""
    return Notice.objects.filter(key__startswith=f"{TOLD_PREFIX}:{letter.pk}:")


def retrieval_end(case: CaseLetter) -> datetime | None:
    """Return the last second in which the letter can be opened, None while no mail about it has gone out.

    The days run from the sending of the last of these mails, its day not counted (VwVfG § 41 (2a) s. 4).
    """
    sent = told_of(case.letter).filter(sent_at__isnull=False).order_by("-sent_at")
    last = sent.values_list("sent_at", flat=True).first()
    if last is None:
        return None
    return end_of_berlin_day(retrieval_last_day(clock.berlin_day(last), case.application.round.retrieval_days))
