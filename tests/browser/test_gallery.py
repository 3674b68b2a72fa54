"""Every component in a browser: accessible, wide and narrow, with and without JavaScript."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.browser


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{entry['id']}: {node['html']}" for entry in found for node in entry["nodes"]]


@pytest.mark.parametrize("width", [1280, 360])
def test_gallery_is_accessible_and_fits(browser_context: Callable[..., BrowserContext], width: int) -> None:
    page = browser_context(width=width).new_page()
    page.goto("/gallery/")

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_gallery_without_scripts_shows_everything(browser_context: Callable[..., BrowserContext]) -> None:
    page = browser_context(width=360, js=False).new_page()
    page.goto("/gallery/")

    expect(page.get_by_role("link", name="Haushalt")).to_be_visible()
    expect(page.get_by_role("button", name="Zeile hinzufügen")).to_be_visible()
    expect(page.locator("#plan input[type=checkbox]").first).to_be_visible()
    expect(page.get_by_role("radio", name="5").first).to_be_enabled()


def test_menu_opens_on_a_phone(browser_context: Callable[..., BrowserContext]) -> None:
    page = browser_context(width=360).new_page()
    page.goto("/gallery/")
    link = page.get_by_role("link", name="Haushalt")
    expect(link).to_be_hidden()

    page.locator("[data-menu]").click()

    expect(link).to_be_visible()


def test_rows_are_added_removed_and_summed(browser_page: Page) -> None:
    browser_page.goto("/gallery/")
    plan = browser_page.locator("#plan")
    total = plan.locator("[data-rows-sum]")
    expect(total).to_have_text("5.700,50\xa0€")

    plan.get_by_role("button", name="Zeile hinzufügen").click()
    rows = plan.locator("[data-rows-list] [data-row]")
    rows.nth(2).get_by_label("Wofür").fill("Druck")
    rows.nth(2).get_by_label("Betrag").fill("1.000,00")
    expect(total).to_have_text("6.700,50\xa0€")
    expect(plan.locator("[data-sum-total=costs]")).to_have_text("6.700,50\xa0€")
    rows.nth(0).get_by_role("button").click()

    expect(total).to_have_text("1.900,50\xa0€")
    assert plan.locator("input[name=kosten-TOTAL_FORMS]").input_value() == "3"
    assert plan.locator("input[name=kosten-0-DELETE]").is_checked()
    expect(rows.nth(2).locator("[data-row-number]")).to_have_text("2")


def test_counter_counts_what_is_left(browser_page: Page) -> None:
    browser_page.goto("/gallery/")
    field = browser_page.locator("#id_gut-summary")
    counter = browser_page.locator("[data-counter-for=id_gut-summary]")

    field.fill("🤝 fünf")
    expect(counter).to_have_text("1.194 Zeichen übrig")
    field.fill("x" * 1201)

    expect(counter).to_have_text("1 Zeichen zu viel")
    assert len(field.input_value()) == 1201


def test_summary_has_the_focus_and_leads_to_the_field(browser_page: Page) -> None:
    browser_page.goto("/gallery/")
    expect(browser_page.locator("[data-error-summary]")).to_be_focused()

    browser_page.locator("[data-error-summary] a[href='#id_falsch-amount']").click()

    expect(browser_page.locator("#id_falsch-amount")).to_be_focused()


def test_sheet_is_filled_by_keyboard(browser_page: Page) -> None:
    browser_page.goto("/gallery/")
    browser_page.locator("#id_k1-points_0").focus()

    browser_page.keyboard.press("4")
    browser_page.keyboard.press("Enter")
    browser_page.keyboard.press("5")
    browser_page.keyboard.press("Enter")

    expect(browser_page.locator("[data-sheet-total]")).to_have_text("90,0")
    expect(browser_page.locator("[data-sheet-submit]")).to_be_focused()
    assert browser_page.locator("#id_k1-points_4").is_checked()
    assert browser_page.locator("#id_k2-points_5").is_checked()


def test_language_is_switched_without_scripts(browser_context: Callable[..., BrowserContext]) -> None:
    page = browser_context(js=False).new_page()
    page.goto("/gallery/?q=1")
    expect(page.locator("html")).to_have_attribute("lang", "de")

    page.get_by_role("button", name="English").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/gallery/?q=1")


def test_everything_comes_from_the_own_host(browser_page: Page) -> None:
    addresses: list[str] = []
    browser_page.on("request", lambda request: addresses.append(request.url))

    browser_page.goto("/gallery/")

    assert addresses
    assert all(address.startswith(browser_page.url.split("/gallery")[0]) for address in addresses)


def test_time_until_the_deadline_runs_by_the_clock_of_the_server(browser_page: Page) -> None:
    # The device's clock is ten years off and stands still: only what passes on it counts.
    browser_page.clock.install(time=datetime(2036, 1, 1, tzinfo=UTC))
    browser_page.clock.pause_at(datetime(2036, 1, 1, 1, tzinfo=UTC))
    browser_page.goto("/gallery/")
    left = browser_page.locator("[data-countdown-left]")
    expect(left).to_have_text("Noch 2 Tage, 5 Stunden bis zum Ende der Frist")

    browser_page.clock.fast_forward("24:00:00")
    expect(left).to_have_text("Noch 1 Tag, 5 Stunden bis zum Ende der Frist")
    browser_page.clock.fast_forward("29:00:00")
    expect(left).to_have_text(re.compile("^Noch . Sekunden? bis zum Ende der Frist$"))
    browser_page.clock.fast_forward("00:10")
    expect(left).to_have_text("Die Frist endete am Sonntag, 22. November 2026, 23:05 Uhr.")
