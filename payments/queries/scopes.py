"""Which funds a person's reads are limited to."""

from accounts.models import Person
from accounts.permissions import fund_ids
from accounts.states import Role


def in_funds(person: Person, *roles: Role) -> dict[str, object]:
    """Return the filter that keeps the rows of funds in which the person holds one of the roles."""
    funds = fund_ids(person, *roles)
    return {} if funds is None else {"fund_id__in": funds}
