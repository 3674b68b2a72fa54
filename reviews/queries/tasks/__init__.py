"""What waits for a person: the lines of "my tasks". Each figure is one grouped query, whatever the fund's size."""

from collections.abc import Iterator

from accounts.models import User
from accounts.permissions import Held, roles_of
from accounts.states import OFFICE_ROLES, Role
from reviews.queries.tasks import finance, office
from reviews.queries.tasks.administration import administration
from reviews.queries.tasks.line import Task, has
from reviews.queries.tasks.own import applicant, juror

__all__ = ["Task", "tasks_of"]


def tasks_of(person: User) -> list[Task]:
    """Return what waits for the person in every role, by due date; lines without a date come last."""
    held = roles_of(person)
    found = [task for task in (*applicant(person), *juror(person), *_staff(person, held)) if task.count]
    return sorted(found, key=lambda task: task.sort_key)


def _staff(person: User, held: tuple[Held, ...]) -> Iterator[Task]:
    if not held:
        return
    if has(held, *OFFICE_ROLES):
        yield from office.cases(person, held)
        yield from office.rounds(person, held)
        yield from office.messages(person, held)
    if has(held, *OFFICE_ROLES, Role.MAIL_ROOM):
        yield from office.letters(person, held)
    if has(held, Role.FINANCE_A, Role.FINANCE_B, Role.TREASURY):
        yield from finance.payments(person, held)
    yield from finance.years(person, held)
    yield from finance.accounts(person, held)
    yield from administration(person, held)
    yield from office.second_halves(person, held)
