"""Drafts in the browser: saved while typing, kept while the server cannot be reached."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

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


@pytest.mark.parametrize(
    ("answer", "stays"),
    [("data-signed-in", False), ("", True), ("data-signed-in class=mt-error", True)],
    ids=["taken", "sign-in", "error"],
)
def test_text_goes_when_the_page_after_the_press_says_it_was_taken(
    browser_page: Page, draft: Callable[[], None], answer: str, stays: bool
) -> None:
    browser_page.route("**/draft/7/", lambda route: route.abort())
    draft()
    browser_page.fill("#id_gut-title", "Sprachcafé")
    expect(browser_page.locator(STATUS)).to_contain_text("Noch nicht gespeichert")
    page_after = f"<!DOCTYPE html><body {answer}><script src=/static/js/forms.js></script>"
    browser_page.route(
        "**/gallery/**", lambda route: route.fulfill(status=200, content_type="text/html", body=page_after)
    )

    browser_page.evaluate("document.querySelector('#forms form').method = 'post'")
    with browser_page.expect_navigation():
        browser_page.locator("#forms form button[type=submit]").first.click()
    browser_page.goto("/gallery/?next")

    assert (kept(browser_page) is not None) is stays


def test_text_of_a_form_that_got_no_answer_is_offered_again(browser_page: Page, draft: Callable[[], None]) -> None:
    browser_page.route("**/draft/7/", lambda route: route.abort())
    draft()
    browser_page.fill("#id_gut-title", "Sprachcafé")
    expect(browser_page.locator(STATUS)).to_contain_text("Noch nicht gespeichert")
    browser_page.evaluate("sessionStorage.setItem('draft-sent', 'draft:/draft/7/ 3')")
    form = "<form data-autosave-url='/draft/7/'><input type=hidden name=version value={}></form>"
    page = "<!DOCTYPE html><body data-signed-in>{}<script src=/static/js/forms.js></script>"

    browser_page.route(
        "**/same/", lambda route: route.fulfill(content_type="text/html", body=page.format(form.format(3)))
    )
    browser_page.goto("/same/")
    assert kept(browser_page) is not None

    browser_page.evaluate("sessionStorage.setItem('draft-sent', 'draft:/draft/7/ 3')")
    browser_page.route(
        "**/newer/", lambda route: route.fulfill(content_type="text/html", body=page.format(form.format(4)))
    )
    browser_page.goto("/newer/")
    assert kept(browser_page) is None


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
