"""Which funds and organisations a person's reads are limited to."""

from accounts.models import Person
from accounts.permissions import fund_ids, memberships_of
from accounts.states import Role


def own_organisations(person: Person) -> list[int]:
    """Return the organisations the person acts for; their cases are hidden from the person as staff."""
    return [m.organisation_id for m in memberships_of(person)]


def in_funds(person: Person, *roles: Role) -> dict[str, object]:
    """Return the filter that keeps the rows of funds in which the person holds one of the roles."""
    funds = fund_ids(person, *roles)
    return {} if funds is None else {"fund_id__in": funds}
