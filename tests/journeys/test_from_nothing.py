"""A fund and its round from nothing to open: entered by the administrator, set by the office, read by everybody."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext

from accounts import clock
from accounts.models import Fund, User
from accounts.states import Role
from grants.models import Round
from grants.states import ApplicationState, RoundState
from tests.factories import make_administrator, make_application, make_budget, make_user
from tests.journeys.desk import DESKTOP, Desk, de
from tests.services import SmtpSink

pytestmark = pytest.mark.browser

START = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def desk(browser_context: Callable[..., BrowserContext], live_server: object, smtp_sink: SmtpSink) -> Desk:
    clock.freeze(START)
    context = browser_context(width=DESKTOP)
    context.set_default_timeout(20_000)
    return Desk(context, str(live_server), smtp_sink)


def test_a_fund_and_its_round_from_nothing_to_open(desk: Desk) -> None:
    coordinator, head = make_user(full_name="Karla Koordination"), make_user(full_name="Helga Leitung")

    fund = enters_the_fund(desk, coordinator, head)
    enters_the_board(desk, coordinator)
    round_ = makes_the_round(desk, fund)
    sees_what_a_rule_does(desk, round_)
    publishes(desk, head, round_)
    desk.at(datetime(2027, 1, 11, 9, tzinfo=UTC))
    is_read_by_everybody(desk, round_)
    is_copied_for_the_next_year(desk, coordinator, round_)


def enters_the_fund(desk: Desk, coordinator: User, head: User) -> Fund:
    desk.sits(make_administrator(full_name="Ada Administration"))
    desk.menu("Administration")
    desk.follow("Funds", within="main")
    desk.follow("Enter fund", within="body")
    desk.fill(
        name="Beirat Nord", slug="nord", purpose="Begegnung im Stadtbezirk.", authority="Landeshauptstadt Hannover",
        street="Trammplatz 2", postcode="30159", city="Hannover", case_prefix="NORD",
    )  # fmt: skip
    desk.press("Save")
    fund = Fund.objects.get(slug="nord")
    for person, role in ((coordinator, Role.COORDINATOR), (head, Role.HEAD_OF_UNIT)):
        desk.open(f"/administration/people/{person.pk}/")
        desk.fill(role=role, fund=str(fund.pk))
        desk.press("Give role")
        desk.sees("The role is given.", within="body")
    return fund


def enters_the_board(desk: Desk, coordinator: User) -> None:
    desk.sits(coordinator)
    desk.menu("Rounds")
    desk.follow("Settings of the rounds", within="main")
    desk.follow("Bodies, their members and sessions", within="main")
    desk.follow("Enter a body")
    desk.fill(name="Integrationsbeirat Nord", kind="board")
    desk.press("Save")
    for name, kind in (("Ada Rat", "councillor"), ("Ben Multi", "multiplier"), ("Cem Nachbar", "resident")):
        desk.follow("Add a member", within="main")
        desk.fill(name=name, kind=kind, starts_on="01.11.2026")
        desk.press("Save")
    desk.follow("Plan a session", within="main")
    desk.fill(on="14.04.2027", starts_at="17:30", place="Freizeitheim Vahrenwald")
    desk.press("Save")
    desk.sees("Ada Rat", "Multiplier", "Resident with a migration history", "Freizeitheim Vahrenwald")


def makes_the_round(desk: Desk, fund: Fund) -> Round:
    desk.menu("Rounds")
    desk.follow("Settings of the rounds", within="main")
    desk.follow("New round")
    desk.fill(
        name="Kleine Mittel 2027", budget_year="2027", opens_on="11.01.2027", opens_time="9:00",
        deadline_on="28.02.2027", deadline_time="23:59",
    )  # fmt: skip
    desk.press("Make the draft")
    round_ = Round.objects.get(fund=fund)
    change(desk, "basics", guideline="Richtlinie 2027", accessibility_checked="on")
    change(desk, "jury", jury_size="0", min_reviews="0", quorum="0")
    change(desk, "money", maximum_cents="1.500,00")
    session = round_.fund.bodies.get().sessions.get()
    desk.page.locator("#committees a").click()
    desk.look()
    # The last line of the standard is the one that decides.
    desk.fill_at("[name='bodies-1-session']", str(session.pk))
    desk.press("Save")
    return round_


def change(desk: Desk, card: str, **fields: str) -> None:
    desk.page.locator(f"#{card} a").click()
    desk.look()
    desk.fill(**fields)
    desk.press("Save")
    desk.sees("Saved.", within="body")


def sees_what_a_rule_does(desk: Desk, round_: Round) -> None:
    """An early draft is above a new limit: the page says so, and saves at the second press."""
    draft = make_application(round=round_, requested_cents=120_000)
    desk.page.locator("#money a").click()
    desk.fill(maximum_cents="1.000,00")
    desk.press("What would this do?")
    desk.sees("Requests more than the largest grant", "What this change would do")
    desk.fill(maximum_cents="1.200,00")
    desk.press("What would this do?")
    desk.sees("It would make no difference to any of them. Nothing is saved yet.")
    desk.press("Save")
    round_.refresh_from_db()
    assert round_.maximum_cents == 120_000
    assert draft.state == ApplicationState.DRAFT


def publishes(desk: Desk, head: User, round_: Round) -> None:
    make_budget(round_.fund, 2027)
    desk.sits(head)
    desk.open(f"/office/rounds/{round_.pk}/")
    desk.follow("Preview of the public page", within="main")
    desk.sees("Integrationsbeirat Nord")
    desk.open(f"/office/rounds/{round_.pk}/")
    desk.follow("Publish …")
    desk.press("Publish now")
    round_.refresh_from_db()
    assert round_.state == RoundState.PUBLISHED


def is_read_by_everybody(desk: Desk, round_: Round) -> None:
    round_.refresh_from_db()
    assert round_.state == RoundState.OPEN
    desk.context.clear_cookies()
    desk.open("/funds/nord/")
    desk.sees("Miss nothing", "Freizeitheim Vahrenwald")
    with desk.page.expect_download() as taken:
        desk.page.get_by_role("link", name=de("All dates as a calendar file")).click()
    assert taken.value.suggested_filename == "nord.ics"
    desk.follow("Read and apply")
    desk.sees("Kleine Mittel 2027", "1.200,00")


def is_copied_for_the_next_year(desk: Desk, coordinator: User, round_: Round) -> None:
    desk.sits(coordinator)
    desk.open(f"/office/rounds/{round_.pk}/")
    desk.follow("Copy for the next year", within="main")
    assert desk.page.input_value("[name='opens_on']") == "10.01.2028"
    desk.press("Make the draft")
    made = Round.objects.latest("pk")
    assert (made.name, made.state, made.maximum_cents) == ("Kleine Mittel 2028", RoundState.DRAFT, 120_000)
