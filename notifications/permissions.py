"""Who may do what with a letter and with the outbox."""

from typing import Protocol

import rules

from accounts.models import Person
from accounts.permissions import has_role, is_member, is_system, role
from accounts.states import Role


class HasApprover(Protocol):
    """What these predicates need to know of a letter; the model itself imports this module."""

    @property
    def fund_id(self) -> int: ...
    @property
    def author_id(self) -> int: ...
    @property
    def approved_by_id(self) -> int | None: ...
    @property
    def signed_by_id(self) -> int | None: ...


case_officer = role(Role.CASE_OFFICER)
mail_room = role(Role.MAIL_ROOM)
head_of_unit = role(Role.HEAD_OF_UNIT)
signatory = role(Role.SIGNATORY, Role.HEAD_OF_UNIT)
system = is_system


@rules.predicate
def _second_officer(letter: HasApprover, person: Person) -> bool:
    return letter.author_id != person.pk and has_role(person, letter.fund_id, Role.CASE_OFFICER, Role.COORDINATOR)


@rules.predicate
def _signs(letter: HasApprover, person: Person) -> bool:
    """The signatory is neither the author nor the approver of the same letter: it takes three people."""
    return person.pk not in (letter.author_id, letter.approved_by_id) and signatory(letter, person)


@rules.predicate
def _releases(letter: HasApprover, person: Person) -> bool:
    """A head of unit releases, never who signed the same letter."""
    return letter.signed_by_id != person.pk and head_of_unit(letter, person)


@rules.predicate
def _voids(letter: HasApprover, person: Person) -> bool:
    """The officer; by itself where the applicant withdraws before anybody has signed."""
    return case_officer(letter, person) or system(letter, person)


@rules.predicate
def _administers_all(record: object, person: Person) -> bool:
    return has_role(person, None, Role.ADMINISTRATOR)


# What concerns the whole installation is up to the administrators of all funds.
administers_all = _administers_all
second_officer = _second_officer
voids = _voids
signs = _signs
releases = _releases

# Who sees which rows of the outbox, and who reads the texts: an administrator sees that a message failed,
# not what it says.
OUTBOX_READERS = (Role.ADMINISTRATOR, Role.CASE_OFFICER, Role.COORDINATOR, Role.AUDITOR)
OUTBOX_WORKERS = (Role.ADMINISTRATOR, Role.CASE_OFFICER, Role.COORDINATOR)
TEXT_READERS = (Role.CASE_OFFICER, Role.COORDINATOR, Role.AUDITOR)

works_outbox = role(*OUTBOX_WORKERS)
_reads = role(*TEXT_READERS)


class AboutCase(Protocol):
    """What these predicates need to know of a notice; the model lies above this module."""

    @property
    def fund_id(self) -> int | None: ...
    @property
    def organisation_id(self) -> int | None: ...


def handles_outbox(notice: AboutCase, person: Person) -> bool:
    """Send again or give up; never about a case of the own organisation."""
    return works_outbox(notice, person) and not is_member(person, notice.organisation_id)


def reads_text(notice: AboutCase, person: Person) -> bool:
    """Read what was written; never about a case of the own organisation."""
    return _reads(notice, person) and not is_member(person, notice.organisation_id)
