"""One line of "my tasks", and what the lists of all roles share."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise

from accounts.models import User
from accounts.permissions import Held, fund_ids
from accounts.states import Role

Text = str | Promise


@dataclass(frozen=True)
class Task:
    """One line: what to do, how often, until when, and where."""

    title: Text
    href: str
    count: int = 1
    due_date: date | None = None
    detail: Text = ""

    @property
    def sort_key(self) -> tuple[bool, date]:
        return (self.due_date is None, self.due_date or date.max)


def link(name: str, *args: object, query: str = "") -> str:
    """Return the address of a page by name, with a query."""
    return reverse(name, args=args) + query


def scope(person: User, *roles: Role) -> Q:
    """Return what limits rows to the funds in which the person holds one of the roles."""
    funds = fund_ids(person, *roles)
    return Q() if funds is None else Q(fund_id__in=funds)


def has(held: tuple[Held, ...], *roles: Role) -> bool:
    """Tell whether one of the roles is held in any fund."""
    return any(h.role in roles for h in held)
