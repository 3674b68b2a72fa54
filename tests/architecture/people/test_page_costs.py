"""How often each page asks the database, as literal counts: for 3 rows as for 300, and for no row it does not show."""

import re
from dataclasses import dataclass
from typing import Any, cast

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.architecture.addresses import ROWS
from tests.architecture.addresses.rows import ANONYMOUS, Row
from tests.architecture.addresses.visitors import Visitor, address
from tests.architecture.costs.pages import COSTS, Cost
from tests.architecture.costs.singles import FIXED
from tests.architecture.costs.taking import Taking
from tests.world import Side, World, undone

# Counted where the product runs in earnest; the counts are those of PostgreSQL.
pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

FEW, MANY = 3, 300
# What a page may ask at most: lists, a whole case and what hangs on it, the books.
LIST, CASE = 12, 15
BARS = {
    # The tasks of all floors, and how each application stands.
    "home": 13,
    # A case with all that may be the same project again, of these and of former years.
    "grants:office_check": CASE + 1,
    "reviews:case": CASE,
    "reviews:case_messages": CASE,
    "reviews:desk": CASE,
    "reviews:sheet": CASE,
    "payments:application": CASE,
    "payments:award": CASE,
    "payments:budget": 10,
    # Everything that is kept about a person, from the tables of all floors.
    "reviews:own_data": 29,
    "reviews:own_data_sheet": 29,
}
LIBRARY = ("account_", "mfa_")
# A single record with its forms: nothing there may grow, and nothing is worth more than this.
SINGLE = 15


@pytest.fixture(autouse=True)
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every cursor that is watched count its rows."""
    watch = connection.make_debug_cursor
    monkeypatch.setattr(connection, "make_debug_cursor", lambda cursor: watch(cast(Any, Taking(cursor))))


@dataclass(frozen=True)
class Measured:
    """What one request cost: statements, rows taken, and how many of the rows in question the page shows."""

    asked: int
    taken: int
    shown: int


def counted(visitor: Visitor, url: str) -> int:
    """Ask and count; the test's own savepoints do not count."""
    Taking.taken = 0
    with CaptureQueriesContext(connection) as queries:
        assert visitor.ask("get", url).status_code in (200, 302), url
    control = ("SAVEPOINT", "RELEASE", "ROLLBACK")
    return len([query for query in queries.captured_queries if not query["sql"].startswith(control)])


def cost_of(cost: Cost, number: int, side: Side, visitors: dict[str, Visitor]) -> Measured:
    with undone():
        cost.rows(side, number)
        query = cost.query if isinstance(cost.query, str) else cost.query(side)
        url = reverse(cost.name, args=cost.at(side) if cost.at else []) + query
        visitor = visitors[cost.who]
        asked = counted(visitor, url)
        return Measured(asked, Taking.taken, len(set(re.findall(cost.shown, visitor.body))))


@pytest.mark.parametrize("cost", COSTS, ids=lambda cost: cost.title)
def test_a_page_asks_as_often_for_300_rows_and_takes_only_what_it_shows(
    cost: Cost, world: World, visitors: dict[str, Visitor]
) -> None:
    few, many = (cost_of(cost, number, world.near, visitors) for number in (FEW, MANY))
    if few.asked != cost.asks:
        # What a process loads once was loaded just now.
        few = cost_of(cost, FEW, world.near, visitors)

    assert (few.asked, many.asked) == (cost.asks, cost.asks)
    assert many.taken - few.taken <= cost.takes * (many.shown - few.shown) + cost.ahead
    assert few.shown >= FEW or not cost.takes


def test_no_count_lies_above_its_bar() -> None:
    assert [cost.title for cost in COSTS if cost.asks > BARS.get(cost.name, LIST)] == []


def _own(name: str) -> bool:
    return not name.startswith(LIBRARY)


def test_every_page_has_its_count_or_shows_one_record() -> None:
    """A new page is entered here or there; one with rows belongs among those that are counted."""
    shown = {row.name for row in ROWS if row.shows and _own(row.name)}

    assert shown - {cost.name for cost in COSTS} == FIXED


def _visitor(row: Row, visitors: dict[str, Visitor]) -> Visitor:
    return visitors[min(row.get - {ANONYMOUS} or row.get)]


SINGLES = [row for row in ROWS if row.shows and row.get and _own(row.name)]


@pytest.mark.parametrize("row", SINGLES, ids=lambda row: row.title)
def test_no_page_asks_more_than_a_case(row: Row, world: World, visitors: dict[str, Visitor]) -> None:
    visitor, url, bar = _visitor(row, visitors), address(row, world.near), BARS.get(row.name, SINGLE)
    # What a process loads once may be loaded by the first request.
    assert counted(visitor, url) <= bar or counted(visitor, url) <= bar
