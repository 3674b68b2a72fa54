"""The upload page with scripts: each file by itself, told one by one, and dragged as well as chosen."""

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import BrowserContext, expect
from pytest_django.fixtures import Settings

from grants import actions
from tests.browser.test_application_form import member, signed_in
from tests.factories import make_round
from tests.grants.factories import pdf

pytestmark = pytest.mark.browser

# What a drop hands over, made in the page: the driver cannot drag a file in from outside.
DROP = """place => {
  const given = new DataTransfer();
  const bytes = Uint8Array.from(atob(place.dataset.test), sign => sign.charCodeAt(0));
  given.items.add(new File([bytes], "bescheid.pdf", { type: "application/pdf" }));
  place.dispatchEvent(new DragEvent("drop", { dataTransfer: given, bubbles: true, cancelable: true }));
}"""


def test_files_are_sent_one_by_one_and_each_is_told(
    browser_context: Callable[..., BrowserContext], live_server: object, tmp_path: Path, settings: Settings
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    good, bad = tmp_path / "satzung.pdf", tmp_path / "programm.pdf"
    good.write_bytes(pdf())
    bad.write_bytes(b"MZ" + bytes(500))
    user = member()
    draft = actions.start(round_=make_round(), by=user, organisation=user.memberships.get().organisation)
    page = signed_in(browser_context(width=360), user, str(live_server))
    page.goto(reverse("grants:files", args=[draft.pk]))
    told, lines = page.locator("[data-uploads-status]"), page.locator(".mt-uploads__item")

    page.locator("#id_files").set_input_files([good, bad])
    expect(told).to_have_text("Bitte wählen Sie zuerst aus, was für eine Unterlage es ist.")
    page.locator("#id_kind").select_option("statutes")

    expect(told).to_have_text("Einige Dateien wurden nicht hinzugefügt; in der Liste steht, warum.")
    expect(lines.nth(0)).to_contain_text("hinzugefügt")
    expect(lines.nth(1)).to_contain_text("programm.pdf: Diese Art von Datei wird hier nicht angenommen.")
    expect(page.locator("[data-uploads-fresh] .mt-files")).to_contain_text("satzung.pdf")
    assert [file.name for file in draft.attachments.all()] == ["satzung.pdf"]

    page.locator("#id_kind").select_option("exemption_notice")
    page.locator("[data-drop]").evaluate("(place, text) => { place.dataset.test = text; }", _base64(pdf()))
    page.locator("[data-drop]").evaluate(DROP)
    expect(lines.nth(2)).to_contain_text("hinzugefügt")
    expect(page.locator("[data-uploads-fresh] .mt-files")).to_contain_text("bescheid.pdf")
    assert draft.attachments.count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert Axe().run(page).response["violations"] == []


def _base64(content: bytes) -> str:
    return b64encode(content).decode()


def test_a_kind_chosen_by_key_is_taken_when_the_list_is_left(
    browser_context: Callable[..., BrowserContext], live_server: object, tmp_path: Path, settings: Settings
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    paper = tmp_path / "bescheid.pdf"
    paper.write_bytes(pdf())
    user = member()
    draft = actions.start(round_=make_round(), by=user, organisation=user.memberships.get().organisation)
    page = signed_in(browser_context(), user, str(live_server))
    page.goto(reverse("grants:files", args=[draft.pk]))

    page.locator("#id_files").set_input_files([paper])
    expect(page.locator("#id_kind")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")

    expect(page.locator("body > [role=status] p")).to_contain_text("bescheid.pdf: hinzugefügt")
    assert [file.kind for file in draft.attachments.all()] == ["exemption_notice"]
    expect(page.locator("#id_kind")).to_have_value("")
