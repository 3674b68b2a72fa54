"""Who sits in a jury, who leads, who is too close to whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet, Value

from accounts.models import AffiliationGroup, FundRole, Membership, Person, User
from accounts.permissions import fund_ids, has_role
from accounts.states import OFFICE_ROLES, Role
from grants.models import Application, Round
from grants.states import RoundState
from reviews.models import Juror, Review
from reviews.permissions import handles_cases
from reviews.states import ReviewState as S

# Mirrors Review.opened as a filter.
OPENED = (
    Q(declared_at__isnull=False) & ~Q(state=S.RECUSED) & (Q(conflict_hint="") | Q(conflict_cleared_at__isnull=False))
)


def rounds_followed(person: Person) -> QuerySet[Round]:
    """Return the rounds whose jury and committees the person follows as staff or auditor."""
    funds = fund_ids(person, *OFFICE_ROLES, Role.AUDITOR)
    rounds = Round.objects.exclude(state=RoundState.DRAFT).select_related("fund")
    return rounds if funds is None else rounds.filter(fund__in=funds)


def rounds_visible(person: User) -> QuerySet[Round]:
    """Return the rounds that the person follows or in whose jury the person sits."""
    funds = fund_ids(person, *OFFICE_ROLES, Role.AUDITOR)
    rounds = Round.objects.select_related("fund")
    seated = [seat.round_id for seat in seats_of(person)]
    return rounds if funds is None else rounds.filter(Q(fund__in=funds) | Q(pk__in=seated))


def seats(round: Round) -> QuerySet[Juror]:
    """Return the living seats of a jury, chair first."""
    return (
        Juror.objects.filter(round=round, ended_at__isnull=True)
        .select_related("user")
        .order_by("-chairs", "-deputy_chair", "stand_in", "user__search_key", "pk")
    )


def seats_of(person: Person) -> tuple[Juror, ...]:
    """Return the person's living seats, kept on the person object for this request (one query).

    A seat is closed while the person handles cases of the fund, be it only as somebody's deputy.
    """
    if not isinstance(person, User) or not person.is_active:
        return ()
    kept: tuple[Juror, ...] | None = person.__dict__.get("_seats")
    if kept is None:
        seats = Juror.objects.filter(user=person, ended_at__isnull=True).select_related("round")
        kept = person.__dict__["_seats"] = tuple(seat for seat in seats if not handles_cases(person, seat.fund_id))
    return kept


def forget_seats(person: Person) -> None:
    """Drop what `seats_of` kept; actions do, because a seat may have ended while a page lay open."""
    person.__dict__.pop("_seats", None) if isinstance(person, User) else None


def seat_of(round: Round, person: Person) -> Juror | None:
    """Return the person's living seat in the jury of the round."""
    return next((seat for seat in seats_of(person) if seat.round_id == round.pk), None)


def leads_round(round: Round, person: Person) -> bool:
    """Tell whether the person leads the jury: chair or deputy; without a jury the coordinator ranks."""
    if round.jury_size == 0:
        return has_role(person, round.fund_id, Role.COORDINATOR)
    seat = seat_of(round, person)
    return seat is not None and (seat.chairs or seat.deputy_chair)


def rounds_led(person: User) -> list[Round]:
    """Return the rounds whose jury the person chairs or deputises."""
    led = [seat.round_id for seat in seats_of(person) if seat.chairs or seat.deputy_chair]
    return list(Round.objects.filter(pk__in=led)) if led else []


def leads_case(application: Application, person: Person) -> bool:
    """Tell whether the person leads on this case: the chair, or the deputy where the chair may not see it."""
    round_ = application.round
    if round_.jury_size == 0:
        return has_role(person, round_.fund_id, Role.COORDINATOR)
    seat = seat_of(round_, person)
    if seat is None or not (seat.chairs or seat.deputy_chair):
        return False
    sheets = list(application.reviews.filter(Q(juror=seat) | Q(juror__chairs=True, juror__ended_at=None)))
    if any(not sheet.opened for sheet in sheets if sheet.juror_id == seat.pk):
        return False
    return seat.chairs or any(not sheet.opened for sheet in sheets if sheet.juror.chairs)


