"""Every address for every kind of person, with own and foreign records: who may look, who may send.

The table stands in `tests/architecture/addresses/`; an address that is not in it fails. Anonymous people are sent to
the sign-in, who lacks the right finds 404, also after somebody permitted has asked for the same page.
"""

from collections.abc import Callable, Iterable, Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture.addresses import ROWS
from tests.architecture.addresses.rows import ANONYMOUS, EVERYBODY, Kinds, Row
from tests.architecture.addresses.visitors import (
    MAY,
    REFUSED,
    SIGN_IN,
    WRONG_METHOD,
    Forms,
    Visitor,
    address,
    filled,
    twisted,
)
from tests.world import Side, World

# Who may what is decided in Python; the floors' own tests ask both databases.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
# One of each world: they ask whatever nobody else needs to ask.
PASSING = frozenset({ANONYMOUS, "stranger", "other_owner", "recused", "other_staff"})
Reach = Callable[[Kinds], Kinds]


def _names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


def test_table_names_every_address_and_no_other() -> None:
    assert {row.name for row in ROWS} == set(_names(get_resolver()))


def test_table_tells_every_kind_of_person_apart(world: World) -> None:
    assert {*world.people, ANONYMOUS} == EVERYBODY


def _expected(kind: str, may: Kinds, *, takes_method: bool, looks: bool) -> set[str]:
    """What an answer may be; whether an address takes a method depends on no record, so 405 tells nothing."""
    if kind in may:
        return {MAY}
    if not takes_method:
        return {WRONG_METHOD} if looks else {WRONG_METHOD, SIGN_IN if kind == ANONYMOUS else REFUSED}
    if kind == ANONYMOUS:
        return {SIGN_IN} if may else {SIGN_IN, REFUSED}
    return {REFUSED}


