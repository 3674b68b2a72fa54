"""Figures of former rounds, the feed and the calendar of a fund: for everybody, and nobody is named."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts import clock
from accounts.models import Fund, Organisation
from grants.models import Application
from grants.states import ApplicationState as S
from grants.states import RoundState
from payments.queries import figures
from payments.queries.news import news
from tests.factories import change_round, make_application, make_fund, make_round
from tests.payments import chain

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ATOM = "{http://www.w3.org/2005/Atom}"
EFFECT = date(2026, 11, 6)


@pytest.fixture
def case(db: None) -> chain.Case:
    """An award of 2,500 euros in Hannover, in effect on 6 November; its round asked for nothing else."""
    chain.at(chain.NOW)
    made = chain.make_case(round_state=RoundState.DECIDED)
    chain.post(made, chain.released(made))
    chain.days_later(4)
    chain.all_sweeps()
    return made


def get(client: Client, name: str, fund: Fund, query: str = "") -> Any:
    return client.get(f"{reverse(name, args=[fund.slug])}{query}", headers={"accept-language": "en"})


def fill(case: chain.Case, town: str, number: int, state: str = S.REJECTED) -> None:
    for _ in range(number):
        make_application(round=case.application.round, municipality=town, requested_cents=100_000, state=state)


# --- figures ----------------------------------------------------------------------------------------------------


def test_a_round_is_told_with_what_was_asked_and_funded(case: chain.Case) -> None:
    fill(case, "Laatzen", 2)
    fill(case, "Laatzen", 1, S.DRAFT)
    make_round(case.office.fund, RoundState.OPEN)
    make_round(case.office.fund, RoundState.DECIDED, publish_awards=False)
    asked = case.application.requested_cents

    (told,) = figures.by_round(case.office.fund, EFFECT)

    assert (told.applications, told.requested_cents) == (3, asked + 200_000)
    assert (told.funded, told.funded_cents) == (1, 250_000)
    # Before the letter takes effect nobody knows of the award.
    (before,) = figures.by_round(case.office.fund, EFFECT - timedelta(days=1))
    assert (before.applications, before.funded, before.funded_cents) == (3, 0, 0)


def test_towns_with_few_applications_are_told_together(case: chain.Case) -> None:
    fill(case, "Laatzen", 3)
    fill(case, "Uetze", 2)
    fill(case, "", 1)
    Application.objects.filter(pk=case.application.pk).update(municipality="Sehnde", requested_cents=300_000)

    told = figures.by_town(case.office.fund, EFFECT)

    assert [(one.name, one.applications, one.requested_cents, one.funded, one.funded_cents) for one in told] == [
        ("Laatzen", 3, 300_000, 0, 0),
        ("", 4, 600_000, 1, 250_000),
    ]


def test_a_rest_that_is_too_small_takes_the_next_town_along(case: chain.Case) -> None:
    fill(case, "Laatzen", 4)
    fill(case, "Garbsen", 3)
    Application.objects.filter(pk=case.application.pk).update(municipality="Uetze")

    told = figures.by_town(case.office.fund, EFFECT)

    assert [(one.name, one.applications, one.funded) for one in told] == [("Laatzen", 4, 0), ("", 4, 1)]


def test_figures_of_one_round_only(client: Client, case: chain.Case) -> None:
    other = make_round(case.office.fund, RoundState.ARCHIVED, name="Runde davor", slug="davor")
    make_application(round=other, state=S.REJECTED, requested_cents=70_000)

    every = get(client, "payments:figures", case.office.fund)
    one = get(client, "payments:figures", case.office.fund, "?round=davor")
    unknown = get(client, "payments:figures", case.office.fund, "?round=keine")

    assert [answer.context["total"].applications for answer in (every, one, unknown)] == [2, 1, 2]
    assert "Only this round:" in one.content.decode()
    assert "700,00" in one.content.decode()


def test_figures_name_nobody(client: Client, case: chain.Case) -> None:
    fill(case, "Hannover", 3)
    Organisation.objects.update(name="Geheimer Verein")
    Application.objects.update(title="Geheimes Projekt", contact_name="Geheime Person")

    for name in ("payments:figures", "payments:feed", "grants:fund_dates"):
        assert "Geheim" not in get(client, name, case.office.fund).content.decode()


def test_a_fund_that_was_never_published_has_none(client: Client) -> None:
    fund = make_fund()
    make_round(fund, RoundState.DRAFT)

    for name in ("payments:figures", "payments:feed", "grants:fund_dates"):
        assert get(client, name, fund).status_code == 404


def test_a_fund_without_a_decided_round_says_so(client: Client) -> None:
    fund = make_round().fund

    assert "No figures yet" in get(client, "payments:figures", fund).content.decode()


# --- feed -------------------------------------------------------------------------------------------------------


def test_the_feed_tells_of_rounds_and_awards(client: Client, case: chain.Case) -> None:
    fund = case.office.fund
    change_round(case.application.round, name="Runde 2026", deadline_at=clock.now() - timedelta(hours=1))
    coming = make_round(fund, RoundState.PUBLISHED, opens_at=clock.now() + timedelta(days=1))
    make_round(fund, RoundState.DRAFT)

    answer = get(client, "payments:feed", fund)

    root = ET.fromstring(answer.content)  # noqa: S314 - our own answer
    titles = [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")]
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert root.findtext(f"{ATOM}title") == fund.name
    assert titles == [
        "Funded projects: Runde 2026", "The deadline is over: Runde 2026", "Open for applications: Runde 2026",
    ]  # fmt: skip
    assert coming.name not in answer.content.decode()
    ids = [entry.findtext(f"{ATOM}id") or "" for entry in root.iter(f"{ATOM}entry")]
    assert len(set(ids)) == 3
    assert all(found.startswith("http") for found in ids)


def test_an_award_is_no_news_before_its_letter_takes_effect(case: chain.Case) -> None:
    before = datetime(2026, 11, 5, 12, tzinfo=UTC)

    assert not any(one.key.endswith("awards") for one in news(case.office.fund, before))


# --- calendar ---------------------------------------------------------------------------------------------------


def test_the_calendar_holds_every_public_date() -> None:
    client, now = Client(), clock.now().replace(microsecond=0)
    on = (now + timedelta(days=40)).date()
    chain_ = [{"body": "Rat", "on": on.isoformat(), "decides": True, "session": 1, "time": "17:00", "place": "Saal 2",
               "public": True}]  # fmt: skip
    round_ = make_round(name="Runde 2027", committee_chain=chain_)
    make_round(round_.fund, RoundState.DRAFT, name="Geheim")

    answer = get(client, "grants:fund_dates", round_.fund)

    read: Any = Calendar.from_ical(answer.content)
    found = {str(event["uid"]).split("@")[0]: event for event in read.walk("VEVENT")}
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert set(found) == {f"{key}-round-{round_.pk}" for key in ("opens", "deadline", "committee-1")}
    deadline, session = found[f"deadline-round-{round_.pk}"], found[f"committee-1-round-{round_.pk}"]
    assert deadline["dtstart"].dt == round_.deadline_at
    assert str(deadline["summary"]) == "Last moment to apply – Runde 2027"
    assert (session["dtstart"].dt, session["dtend"].dt) == (on, on + timedelta(days=1))
    assert "Saal 2" in str(session["description"])


def test_dates_of_long_ago_are_left_out(client: Client) -> None:
    long_ago = clock.now() - timedelta(days=500)
    old = make_round(state=RoundState.RUNNING, opens_at=long_ago, deadline_at=long_ago + timedelta(days=30))

    answer = get(client, "grants:fund_dates", old.fund)

    assert list(Calendar.from_ical(answer.content).walk("VEVENT")) == []
