"""The applicant's form in a real browser: sums and autosave with scripts, the whole way without them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from accounts.states import MemberRole
from grants import actions
from grants.models import Application
from grants.states import ApplicationState as S
from tests.factories import make_member, make_organisation, make_round
from tests.grants.factories import pdf
from tests.services import wait_until

pytestmark = pytest.mark.browser

Contexts = Callable[..., BrowserContext]


def signed_in(context: BrowserContext, user: User, base: str) -> Page:
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": name, "value": morsel.value, "url": base} for name, morsel in client.cookies.items()])
    return context.new_page()


def member() -> User:
    return make_member(make_organisation(name="Treffpunkt e. V."), full_name="Leyla Demir")


def test_sums_run_while_typing_and_the_draft_saves_itself(browser_context: Contexts, live_server: object) -> None:
    user = member()
    organisation = user.memberships.get().organisation
    draft = actions.start(round_=make_round(in_kind_rate_cents=1_500), by=user, organisation=organisation)
    page = signed_in(browser_context(width=360), user, str(live_server))
    page.goto(reverse("grants:section", args=[draft.pk, "plan"]))

    page.locator("#id_costs-0-kind").select_option("fees")
    page.locator("#id_costs-0-label").fill("Honorar")
    page.locator("#id_costs-0-quantity").fill("2,5")
    page.locator("#id_costs-0-unit").fill("1.000,00")
    page.locator("#id_funds-0-kind").select_option("own_work")
    page.locator("#id_funds-0-amount").fill("999")
    page.locator("#id_funds-0-hours").fill("10")
    page.locator("#id_requested").fill("2.000")

    box = page.locator(".mt-money output")
    expect(box.nth(0)).to_have_text("2.500,00\u00a0€")
    expect(box.nth(1)).to_have_text("2.150,00\u00a0€")
    expect(box.nth(2)).to_have_text("350,00\u00a0€")
    expect(page.locator("[data-sum-verdict]")).to_have_text("Es fehlen 350,00\u00a0€")
    wait_until(lambda: Application.objects.get().requested_cents == 200_000, 20, "the draft saved itself")
    saved = Application.objects.get()
    assert (saved.cost_cents, saved.funding_cents) == (250_000, 15_000)


def test_what_cannot_be_read_stays_and_is_named_by_autosave(browser_context: Contexts, live_server: object) -> None:
    user = member()
    draft = actions.start(round_=make_round(), by=user, organisation=user.memberships.get().organisation)
    page = signed_in(browser_context(), user, str(live_server))
    page.goto(reverse("grants:section", args=[draft.pk, "project"]))

    page.locator("#id_title").fill("Sprachcafé")
    page.locator("#id_starts_on").fill("irgendwann")

    wait_until(lambda: Application.objects.get().title == "Sprachcafé", 20, "the readable part was saved")
    expect(page.locator("[data-autosave-status]")).to_have_class("mt-saved mt-saved--failed")
    page.locator("#id_starts_on").fill("01.03.2027")
    wait_until(lambda: Application.objects.get().starts_on is not None, 20, "the mended part was saved")


def test_two_people_write_in_one_draft_and_choose_where_they_meet(
    browser_context: Contexts, live_server: object
) -> None:
    user = member()
    organisation = user.memberships.get().organisation
    other = make_member(organisation, MemberRole.EDITOR, full_name="Kim Berg")
    draft = actions.start(round_=make_round(), by=user, organisation=organisation)
    mine, theirs = (signed_in(browser_context(), person, str(live_server)) for person in (user, other))
    for page in (mine, theirs):
        page.goto(reverse("grants:section", args=[draft.pk, "project"]))

    theirs.locator("#id_title").fill("Sprachcafé")
    theirs.locator("#id_summary").fill("Wir reden.")
    expect(theirs.locator("[data-autosave-status]")).to_contain_text("gespeichert um")
    mine.locator("#id_places").fill("Park")
    expect(mine.locator("#id_title")).to_have_value("Sprachcafé")
    expect(mine.locator("[data-changed-by-other=title]")).to_have_text("Kim Berg hat das gerade geändert.")
    expect(mine.locator("#id_summary")).to_have_value("Wir reden.")

    theirs.locator("#id_summary").fill("Wir reden und kochen.")
    wait_until(lambda: "kochen" in Application.objects.get().summary, 20, "the colleague's text was saved")
    mine.locator("#id_summary").fill("Wir singen.")
    box = mine.locator("[data-clash-of=summary]")
    expect(box).to_contain_text("Wir reden und kochen.")
    assert "kochen" in Application.objects.get().summary
    mine.locator("button[name=next]").click()
    expect(box).to_be_focused()
    box.get_by_role("button", name="Meine Fassung behalten").click()
    wait_until(lambda: Application.objects.get().summary == "Wir singen.", 20, "the chosen text was saved")
    saved = Application.objects.get()
    assert (saved.title, saved.places) == ("Sprachcafé", "Park")


def test_plan_is_saved_whole_after_the_connection_was_cut(browser_context: Contexts, live_server: object) -> None:
    user = member()
    draft = actions.start(round_=make_round(), by=user, organisation=user.memberships.get().organisation)
    context = browser_context(width=360)
    page = signed_in(context, user, str(live_server))
    address = reverse("grants:section", args=[draft.pk, "plan"])
    page.goto(address)
    status = page.locator("[data-autosave-status]")

    context.set_offline(True)
    for number, label in enumerate(("Honorar", "Papier", "Saal")):
        if number == 2:
            page.locator("[data-rows=costs] [data-rows-add]").click()
        page.locator(f"#id_costs-{number}-kind").select_option("other")
        page.locator(f"#id_costs-{number}-label").fill(label)
        page.locator(f"#id_costs-{number}-unit").fill("100")
    expect(status).to_contain_text("Noch nicht gespeichert")
    expect(status).to_be_in_viewport()
    context.set_offline(False)
    wait_until(lambda: Application.objects.get().cost_cents == 30_000, 20, "what was typed offline was saved")

    page.route("**/autosave/**", lambda route: route.abort())
    page.locator("[data-rows=costs] [data-rows-add]").click()
    page.locator("#id_costs-3-label").fill("Miete")
    page.locator("#id_costs-3-unit").fill("50")
    expect(status).to_contain_text("Noch nicht gespeichert")
    page.close(run_before_unload=False)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name="Wieder einsetzen").click()
    wait_until(lambda: Application.objects.get().cost_cents == 35_000, 20, "the text of the closed page was saved")
    page.locator("[data-rows=costs] [data-row]").first.get_by_role("button").click()
    wait_until(lambda: Application.objects.get().cost_cents == 25_000, 20, "a removed line was saved")


def test_the_whole_way_without_scripts_on_a_phone(
    browser_context: Contexts, live_server: object, tmp_path: Path
) -> None:
    user = member()
    round_ = make_round(name="Runde 2027")
    page = signed_in(browser_context(width=360, js=False), user, str(live_server))
    page.goto(reverse("grants:call", args=[round_.fund.slug, round_.slug]))
    page.locator("a.kern-btn--primary").first.click()
    page.locator("main button[type=submit]").first.click()
    draft = Application.objects.get()

    page.goto(reverse("grants:section", args=[draft.pk, "applicant"]))
    page.locator("button[name=next]").click()
    page.locator("#id_title").fill("Sprachcafé")
    page.locator("#id_municipality").select_option("Hannover")
    page.locator("#id_starts_on").fill("01.03.2027")
    page.locator("#id_ends_on").fill("31.08.2027")
    page.locator("#id_summary").fill("Wir treffen uns.")
    page.locator("button[name=next]").click()
    for name in ("aims", "activities", "target_groups"):
        page.locator(f"#id_{name}").fill("Text")
    page.locator("#id_planned_participants").fill("30")
    page.locator("button[name=next]").click()
    page.locator("#id_participation").fill("Text")
    page.locator("button[name=next]").click()
    _fill_plan(page)
    page.locator("button[name=next]").click()
    _add_files(page, tmp_path)
    page.goto(reverse("grants:section", args=[draft.pk, "declarations"]))
    for name in ("not_begun", "financing_secured", "no_double_funding", "truthful", "privacy_read"):
        page.locator(f"#id_{name}").check()
    page.locator("button[name=next]").click()

    assert page.url.endswith(reverse("grants:review", args=[draft.pk]))
    expect(page.locator(".mt-summary")).to_have_count(0)
    page.locator("main form button[type=submit]").click()

    sent = Application.objects.get()
    assert sent.state == S.SUBMITTED
    assert page.url.endswith(reverse("grants:receipt", args=[draft.pk]))
    expect(page.locator("main")).to_contain_text(str(sent.case_number))


def _fill_plan(page: Page) -> None:
    """Two positions are there; a third line comes by the button, which sends the form."""
    page.locator("#id_costs-0-kind").select_option("fees")
    page.locator("#id_costs-0-label").fill("Honorar")
    page.locator("#id_costs-0-unit").fill("600")
    page.locator("button[name=add_row][value=costs]").click()
    expect(page.locator("#id_costs-0-label")).to_have_value("Honorar")
    page.locator("#id_costs-2-kind").select_option("material")
    page.locator("#id_costs-2-label").fill("Papier")
    page.locator("#id_costs-2-unit").fill("200")
    page.locator("#id_requested").fill("800")


def _add_files(page: Page, folder: Path) -> None:
    for kind in ("statutes", "exemption_notice"):
        path = folder / f"{kind}.pdf"
        path.write_bytes(pdf())
        page.locator("#id_kind").select_option(kind)
        page.locator("#id_files").set_input_files(path)
        page.locator("main form button[type=submit]").click()
        expect(page.locator("main")).to_contain_text(f"{kind}.pdf")
