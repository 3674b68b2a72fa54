"""How often the pages that show every floor ask the database; the lists have their counts beside their own tests."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from grants.models import Application
from notifications.models import Notice
from tests.architecture.addresses.visitors import Visitor
from tests.world import Side, World, undone

pytestmark = pytest.mark.django_db


def asked(visitor: Visitor, url: str) -> int:
    """Return how many statements a page takes once its texts are loaded, without those of the test's savepoint."""
    visitor.ask("get", url)
    with CaptureQueriesContext(connection) as counted:
        assert visitor.ask("get", url).status_code == 200
    control = ("SAVEPOINT", "RELEASE", "ROLLBACK")
    return len([query for query in counted.captured_queries if not query["sql"].startswith(control)])


@pytest.fixture
def long_case(world: World) -> Iterator[Side]:
    """The case of the paid award with a history of 300 steps and 300 messages."""
    side = world.near
    key = side.paid_case.case_key
    with undone():
        Notice.objects.bulk_create(
            Notice(
                key=f"long:{n}", code="N01", fund=side.fund, case_key=key, user=side.owner, email=side.owner.email,
                subject="Ihr Antrag", body="Guten Tag", message_id=f"<long-{n}@example.org>",
            )
            for n in range(300)
        )  # fmt: skip
        first = AuditEntry.objects.filter(case_key=key)[0]
        AuditEntry.objects.bulk_create(
            AuditEntry(
                actor=first.actor, fund=first.fund, case_key=key, subject_type=first.subject_type,
                subject_id=first.subject_id, subject_label=first.subject_label, action=first.action,
            )
            for _ in range(300)
        )  # fmt: skip
        yield side


CASE_PARTS = {"application": 15, "jury": 15, "money": 15, "history": 15}


@pytest.mark.parametrize("part", CASE_PARTS)
def test_case_page_keeps_within_fifteen(visitors: dict[str, Visitor], world: World, long_case: Side, part: str) -> None:
    url = f"{reverse('reviews:case', args=[long_case.paid_case.pk])}?part={part}"
    short = f"{reverse('reviews:case', args=[world.far.paid_case.pk])}?part={part}"

    many, few = asked(visitors["officer"], url), asked(visitors["other_staff"], short)

    assert many <= CASE_PARTS[part]
    assert many <= few


@pytest.mark.parametrize("number", [3, 300])
def test_search_asks_equally_often(visitors: dict[str, Visitor], world: World, number: int) -> None:
    with undone():
        Application.objects.bulk_create(
            Application(
                fund=world.near.fund, round=world.near.open_round, organisation=world.near.organisation,
                created_by=world.near.owner, state="SUBMITTED", case_number=f"S-{n}", title="Suchwort",
                search_key="suchwort", submitted_at=world.near.submitted.submitted_at,
                submitted_by=world.near.owner,
            )
            for n in range(number)
        )  # fmt: skip
        assert asked(visitors["officer"], f"{reverse('reviews:search')}?q=suchwort") <= 12