def _passers_by(row: Row) -> Kinds:
    """One of each world, and two of all kinds who take turns from row to row."""
    everybody = sorted(EVERYBODY)
    turn = sum(map(ord, row.title))
    return PASSING | {everybody[(turn + step) % len(everybody)] for step in (0, len(everybody) // 2)}


def _asked(row: Row, side: Side, visitors: dict[str, Visitor], reach: Reach) -> Iterator[str]:
    """One of those who may look comes first and is drawn the page; then all others, so that no cache may answer them.

    Several kinds of people are drawn it in the test of markup. An address that takes forms alone is looked at by
    passers-by.
    """
    url = address(row, side)
    looks = reach(row.get)
    reader = min(looks & visitors.keys(), default="")
    sends: Kinds = frozenset().union(*(reach(post.may) for post in row.posts))
    for kind in sorted(visitors, key=lambda kind: kind != reader):
        if not (row.shows or kind in _passers_by(row)):
            continue
        wanted = _expected(kind, looks, takes_method=row.shows, looks=kind in sends)
        got = visitors[kind].outcome("get", url) if kind == reader else visitors[kind].glance(url)
        if got not in wanted:
            yield f"GET {kind}: {got}, not {' or '.join(sorted(wanted))}"


def _sent(row: Row, side: Side, visitors: dict[str, Visitor], reach: Reach, *, skip: Kinds) -> Iterator[str]:
    """Each step is sent by all who may look or send, or by all if nobody can look; else by passers-by too."""
    url = address(row, side)
    known = reach(row.get).union(*(reach(post.may) for post in row.posts)) if row.shows else EVERYBODY
    for post in row.posts or (None,):
        data = dict(post.data(side)) if post else {}
        may: Kinds = reach(post.may) if post else frozenset()
        senders = (known | _passers_by(row) if post else PASSING | {min(row.get, default=ANONYMOUS)}) - skip
        for kind in senders & visitors.keys():
            wanted = _expected(kind, may, takes_method=post is not None, looks=kind in reach(row.get))
            got = visitors[kind].outcome("post", url, data)
            if got not in wanted:
                yield f"POST {data} {kind}: {got}, not {' or '.join(sorted(wanted))}"


def _report(differences: Iterable[str]) -> None:
    found = list(differences)
    if found:
        pytest.fail("\n".join(found), pytrace=False)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title)
def test_own_record(row: Row, world: World, visitors: dict[str, Visitor]) -> None:
    _report(
        [
            *_asked(row, world.near, visitors, row.near),
            *_sent(row, world.near, visitors, row.near, skip=frozenset()),
        ]
    )


@pytest.mark.parametrize("row", [row for row in ROWS if row.at and not row.fixed], ids=lambda row: row.title)
def test_foreign_record(row: Row, world: World, visitors: dict[str, Visitor]) -> None:
    """Who may on this side may not on the other, but its own people.

    Those may act there by several roles at once, so the table says nothing about their steps.
    """
    there = frozenset({"other_staff", "other_owner"})
    may = row.get.union(*(post.may for post in row.posts)) | PASSING
    here = {kind: visitor for kind, visitor in visitors.items() if kind in may | there}
    _report([*_asked(row, world.far, here, row.far), *_sent(row, world.far, here, row.far, skip=there)])


# --- Bad input never breaks -------------------------------------------------------------------------------

NONSENSE = "?page=abc&sort=--x&state=%00&q=%00&format=x%00&tab=all&part=%27&account=x&case=9e9&new=%00&show=away"
TEXTS = ("\0", "x" * 100_000, "-5", "=1+1 \u202etxet <script>alert(1)</script>")
HUGE = 10**25
# What no field and no box holds: a number beyond the database's; and a sign that no text may have, which typed fields
# are sent with every form.
BEYOND, NOTHING = str(2**63), "\0"
LIBRARY = ("account_", "mfa_")


def _permitted(row: Row, visitors: dict[str, Visitor]) -> Visitor:
    may = row.get.union(*(post.may for post in row.posts)) - {ANONYMOUS}
    return visitors[min(may)] if may else visitors["other_staff"]


def _breaks(visitor: Visitor, method: str, url: str, data: dict[str, str] | None = None) -> Iterator[str]:
    got = visitor.outcome(method, url, data)
    if got not in {MAY, REFUSED, SIGN_IN, WRONG_METHOD, "400!", "413!", "403!"}:
        typed = {name: value[:20] for name, value in (data or {}).items()}
        yield f"{method} {url} {typed}: {got}"


def _bad_requests(row: Row, side: Side, visitor: Visitor) -> Iterator[str]:
    url = address(row, side)
    yield from _breaks(visitor, "get", url + NONSENSE)
    yield from _breaks(visitor, "post", url)
    for method in ("put", "delete", "patch"):
        got = visitor.outcome(method, url)
        # The pages of the sign-in library take PUT as POST, under the same token.
        if got not in {WRONG_METHOD, REFUSED} | ({MAY} if row.name.startswith(LIBRARY) else set()):
            yield f"{method}: {got}"
    numbers = row.at(side) if row.at else []
    if any(isinstance(number, int) for number in numbers):
        huge = [HUGE if isinstance(number, int) else number for number in numbers]
        for method in ("get", "post"):
            yield from _breaks(visitor, method, reverse(row.name, args=huge))


def _bad_forms(row: Row, side: Side, visitor: Visitor) -> Iterator[str]:
    url = address(row, side)
    visitor.ask("get", url)
    forms = Forms(visitor.body).distinct
    sends = [dict.fromkeys(post.data(side), "") | dict(post.data(side)) for post in row.posts]
    for turn, text in enumerate(TEXTS):
        for fields in forms[:6]:
            # A page that gives all of it back stays small enough to be drawn some hundred times.
            room = text[: 300_000 // max(1, len(fields))]
            by_button = list(filled(fields, room))
            # Every button once, and every text by one of them.
            for data in by_button if turn == 0 else [by_button[turn % len(by_button)]]:
                yield from _breaks(visitor, "post", url, data)
        for data in sends:
            yield from _breaks(visitor, "post", url, dict.fromkeys(data, text) | {"why": text, "reason": text})


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title)
def test_bad_requests_are_answered(row: Row, world: World, visitors: dict[str, Visitor]) -> None:
    _report(_bad_requests(row, world.near, _permitted(row, visitors)))


def _bad_fields(row: Row, side: Side, visitor: Visitor) -> Iterator[str]:
    url = address(row, side)
    visitor.ask("get", url)
    forms = Forms(visitor.body).distinct
    for fields in forms[:6]:
        for data in (*twisted(fields, BEYOND), *twisted(fields, NOTHING, typed=False)):
            yield from _breaks(visitor, "post", url, data)


@pytest.mark.parametrize("row", [row for row in ROWS if row.posts and row.shows], ids=lambda row: row.title)
def test_one_bad_field_is_answered(row: Row, world: World, visitors: dict[str, Visitor]) -> None:
    _report(_bad_fields(row, world.near, _permitted(row, visitors)))


@pytest.mark.parametrize("row", [row for row in ROWS if row.posts], ids=lambda row: row.title)
def test_bad_forms_are_answered(row: Row, world: World, visitors: dict[str, Visitor]) -> None:
    _report(_bad_forms(row, world.near, _permitted(row, visitors)))
