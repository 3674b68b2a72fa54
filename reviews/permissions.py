"""Who may do what in jury and committee."""

from typing import Protocol

import rules

from accounts.models import Person
from accounts.permissions import is_system, role
from accounts.states import Role

coordinator = role(Role.COORDINATOR)
system = is_system


class Sheet(Protocol):
    """What these predicates need to know of a sheet; the model itself imports this module."""

    @property
    def fund_id(self) -> int: ...
    @property
    def juror_user_id(self) -> int: ...
    def leads(self, person: Person) -> bool: ...


@rules.predicate
def _own_sheet(sheet: Sheet, person: Person) -> bool:
    return person.pk is not None and sheet.juror_user_id == person.pk


@rules.predicate
def _chairs(sheet: Sheet, person: Person) -> bool:
    """The chair of the round, or the deputy where the chair's own sheet is concerned."""
    return sheet.leads(person)


own_sheet = _own_sheet
chairs = _chairs
