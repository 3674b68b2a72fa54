"""Who may do what with a round and an application."""

from typing import Protocol

import rules

from accounts.models import Person
from accounts.permissions import (
    has_role,
    is_member,
    is_system,
    may_bind,
    may_edit_for,
    role,
)
from accounts.states import FINANCE_ROLES, OFFICE_ROLES, Role

coordinator = role(Role.COORDINATOR)
head_of_unit = role(Role.HEAD_OF_UNIT)
committee_clerk = role(Role.COMMITTEE_CLERK)
system = is_system

Predicate = rules.predicates.Predicate


class Case(Protocol):
    """What these predicates need to know of an application; the model itself imports this module."""

    @property
    def fund_id(self) -> int: ...
    @property
    def organisation_id(self) -> int | None: ...
    @property
    def created_by_id(self) -> int: ...


def _staff(*roles: Role) -> rules.predicates.Predicate:
    """A staff role for the case's fund, but never for a case of one's own organisation."""

    @rules.predicate
    def check(case: Case, person: Person) -> bool:
        return has_role(person, case.fund_id, *roles) and not is_member(person, case.organisation_id)

    return check


case_officer = _staff(Role.CASE_OFFICER)
case_coordinator = _staff(Role.COORDINATOR)
case_clerk = _staff(Role.COMMITTEE_CLERK)
case_head = _staff(Role.HEAD_OF_UNIT)
case_signatory = _staff(Role.SIGNATORY, Role.HEAD_OF_UNIT)
# Who answers applicants, and is told when no officer has the case yet.
answers_applicant = _staff(Role.CASE_OFFICER, Role.COORDINATOR, Role.HEAD_OF_UNIT)
# Who gives cases to officers.
case_assigner = answers_applicant
case_second_officer = _staff(Role.CASE_OFFICER, Role.COORDINATOR)
# Who confirms what somebody else proposed about a decided case.
SECOND_ROLES = (Role.COMMITTEE_CLERK, Role.COORDINATOR, Role.HEAD_OF_UNIT, Role.CASE_OFFICER)
case_second_person = _staff(*SECOND_ROLES)
# The same, asked of a round.
answers_in = role(Role.CASE_OFFICER, Role.COORDINATOR, Role.HEAD_OF_UNIT)


class RoutedCase(Case, Protocol):
    """A case that somebody may have put on the fast track."""

    @property
    def routed_by_id(self) -> int | None: ...


@rules.predicate
def _other_head(case: RoutedCase, person: Person) -> bool:
    """The head of unit, where somebody else put the case on the fast track."""
    return person.pk != case.routed_by_id and case_head(case, person)


case_other_head = _other_head


class WrittenCase(Case, Protocol):
    """A case that somebody writes: the applicant, or the office for who does not apply online."""

    @property
    def on_behalf(self) -> bool: ...


@rules.predicate
def _edits_own(case: WrittenCase, person: Person) -> bool:
    """An owner or editor of the applying organisation, or the author of a draft that has none yet.

    What the office enters on behalf of somebody is a case officer's, and nobody else's.
    """
    if case.on_behalf:
        return case_officer(case, person)
    if case.organisation_id is None:
        return case.created_by_id == person.pk
    return may_edit_for(person, case.organisation_id)


@rules.predicate
def _binds_own(case: WrittenCase, person: Person) -> bool:
    """An owner who represents the organisation: submits, withdraws, waives; never while the office writes."""
    return not case.on_behalf and may_bind(person, case.organisation_id)


applicant_edits = _edits_own
applicant_binds = _binds_own
applicant_or_system = _edits_own | system

# Who begins an application that came on paper, by phone or in person.
records = role(Role.CASE_OFFICER)
# Who sees what the office is recording: who does it, and who confirms it.
RECORDERS = (Role.CASE_OFFICER, Role.COORDINATOR)

# Who may read the list of cases and a case: everybody who decides about it, pays it or audits it.
CASE_READERS = (*OFFICE_ROLES, *FINANCE_ROLES, Role.AUDITOR)
# Who may look into formal checks and the settings of rounds.
ROUND_READERS = (*OFFICE_ROLES, Role.AUDITOR)
# Who writes the settings of a round while it is a draft; publishing stays with the head of unit.
ROUND_EDITORS = (Role.COORDINATOR, Role.HEAD_OF_UNIT)
# Bodies and their people are named by the administrator too, who sees no case.
BODY_EDITORS = (*ROUND_EDITORS, Role.ADMINISTRATOR)
BODY_READERS = (*ROUND_READERS, Role.ADMINISTRATOR)
body_editor = role(*BODY_EDITORS)
round_editor = role(*ROUND_EDITORS)
# Who reads what was imported from spreadsheets, beside those who do it.
IMPORT_READERS = (*ROUND_EDITORS, Role.AUDITOR)
