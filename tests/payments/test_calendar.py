"""The dates of a case as a calendar file."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from icalendar import Calendar

from accounts import clock
from grants.applicant_view import TimelineItem
from grants.models import Application
from payments.actions import payouts
from payments.calendar_file import Case, calendar
from payments.queries.way import whole_way
from tests import factories
from tests.payments import chain

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
CASE = Case("26-001 Begegnung; mit Komma, und Strichpunkt", "case-7@example.org", "https://example.org/applications/7/")


def parsed(content: bytes) -> Any:
    """The file as a calendar program reads it; each property has a type of its own."""
    return Calendar.from_ical(content)


def events(*items: TimelineItem) -> list[dict[str, object]]:
    with translation.override("en"):
        read = parsed(calendar(items, CASE, now=NOW))
    return [
        {
            "uid": str(event["uid"]),
            "summary": str(event["summary"]),
            "start": event["dtstart"].dt,
            "end": event["dtend"].dt,
            "alarms": [alarm["trigger"].dt for alarm in event.walk("VALARM")],
        }
        for event in read.walk("VEVENT")
    ]


def test_day_is_a_whole_day() -> None:
    item = TimelineItem("Scoring by the jury", "next", due_date=date(2026, 12, 1), who="Jury", key="jury")

    assert events(item) == [
        {
            "uid": "jury-case-7@example.org",
            "summary": f"Scoring by the jury – {CASE.name}",
            "start": date(2026, 12, 1),
            "end": date(2026, 12, 2),
            "alarms": [],
        }
    ]


def test_deadline_is_a_moment_and_reminds() -> None:
    deadline = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
    item = TimelineItem("Send", "now", due_at=deadline, who="You", key="send")

    with translation.override("en"):
        (event,) = events(item)

    assert (event["start"], event["end"]) == (deadline, deadline)
    assert event["summary"] == f"Deadline: Send – {CASE.name}"
    assert event["alarms"] == [-timedelta(days=7), -timedelta(days=1)]


def test_own_day_is_the_last_one() -> None:
    with translation.override("en"):
        (event,) = events(TimelineItem("Hand in", "now", due_date=date(2026, 11, 2), who="You", key="documents"))

    assert event["summary"] == f"Last day: Hand in – {CASE.name}"


def test_each_committee_has_its_day() -> None:
    days = (("Ausschuss", date(2026, 12, 1)), ("Rat", date(2026, 12, 9)))
    item = TimelineItem("Decision", "next", due_date=date(2026, 12, 9), who="Committees", key="committees", days=days)

    assert [(event["uid"], event["start"]) for event in events(item)] == [
        ("committees-1-case-7@example.org", date(2026, 12, 1)), ("committees-2-case-7@example.org", date(2026, 12, 9)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "item",
    [
        TimelineItem("Done", "done", due_date=date(2026, 12, 1)),
        TimelineItem("Past", "now", due_date=date(2026, 11, 1)),
        TimelineItem("Past", "now", due_at=NOW),
        TimelineItem("Without a day", "next"),
    ],
)
def test_nothing_without_a_day_to_come(item: TimelineItem) -> None:
    assert events(item) == []


@pytest.mark.django_db
def test_file_of_a_case_and_of_a_draft(client: Client) -> None:
    chain.at(chain.NOW)
    case = chain.make_case()
    draft = factories.make_application(organisation=case.organisation, by=case.owner, title="Noch nicht fertig")
    client.force_login(case.owner)

    for application in (case.application, draft):
        answer = client.get(reverse("payments:dates", args=[application.pk]))
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert parsed(answer.content)["version"] == "2.0"
    assert b"Noch nicht fertig" in answer.content


@pytest.mark.django_db
def test_days_after_the_letter_are_in_it(client: Client) -> None:
    chain.at(chain.NOW)
    case = chain.make_case()
    chain.post(case, chain.released(case))
    chain.days_later(5)
    chain.all_sweeps()
    client.force_login(case.owner)

    read = parsed(client.get(reverse("payments:dates", args=[case.application.pk])).content)

    award = chain.award_of(case)
    starts = {str(event["uid"]).split("-")[0]: event["dtstart"].dt for event in read.walk("VEVENT")}
    assert starts["final"] == award.final_from
    assert starts["project"] == award.period_to


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "phase"), [(0, "now"), (1, "done")])
def test_last_day_to_use_the_money_is_in_it(client: Client, days: int, phase: str) -> None:
    chain.at(chain.NOW)
    case = chain.make_case()
    award = chain.final_award(case)
    (payment,) = chain.exported(case, chain.ordered(case, 1_000, award))
    paid = payouts.confirm(payment=payment, by=case.office.treasury, booked_on=clock.today())
    assert paid.use_by is not None
    chain.at(datetime.combine(paid.use_by + timedelta(days=days), NOW.timetz()))
    client.force_login(case.owner)

    step = next(s for s in whole_way(Application.objects.get(pk=case.application.pk)).timeline if s.key == "use-1")
    read = parsed(client.get(reverse("payments:dates", args=[case.application.pk])).content)

    starts = {str(event["uid"]): event["dtstart"].dt for event in read.walk("VEVENT")}
    found = [start for uid, start in starts.items() if uid.startswith("use-1-")]
    assert (step.phase, found) == (phase, [paid.use_by][days:])
