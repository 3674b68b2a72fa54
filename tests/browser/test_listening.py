"""What somebody hears who reads the form with a screen reader: sums, lines, saves and mended mistakes, each once."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, expect

from grants import actions
from grants.models import Application
from tests.browser.test_application_form import member, signed_in
from tests.factories import make_round

pytestmark = pytest.mark.browser

Contexts = Callable[..., BrowserContext]
VOICE = "body > [role=status]"


def test_sums_and_lines_are_said_when_the_typing_pauses(browser_context: Contexts, live_server: object) -> None:
    user = member()
    draft = actions.start(round_=make_round(), by=user, organisation=user.memberships.get().organisation)
    page = signed_in(browser_context(), user, str(live_server))
    page.goto(reverse("grants:section", args=[draft.pk, "plan"]))
    said = page.locator(f"{VOICE} p")

    expect(page).to_have_title("Schritt 5 von 7: Kosten und Finanzierung – Miteinander")
    page.locator("#id_costs-0-kind").select_option("fees")
    page.locator("#id_costs-0-unit").press_sequentially("1.200")
    sums = "Kosten: 1.200,00 €. Finanzierung mit Zuwendung: 0,00 €. Unterschied: 1.200,00 €. Es fehlen 1.200,00 €"
    expect(said.filter(has_text=sums)).to_have_count(1)
    expect(said.filter(has_text="Entwurf gespeichert um")).to_have_count(1)
    assert page.locator(".mt-main :is(output:not([aria-live=off]), [role=status])").count() == 0

    page.locator("#id_costs-1-unit").fill("viel")
    expect(said.filter(has_text="Bitte prüfen Sie: Position 2, Einzelpreis.")).to_have_count(1)
    page.locator("#id_costs-1-unit").fill("")
    page.locator("#id_costs-0-unit").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anlagen")
    page.go_back()
    rows = page.locator("[data-rows=costs] [data-row]:not(.mt-row--removed)")
    count = rows.count()
    rows.first.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(said.filter(has_text="Position 1 wurde entfernt.")).to_have_count(1)
    expect(rows).to_have_count(count - 1)
    expect(page.get_by_role("group", name="Was kostet das Projekt?")).to_be_focused()
    expect(rows.first.get_by_role("button")).to_have_attribute("aria-label", "Zeile entfernen: Position 1")


def test_a_mended_mistake_goes_from_field_and_summary(browser_context: Contexts, live_server: object) -> None:
    user = member()
    draft = actions.start(round_=make_round(), by=user, organisation=user.memberships.get().organisation)
    page = signed_in(browser_context(), user, str(live_server))
    page.goto(reverse("grants:section", args=[draft.pk, "project"]))
    field = page.locator("#id_starts_on")
    field.fill("im Mai")
    page.locator("#id_summary").fill("Wir kochen.")
    page.locator("button[name=next]").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")

    field.fill("01.05.2027")

    expect(page.locator("[data-error-summary]")).to_have_count(0)
    expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(field).to_have_attribute("aria-describedby", "id_starts_on_helptext")
    assert Application.objects.get().starts_on is not None
    page.locator("button[name=next]").click()
    said = page.locator(f"{VOICE} p")
    expect(said).to_contain_text("Gespeichert.")
