"""Who may: predicates `(record, person)`, loaded once per person object and asked many times."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import rules
from django.db.models import F, Q, QuerySet

from accounts import clock
from accounts.models import FundRole, Membership, Organisation, Person, System, User
from accounts.states import EXCLUSIVE_ROLES, FINANCE_ROLES, MemberRole, Role

Predicate = Callable[[Any, Any], bool]


class InFund(Protocol):
    """Any record that lies in the scope of one fund."""

    @property
    def fund_id(self) -> int: ...


@dataclass(frozen=True)
class Held:
    """A role held today: own, or that of a principal for whom the person stands in."""

    fund_id: int | None
    role: str
    limit_cents: int | None
    principal_id: int | None


def active_on(today: date) -> Q:
    """Return the condition of a role that holds on a day."""
    return Q(ended_at__isnull=True, starts_on__lte=today) & (Q(ends_on__isnull=True) | Q(ends_on__gte=today))


def _load(people: Collection[User]) -> dict[int, tuple[Held, ...]]:
    """Read the roles of people in one statement: their own, and those of whom they stand in for today."""
    today = clock.today()
    columns = ("asker", "pk", "fund_id", "user_id", "role", "limit_cents")
    living = FundRole.objects.filter(active_on(today)).order_by()
    own = living.filter(user__in=people).annotate(asker=F("user_id"))
    rows = own.values_list(*columns).union(_stood_in_for(people, living, today).values_list(*columns)).order_by("pk")
    found: dict[int, list[Held]] = {user.pk: [] for user in people}
    for asker, _pk, fund_id, holder, role, limit in rows:
        found[asker].append(Held(fund_id, role, limit, None if holder == asker else holder))
    return {asker: _in_force(held) for asker, held in found.items()}


def _stood_in_for(people: Collection[User], living: QuerySet[FundRole], today: date) -> QuerySet[Any]:
    """Return the roles for which one of `people` is the deputy today, each in the fund of the naming."""
    inherited = living.filter(
        user__is_active=True,
        user__deputies__deputy__in=people,
        user__deputies__fund=F("fund"),
        user__deputies__ended_at__isnull=True,
        user__deputies__from_date__lte=today,
        user__deputies__to_date__gte=today,
    )
    return inherited.exclude(role__in=EXCLUSIVE_ROLES).annotate(asker=F("user__deputies__deputy_id"))


def _in_force(held: list[Held]) -> tuple[Held, ...]:
    """An auditor or administrator holds nothing else, so not by standing in for somebody either."""
    alone = any(h.principal_id is None and h.role in EXCLUSIVE_ROLES for h in held)
    return tuple(h for h in held if h.principal_id is None or not alone)


def roles_of(person: Person) -> tuple[Held, ...]:
    """Return the roles a person holds today, kept on the person object for this request (two queries once)."""
    if not isinstance(person, User) or not person.is_active:
        return ()
    held: tuple[Held, ...] | None = person.__dict__.get("_held_roles")
    if held is None:
        held = person.__dict__["_held_roles"] = _load([person])[person.pk]
    return held


def know_roles(people: Collection[User]) -> None:
    """Read the roles of several people together, before each of them is asked for (two queries)."""
    if people:
        loaded = _load(people)
        for user in people:
            user.__dict__["_held_roles"] = loaded[user.pk]


def forget_roles(person: Person) -> None:
    """Drop what `roles_of` kept, so that the next question asks the database."""
    person.__dict__.pop("_held_roles", None) if isinstance(person, User) else None


def roles_were_asked(person: Person) -> bool:
    """Tell whether a right was looked for among the roles; one that comes from a membership never asks them."""
    return isinstance(person, User) and "_held_roles" in person.__dict__


def has_role(person: Person, fund_id: int | None, *roles: str) -> bool:
    """Tell whether the person holds one of `roles` for the fund today, in own right or as a deputy."""
    return any(h.role in roles and h.fund_id in (None, fund_id) for h in roles_of(person))


def holds(person: Person, fund_id: int | None, role: str) -> tuple[Held, ...]:
    """Return the person's holdings of one role for the fund (amount limits differ from row to row)."""
    return tuple(h for h in roles_of(person) if h.role == role and h.fund_id in (None, fund_id))


def within_limit(person: Person, fund_id: int, role: str, amount_cents: int) -> bool:
    """Tell whether the person holds `role` with a limit of at least `amount_cents` (no limit: any amount)."""
    return any(h.limit_cents is None or h.limit_cents >= amount_cents for h in holds(person, fund_id, role))


