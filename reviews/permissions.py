"""Who may do what in jury and committee."""

from typing import Protocol

import rules

from accounts.models import Person
from accounts.permissions import has_role, is_system, role
from accounts.states import OFFICE_ROLES, Role
from grants.permissions import SECOND_ROLES

coordinator = role(Role.COORDINATOR)
committee_clerk = role(Role.COMMITTEE_CLERK)
head_of_unit = role(Role.HEAD_OF_UNIT)
# Who opens the pages on which a second person confirms; with a case, `grants.permissions` asks for more.
second_person = role(*SECOND_ROLES)
# Who follows jury and committee without a seat in it.
follows = role(*OFFICE_ROLES, Role.AUDITOR)
system = is_system


class Sheet(Protocol):
    """What these predicates need to know of a sheet; the model itself imports this module."""

    @property
    def fund_id(self) -> int: ...
    @property
    def juror_user_id(self) -> int: ...
    @property
    def seated(self) -> bool: ...
    def leads(self, person: Person) -> bool: ...


def handles_cases(person: Person, fund_id: int) -> bool:
    """Tell whether any role in the fund keeps the person out of its juries (roles.tsv, "never also")."""
    return has_role(person, fund_id, *Role.values)


@rules.predicate
def _own_sheet(sheet: Sheet, person: Person) -> bool:
    own = person.pk is not None and sheet.juror_user_id == person.pk and sheet.seated
    return own and not handles_cases(person, sheet.fund_id)


@rules.predicate
def _chairs(sheet: Sheet, person: Person) -> bool:
    """The chair of the round, or the deputy where the chair's own sheet is concerned."""
    return sheet.leads(person)


own_sheet = _own_sheet
chairs = _chairs
