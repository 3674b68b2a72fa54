"""What a line of the table says, and the words for groups of people."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.world import Side

Kinds = frozenset[str]
Where = Callable[[Side], Sequence[Any]]
Data = Callable[[Side], Mapping[str, Any]]


def kinds(*names: str) -> Kinds:
    return frozenset(names)


ANONYMOUS = "anonymous"
OFFICERS = kinds("officer", "second", "deputy")
OFFICE = OFFICERS | {"coordinator", "head", "signatory", "clerk"}
FINANCE = kinds("finance_a", "finance_b", "treasury", "finance_head")
STAFF = OFFICE | FINANCE | {"mail_room"}
# Who follows jury, checks and rounds; who reads every case.
FOLLOWS = OFFICE | {"auditor"}
READS = OFFICE | FINANCE | {"auditor"}
BINDS = kinds("owner")
WRITES = kinds("owner", "editor")
MEMBERS = kinds("owner", "editor", "reader")
JURY = kinds("chair", "juror", "undeclared", "recused")
ADMIN = kinds("admin")
SIGNED_IN = STAFF | MEMBERS | JURY | ADMIN | {"auditor", "stranger", "other_owner", "other_staff"}
EVERYBODY = SIGNED_IN | {ANONYMOUS}
NOBODY: Kinds = frozenset()


@dataclass(frozen=True)
class Post:
    """A step that is sent to the address: who may take it, and what its form sends."""

    may: Kinds
    data: Data = lambda _side: {}


@dataclass(frozen=True)
class Row:
    """One address, with one record: who may look, and who may send what.

    Attributes:
        name: of the address in the resolver.
        get: kinds of people who may look; everybody else finds 404, anonymous people are sent to the sign-in.
        posts: steps; an address without any answers 405 to who may look.
        at: arguments of the address, from the records of a side; None for an address without any.
        label: tells rows of the same address apart.
        shows: it answers GET at all.
        fixed: the arguments are the same on both sides, so there is no foreign record.
    """

    name: str
    get: Kinds
    posts: tuple[Post, ...] = ()
    at: Where | None = None
    label: str = ""
    fixed: bool = False
    shows: bool = True

    @property
    def title(self) -> str:
        return f"{self.name} {self.label}".strip()

    def near(self, may: Kinds) -> Kinds:
        """Who of all kinds may: without a record of its own, the other fund's and association's people as well."""
        return may | _counterparts(may) if self.at is None or self.fixed else may

    def far(self, may: Kinds) -> Kinds:
        """Who may with a record of the other side."""
        return _counterparts(may) | (may & ADMIN)


def _counterparts(may: Kinds) -> Kinds:
    found = {"other_staff"} if may & STAFF else set()
    return frozenset(found | ({"other_owner"} if may & MEMBERS else set()))


def pk(name: str) -> Where:
    """The address names one record by its number."""
    return lambda side: [getattr(side, name).pk]


def look(name: str, get: Kinds, at: Where | None = None, label: str = "", *, fixed: bool = False) -> Row:
    """A page to read."""
    return Row(name, get, (), at, label, fixed)


def page(
    name: str, get: Kinds, at: Where | None = None, label: str = "", *, posts: Sequence[Post] = (), fixed: bool = False
) -> Row:
    """A page with a form: who may look may send, unless `posts` says otherwise."""
    return Row(name, get, tuple(posts) or (Post(get),), at, label, fixed)


def button(name: str, may: Kinds, at: Where | None = None, label: str = "", data: Data = lambda _side: {}) -> Row:
    """An address that takes a form and shows nothing."""
    return Row(name, NOBODY, (Post(may, data),), at, label, shows=False)


def step(name: str, record: str, **more: Any) -> Data:
    """The form of one step on a page of several, as seen now."""
    return lambda side: {"step": name, "version": getattr(side, record).version, **more}