def fund_ids(person: Person, *roles: str) -> set[int] | None:
    """Return the funds in which the person holds one of `roles`; None means all funds."""
    found = {h.fund_id for h in roles_of(person) if h.role in roles}
    return None if None in found else {fund_id for fund_id in found if fund_id is not None}


def principal_of(person: Person, fund_id: int | None, *roles: str) -> int | None:
    """Return for whom the person acts when only a deputyship gives the role, else None."""
    held = [h for h in roles_of(person) if h.role in roles and h.fund_id in (None, fund_id)]
    return held[0].principal_id if held and all(h.principal_id for h in held) else None


def principal_behind(person: Person, permitted: Callable[[], bool]) -> int | None:
    """Return for whom a person acts in a step that is permitted: None when the person's own rights suffice.

    Args:
        person: who acts.
        permitted: asks the step's predicate, which reads the roles kept on the person.
    """
    held = roles_of(person)
    principals = sorted({h.principal_id for h in held if h.principal_id is not None})
    try:
        for principal in (None, *principals) if principals else ():
            person.__dict__["_held_roles"] = tuple(h for h in held if h.principal_id in (None, principal))
            if permitted():
                return principal
    finally:
        if principals:
            person.__dict__["_held_roles"] = held
    return None


def role(*roles: Role) -> Predicate:
    """Return a predicate: the person holds one of the roles for the record's fund."""

    @rules.predicate
    def check(record: InFund, person: Person) -> bool:
        return has_role(person, record.fund_id, *roles)

    check.needed_roles = roles
    predicate: Predicate = check
    return predicate


@rules.predicate
def _is_system(record: object, person: Person) -> bool:
    return isinstance(person, System)


is_system: Predicate = _is_system


def memberships_of(person: Person) -> tuple[Membership, ...]:
    """Return the person's living memberships, kept on the person object for this request (one query)."""
    if not isinstance(person, User) or not person.is_active:
        return ()
    kept: tuple[Membership, ...] | None = person.__dict__.get("_memberships")
    if kept is None:
        kept = tuple(Membership.objects.filter(user=person, ended_at__isnull=True).select_related("organisation"))
        person.__dict__["_memberships"] = kept
    return kept


def forget_memberships(person: Person) -> None:
    """Drop what `memberships_of` kept."""
    person.__dict__.pop("_memberships", None) if isinstance(person, User) else None


def member_role(person: Person, organisation_id: int | None) -> Membership | None:
    """Return the person's membership in the organisation, if any."""
    return next((m for m in memberships_of(person) if m.organisation_id == organisation_id), None)


def is_member(person: Person, organisation_id: int | None) -> bool:
    """Tell whether the person acts for the organisation in any role."""
    return member_role(person, organisation_id) is not None


def own_organisations(person: Person) -> list[int]:
    """Return the organisations the person acts for; their cases are hidden from the person as staff."""
    return [m.organisation_id for m in memberships_of(person)]


def may_edit_for(person: Person, organisation_id: int | None) -> bool:
    """Tell whether the person may write for the organisation (owner or editor)."""
    found = member_role(person, organisation_id)
    return found is not None and found.role in (MemberRole.OWNER, MemberRole.EDITOR)


def may_bind(person: Person, organisation_id: int | None) -> bool:
    """Tell whether the person may submit, retrieve letters, waive and change the bank account for it."""
    found = member_role(person, organisation_id)
    return found is not None and found.represents


def owns(organisation: Organisation, person: Person) -> bool:
    """Tell whether the person is an owner of the organisation."""
    found = member_role(person, organisation.pk)
    return found is not None and found.role == MemberRole.OWNER


# Who proposes from which account a fund pays; the head of finance (another person) confirms.
proposes_paying_account = role(Role.FINANCE_A, Role.FINANCE_B)
confirms_paying_account = role(Role.HEAD_OF_FINANCE)
PAYING_READERS = (*FINANCE_ROLES, Role.AUDITOR)


# Who reads which people hold which roles: who gives them, and who checks that.
OVERSEERS = (Role.ADMINISTRATOR, Role.AUDITOR)


def oversees_any(person: Person) -> bool:
    """Tell whether the person sees people and roles of at least one fund."""
    return fund_ids(person, *OVERSEERS) != set()


def administers(person: Person, fund_id: int | None) -> bool:
    """Tell whether the person names people for the fund."""
    return has_role(person, fund_id, Role.ADMINISTRATOR)


def administers_all(person: Person) -> bool:
    """Tell whether the person administers the whole installation: funds, legal pages, feedback."""
    return has_role(person, None, Role.ADMINISTRATOR)


def administers_any(person: Person) -> bool:
    """Tell whether the person administers at least one fund."""
    return fund_ids(person, Role.ADMINISTRATOR) != set()
