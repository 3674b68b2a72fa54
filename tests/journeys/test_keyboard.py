"""Without a mouse: a sheet is scored and a step of the form is sent with the keys alone, and one sees where one is."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from grants import actions
from grants.models import Application
from reviews.models import Review
from reviews.states import ReviewState
from tests.factories import make_member, make_organisation, make_round
from tests.journeys.desk import Desk, de
from tests.journeys.hands import VISIBLE
from tests.reviews import worlds
from tests.services import SmtpSink, wait_until

pytestmark = pytest.mark.browser

Contexts = Callable[..., BrowserContext]
MOST_KEYS = 60


@pytest.fixture
def desk(browser_context: Contexts, live_server: object, smtp_sink: SmtpSink) -> Desk:
    context = browser_context()
    context.set_default_timeout(30_000)
    return Desk(context, str(live_server), smtp_sink)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until something of that name has the focus; on the way each stop must be visible."""
    for _key in range(MOST_KEYS):
        page.keyboard.press("Tab")
        assert page.evaluate(VISIBLE), f"no visible focus at {page.evaluate('document.activeElement.outerHTML')[:200]}"
        if page.evaluate(NAME).strip().startswith(name):
            return
    raise AssertionError(f"no key leads to {name}")


def go_on(page: Page) -> None:
    """Press Enter and wait for the page behind it."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


NAME = """() => { const at = document.activeElement;
    return at.labels?.[0]?.innerText || at.getAttribute("aria-label") || at.innerText || at.name || "" }"""


def test_a_sheet_is_scored_by_keys(desk: Desk) -> None:
    world = worlds.start(worlds.make_world())
    juror = world.jurors[0]
    page = desk.sits(juror.user)

    tab_to(page, de("Sheets to fill in"))
    go_on(page)
    tab_to(page, de("Next sheet"))
    go_on(page)
    tab_to(page, de("I have no conflict of interest in this application."))
    page.keyboard.press("Space")
    tab_to(page, de("Declare"))
    go_on(page)
    expect(page.locator("form[data-sheet]")).to_be_visible()
    page.locator("form[data-sheet] input[type=radio]").first.focus()
    for _criterion in range(8):
        page.keyboard.press("4")
        page.keyboard.press("Enter")
    expect(page.locator("[data-sheet-total]")).to_have_text("80,0")
    expect(page.locator("[data-sheet-submit]")).to_be_focused()
    go_on(page)

    desk.sees("Your sheet is handed in.")
    assert Review.objects.get(juror=juror).state == ReviewState.SUBMITTED


def test_a_step_of_the_form_is_sent_by_keys(desk: Desk) -> None:
    user = make_member(make_organisation(name="Treffpunkt e. V."), full_name="Leyla Demir")
    draft = actions.start(round_=make_round(), by=user, organisation=user.memberships.get().organisation)
    page = desk.sits(user)

    tab_to(page, de("Finish your draft"))
    go_on(page)
    tab_to(page, de("Project in short"))
    go_on(page)
    page.wait_for_url(re.compile("/steps/project/"))
    page.keyboard.press("Tab")
    expect(page.locator(".mt-skip")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, de("title of the project"))
    page.keyboard.type("Sprachcafé")
    tab_to(page, de("project starts"))
    page.keyboard.type("31.02.2027")
    tab_to(page, de("Save and continue"))
    go_on(page)

    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_visible()
    # Of the page alone: whether its window is the front one is not the page's doing.
    wait_until(lambda: summary.evaluate("box => box === document.activeElement"), 20, "the summary has the focus")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_starts_on")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("01.03.2027")
    tab_to(page, de("Save and continue"))
    go_on(page)
    page.wait_for_url(re.compile("/steps/content/"))
    assert Application.objects.get(pk=draft.pk).title == "Sprachcafé"
