"""A list from a spreadsheet on its whole way in, by hand: chosen, assigned, checked, imported."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.fixtures import Settings

from grants.models import Application, Import
from tests.browser.test_application_form import signed_in
from tests.grants.lists import case_row, worked, xlsx
from tests.grants.office_world import make_office

pytestmark = pytest.mark.browser


def sound(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]  # type: ignore[index]
    assert Axe().run(page).response["violations"] == []


@pytest.mark.parametrize(("width", "js"), [(360, True), (1280, False)])
def test_a_list_comes_in(
    browser_context: Callable[..., BrowserContext],
    live_server: object,
    tmp_path: Path,
    settings: Settings,
    width: int,
    js: bool,
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    office, good, bad = make_office(), tmp_path / "gut.xlsx", tmp_path / "schlecht.xlsx"
    good.write_bytes(xlsx([case_row(1), case_row(2)]))
    bad.write_bytes(xlsx([case_row(1), case_row(2, kind="GmbH")]))
    page = signed_in(browser_context(width=width, js=js), office.coordinator, str(live_server))

    for file in (bad, good):
        page.goto(reverse("grants:import_into_round", args=[office.round.pk]))
        page.locator("#id_file").set_input_files(file)
        page.get_by_role("button", name="Liste hochladen").click()
        expect(page.get_by_role("heading", name="Die Liste wird gelesen")).to_be_visible()
        _next(page, js=js)
        expect(page.get_by_label("Antragsteller", exact=True)).to_have_value("2")
        page.get_by_role("button", name="Alle Zeilen prüfen").click()
        _next(page, js=js)
    expect(page.locator("progress")).to_have_count(0)
    if js:
        sound(page)
    page.get_by_role("button", name="2 Zeilen importieren").press("Enter")
    _next(page, js=js)

    expect(page.get_by_text("Die Liste ist übernommen.")).to_be_visible()
    assert Application.objects.count() == 2
    page.goto(reverse("grants:import", args=[Import.objects.order_by("pk")[0].pk]))
    expect(page.get_by_role("table", name="Fehler nach Zeile und Spalte")).to_contain_text("GmbH")
    if js:
        sound(page)


def _next(page: Page, *, js: bool) -> None:
    """Let the worker do its part; without scripts the page is loaded once more by its link."""
    expect(page.get_by_role("link", name="Erneut nachsehen")).to_be_visible()
    worked(Import.objects.latest("pk"))
    if not js:
        page.get_by_role("link", name="Erneut nachsehen").click()
    expect(page.get_by_role("link", name="Erneut nachsehen")).to_have_count(0)