def led_among(round_: Round, cases: Collection[int], person: Person) -> set[int]:
    """Return on which of the cases that the person may see the person also leads (at most two queries)."""
    if round_.jury_size == 0:
        return set(cases) if has_role(person, round_.fund_id, Role.COORDINATOR) else set()
    seat = seat_of(round_, person)
    if seat is None or not (seat.chairs or seat.deputy_chair):
        return set()
    if seat.chairs:
        return set(cases)
    chairs = Review.objects.filter(application__in=cases, juror__chairs=True, juror__ended_at=None)
    return set(chairs.exclude(OPENED).values_list("application", flat=True))


def cases_open_to(seat: Juror) -> QuerySet[Review]:
    """Return the sheets whose cases this juror may see at all: declared free, not excluded, no open match."""
    return Review.objects.filter(OPENED, juror=seat)


@dataclass(frozen=True)
class Closeness:
    """Who is close to which organisation in one fund, loaded once for many questions."""

    member_of: dict[int, dict[int, str]]
    groups: tuple[tuple[str, frozenset[int], frozenset[int]], ...]

    def hint(self, user_id: int, organisation_id: int | None) -> str:
        """Return the coded hint ("member|name", "group|names"), or "" when nothing matches.

        All federations are named, so that one that is found later is a new match, whatever was cleared before.
        """
        own = self.member_of.get(user_id, {})
        if organisation_id in own:
            return f"member|{own[organisation_id]}"[:300]
        shared = [
            name
            for name, organisations, people in self.groups
            if organisation_id in organisations and (user_id in people or organisations & own.keys())
        ]
        return f"group|{', '.join(shared)}"[:300] if shared else ""


def closeness(fund_id: int, user_ids: Collection[int]) -> Closeness:
    """Load memberships and affiliation groups that may lead to a conflict (two queries)."""
    members: dict[int, dict[int, str]] = {}
    rows = Membership.objects.filter(user__in=user_ids, ended_at__isnull=True)
    for user_id, organisation_id, name in rows.values_list("user", "organisation", "organisation__name"):
        members.setdefault(user_id, {})[organisation_id] = name
    return Closeness(members, _groups(fund_id))


def _groups(fund_id: int) -> tuple[tuple[str, frozenset[int], frozenset[int]], ...]:
    """Return name, organisations and people of each federation of the fund, by name."""
    groups = AffiliationGroup.objects.filter(fund=fund_id).order_by()
    organisations = groups.filter(organisations__isnull=False).annotate(kind=Value("o"), member=F("organisations"))
    people = groups.filter(people__isnull=False).annotate(kind=Value("p"), member=F("people"))
    columns = ("name", "kind", "member")
    rows = organisations.values_list(*columns).union(people.values_list(*columns)).order_by("name")
    found: dict[str, dict[str, set[int]]] = {}
    for name, kind, member in rows:
        found.setdefault(name, {"o": set(), "p": set()})[kind].add(member)
    return tuple((name, frozenset(of["o"]), frozenset(of["p"])) for name, of in found.items())


def coordinators(fund_id: int, today: date) -> QuerySet[User]:
    """Return who coordinates the fund on a day, in own right."""
    held = FundRole.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        fund=fund_id, role=Role.COORDINATOR, ended_at__isnull=True, starts_on__lte=today,
    )  # fmt: skip
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk")


def affiliation_groups(person: User) -> QuerySet[AffiliationGroup]:
    """Return the groups the person keeps as coordinator."""
    funds = fund_ids(person, Role.COORDINATOR)
    groups = AffiliationGroup.objects.select_related("fund")
    return groups if funds is None else groups.filter(fund__in=funds)
