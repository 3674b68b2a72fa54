"""What a visitor opens first, in a browser: accessible, narrow and wide, and light enough for a slow connection."""

import gzip
from collections.abc import Callable
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, Response

from grants.models import Application, Round
from grants.states import RoundState
from tests.browser.test_application_form import signed_in
from tests.factories import make_fund, make_round
from tests.grants.factories import make_sendable
from tests.payments import chain

pytestmark = pytest.mark.browser

Contexts = Callable[..., BrowserContext]
# The most that a first view may ask for, fonts apart, and how often.
MOST_BYTES, MOST_REQUESTS = 150_000, 15


@pytest.fixture
def round_(committed_db: None) -> Round:
    """An open round of a fund that has funded something before."""
    fund = make_fund(purpose="Begegnung und Teilhabe.")
    chain.at(chain.NOW)
    before = chain.make_case(chain.make_office(fund), title="Ein Café, in dem alle Sprachen der Straße zu hören sind")
    chain.post(before, chain.released(before))
    chain.days_later(4)
    chain.all_sweeps()
    return make_round(
        fund, RoundState.OPEN, priorities=["Sprache", "Sport"], jury_on=date(2026, 12, 1), fast_track_max_cents=100_000
    )


def public(round_: Round) -> dict[str, str]:
    fund, names = [round_.fund.slug], [round_.fund.slug, round_.slug]
    return {
        "home": reverse("home"),
        "calls": reverse("grants:calls"),
        "fund": reverse("grants:fund", args=fund),
        "call": reverse("grants:call", args=names),
        "form": reverse("grants:blank_form", args=names),
        "awards": reverse("payments:published", args=fund),
    }


@pytest.mark.parametrize("width", [1280, 360])
def test_public_pages_are_accessible_and_fit(browser_context: Contexts, round_: Round, width: int) -> None:
    page = browser_context(width=width).new_page()
    found = {}
    for name, address in public(round_).items():
        page.goto(address)
        fits = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        found[name] = (fits, [entry["id"] for entry in Axe().run(page).response["violations"]])

    assert found == dict.fromkeys(public(round_), (True, []))


def test_first_views_are_light(browser_context: Contexts, live_server: object, round_: Round) -> None:
    draft = make_sendable(round=round_)
    own = {
        "case": reverse("grants:application", args=[draft.pk]),
        "step": reverse("grants:section", args=[draft.pk, "project"]),
        "review": reverse("grants:review", args=[draft.pk]),
    }
    heavy = {}
    for name, address in (public(round_) | own).items():
        requests, weight = _weighed(_page_of(browser_context(), name in own, draft, str(live_server)), address)
        if requests >= MOST_REQUESTS or weight >= MOST_BYTES:
            heavy[name] = (requests, weight)

    assert heavy == {}


def _page_of(context: BrowserContext, signed: bool, draft: Application, base: str) -> Page:
    return signed_in(context, draft.created_by, base) if signed else context.new_page()


def _weighed(page: Page, address: str) -> tuple[int, int]:
    """How often a page asks, and how much comes: compressed, without fonts."""
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    page.on("response", note)
    page.goto(address)
    bodies = [answer.body() for answer in answers if answer.request.resource_type != "font"]
    return len(answers), sum(len(gzip.compress(body)) for body in bodies)
