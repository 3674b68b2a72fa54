"""Drafts in the browser: saved while typing, kept while the server cannot be reached."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from django.test import Client
from playwright.sync_api import Page, Request, Route, expect

from tests.factories import make_user

pytestmark = pytest.mark.browser

STATUS = "#forms form [data-autosave-status]"


@pytest.fixture
def draft(browser_page: Page) -> Callable[[], None]:
    """Open the gallery with its form turned into a draft that saves itself."""

    def open_page() -> None:
        browser_page.goto("/gallery/")
        browser_page.evaluate(
            """() => {
                document.querySelector("#forms form").dataset.autosaveUrl = "/draft/7/";
                const script = document.createElement("script");
                script.src = "/static/js/autosave.js";
                document.body.append(script);
                return new Promise((done) => script.addEventListener("load", done));
            }"""
        )

    return open_page


def kept(page: Page) -> str | None:
    text: str | None = page.evaluate("localStorage.getItem('draft:/draft/7/')")
    return text


def test_draft_is_saved_while_typing(browser_page: Page, draft: Callable[[], None]) -> None:
    sent: list[Request] = []

    def accept(route: Route) -> None:
        sent.append(route.request)
        route.fulfill(status=204)

    browser_page.route("**/draft/7/", accept)
    draft()

    browser_page.fill("#id_gut-title", "Sprachcafé")

    expect(browser_page.locator(STATUS)).to_contain_text("Entwurf gespeichert um")
    assert len(sent) == 1
    assert sent[0].headers["x-autosave"] == "1"
    assert len(sent[0].headers["x-csrftoken"]) > 20
    assert "title=Sprachcaf%C3%A9" in (sent[0].post_data or "")
    assert kept(browser_page) is None


def test_text_stays_in_the_browser_until_the_server_has_it(browser_page: Page, draft: Callable[[], None]) -> None:
    browser_page.route("**/draft/7/", lambda route: route.abort())
    draft()
    browser_page.fill("#id_gut-title", "Sprachcafé")
    expect(browser_page.locator(STATUS)).to_contain_text("Noch nicht gespeichert")

    draft()
    browser_page.get_by_role("button", name="Wieder einsetzen").click()

    assert browser_page.input_value("#id_gut-title") == "Sprachcafé"


def test_stale_draft_is_told_and_not_overwritten(browser_page: Page, draft: Callable[[], None]) -> None:
    sent: list[str] = []

    def refuse(route: Route) -> None:
        sent.append(route.request.url)
        route.fulfill(status=409)

    browser_page.clock.install()
    browser_page.route("**/draft/7/", refuse)
    draft()
    browser_page.fill("#id_gut-title", "Sprachcafé")
    expect(browser_page.locator(STATUS)).to_contain_text("an anderer Stelle geändert")

    browser_page.fill("#id_gut-title", "Sprachcafé am Markt")
    browser_page.clock.fast_forward("01:00")

    assert len(sent) == 1
    assert "am Markt" in (kept(browser_page) or "")


@pytest.mark.parametrize(
    ("answer", "said", "link"),
    [
        ({"status": 302, "headers": {"Location": "/accounts/login/"}}, "abgemeldet", "/gallery/"),
        ({"status": 404}, "nicht mehr schreiben", "/gallery/"),
        ({"status": 409, "json": {"message": "Schon abgeschickt.", "href": "/receipt/"}}, "Schon", "/receipt/"),
    ],
    ids=["signed-out", "no-right", "sent"],
)
def test_what_stands_in_the_way_is_told_with_a_way_on(
    browser_page: Page, draft: Callable[[], None], answer: dict[str, Any], said: str, link: str
) -> None:
    browser_page.route("**/draft/7/", lambda route: route.fulfill(**answer))
    draft()

    browser_page.fill("#id_gut-title", "Sprachcafé")

    expect(browser_page.locator(STATUS)).to_contain_text(said)
    expect(browser_page.locator(f"{STATUS} a")).to_have_attribute("href", link)
    assert "Sprachcafé" in (kept(browser_page) or "")


@pytest.fixture
def press(browser_page: Page, draft: Callable[[], None]) -> Callable[[], None]:
    """Type into the draft, which cannot be saved, and press its button."""

    def type_and_press() -> None:
        browser_page.route("**/draft/7/", lambda route: route.abort())
        draft()
        browser_page.fill("#id_gut-title", "Sprachcafé")
        expect(browser_page.locator(STATUS)).to_contain_text("Noch nicht gespeichert")
        browser_page.evaluate("document.querySelector('#forms form').method = 'post'")
        browser_page.locator("#forms form button[type=submit]").first.click(no_wait_after=True)

    return type_and_press


def answers(page: Page, **answer: Any) -> None:
    """Let what is sent by the button be answered so."""
    page.route(
        "**/gallery/",
        lambda route: route.fulfill(**answer) if route.request.method == "POST" else route.continue_(),
    )


@pytest.mark.parametrize(("signed_in", "stays"), [(True, False), (False, True)], ids=["taken", "sign-in"])
def test_text_goes_when_the_server_led_on_from_the_press(
    browser_page: Page, press: Callable[[], None], signed_in: bool, stays: bool
) -> None:
    if signed_in:
        signs_in(browser_page)
    answers(browser_page, status=302, headers={"Location": "/gallery/?next"})

    press()

    browser_page.wait_for_url("**/gallery/?next")
    assert (kept(browser_page) is not None) is stays


def signs_in(page: Page) -> None:
    client = Client()
    client.force_login(make_user())
    page.goto("/gallery/")
    cookies = [{"name": name, "value": morsel.value, "url": page.url} for name, morsel in client.cookies.items()]
    page.context.add_cookies(cast(Any, cookies))


def test_text_stays_when_the_press_ends_on_an_error_page(browser_page: Page, press: Callable[[], None]) -> None:
    signs_in(browser_page)
    answers(browser_page, status=503, content_type="text/html", body="<!DOCTYPE html><body id=busy>")

    press()

    expect(browser_page.locator("#busy")).to_have_count(1)
    browser_page.goto("/gallery/?later")
    assert "Sprachcafé" in (kept(browser_page) or "")


@pytest.mark.parametrize("back", [True, False], ids=["back", "elsewhere"])
def test_text_stays_after_a_press_without_answer(browser_page: Page, press: Callable[[], None], back: bool) -> None:
    signs_in(browser_page)
    browser_page.route(
        "**/gallery/", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )

    press()

    expect(browser_page.locator("#forms")).to_have_count(0)
    if back:
        browser_page.go_back()
    browser_page.goto("/gallery/?later")
    assert "Sprachcafé" in (kept(browser_page) or "")


def test_a_button_waits_for_the_save_that_is_on_its_way(browser_page: Page, draft: Callable[[], None]) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    browser_page.route("**/draft/7/", hold)
    draft()
    browser_page.evaluate(
        """() => {
            const form = document.querySelector("#forms form");
            form.method = "post";
            form.insertAdjacentHTML("beforeend", "<input type=hidden name=version value=1>");
        }"""
    )
    with browser_page.expect_request("**/draft/7/"):
        browser_page.fill("#id_gut-title", "Sprachcafé")
    browser_page.locator("#forms form button[type=submit]").first.click(no_wait_after=True)
    browser_page.route("**/gallery/**", lambda route: route.fulfill(status=200, body="gesendet"))

    with browser_page.expect_request(lambda request: request.method == "POST" and "draft" not in request.url) as sent:
        held[0].fulfill(status=204, headers={"X-Version": "9"})

    assert "version=9" in (sent.value.post_data or "")
