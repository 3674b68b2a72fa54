"""A paper is recorded by two officers, and taken over online by a code, without a line of script."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from accounts import clock
from accounts.models import User
from grants.models import Application
from grants.states import ApplicationState as S
from grants.states import IntakeChannel, RoundState
from tests.factories import make_application, make_user
from tests.grants.factories import pdf
from tests.grants.office_world import make_office
from tests.journeys.desk import violations

pytestmark = pytest.mark.browser

Contexts = Callable[..., BrowserContext]


def signed_in(context: BrowserContext, user: User, base: str) -> Page:
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": name, "value": morsel.value, "url": base} for name, morsel in client.cookies.items()])
    return context.new_page()


def test_axe_finds_nothing_at_both_widths(browser_context: Contexts, live_server: object) -> None:
    office, base = make_office(RoundState.OPEN), str(live_server)
    draft = make_application(
        round=office.round, by=office.officer, channel=IntakeChannel.PAPER, received_at=clock.now(), on_behalf=True
    )
    case = office.case()
    page = signed_in(browser_context(), office.officer, base)
    for name, *args in (
        ("office_record",), ("office_record_new",), ("office_recorded", draft.pk), ("application", draft.pk),
        ("office_record_received", draft.pk), ("office_code", case.pk), ("code",),
    ):  # fmt: skip
        page.goto(reverse(f"grants:{name}", args=args))
        assert violations(page) == [], name
        page.set_viewport_size({"width": 360, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        page.set_viewport_size({"width": 1280, "height": 900})


def test_a_paper_is_recorded_and_taken_over_online(
    browser_context: Contexts, live_server: object, tmp_path: Path
) -> None:
    office, base = make_office(RoundState.OPEN), str(live_server)
    scan = tmp_path / "antrag.pdf"
    scan.write_bytes(pdf())
    page = signed_in(browser_context(js=False), office.officer, base)
    page.goto(reverse("grants:office_record"))
    page.get_by_role("link", name="Neue Organisation").click()
    page.get_by_label("Auf Papier").check()
    page.locator("#id_received_on").fill(f"{clock.today() - timedelta(days=2):%d.%m.%Y}")
    page.locator("#id_received_time").fill("11:20")
    page.locator("#id_kind").select_option("association")
    for name, text in {
        "name": "Kochen im Hof e. V.",
        "street": "Hofweg 7",
        "postcode": "30159",
        "city": "Hannover",
    }.items():
        page.locator(f"#id_{name}").fill(text)
    page.get_by_role("button", name="Weiter zum Formular").click()
    draft = Application.objects.get()
    page.goto(reverse("grants:section", args=[draft.pk, "project"]))
    page.locator("#id_title").fill("Suppe für alle")
    page.locator("main form").get_by_role("button").first.click()
    page.goto(reverse("grants:files", args=[draft.pk]) + "?kind=scan")
    page.locator("#id_files").set_input_files(scan)
    page.get_by_role("button", name="Hochladen").click()
    page.goto(reverse("grants:office_recorded", args=[draft.pk]))
    page.locator("#id_reason").fill("Kam mit der Post, Stempel vom Montag.")
    page.get_by_role("button", name="Als eingegangen erfassen").click()
    expect(page.get_by_text("Erfasst, wartet auf eine zweite Person")).to_be_visible()

    second = signed_in(browser_context(js=False), office.second, base)
    second.goto(reverse("grants:office_recorded", args=[draft.pk]))
    second.get_by_role("button", name="Eingang bestätigen").click()
    case = Application.objects.get()
    assert (case.state, case.on_behalf) == (S.SUBMITTED, True)

    page.goto(reverse("grants:office_code", args=[case.pk]))
    page.locator("#id_reason").fill("Der Verein möchte online weitermachen.")
    with page.expect_download() as arriving:
        page.get_by_role("button", name="Brief mit dem Code drucken").click()
    letter = pypdf.PdfReader(io.BytesIO(Path(arriving.value.path()).read_bytes()))
    found = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", letter.pages[0].extract_text())
    assert found is not None

    applicant = signed_in(browser_context(width=360), make_user(full_name="Ada Beispiel"), base)
    applicant.goto(reverse("grants:applications"))
    applicant.get_by_role("link", name="Ich habe einen Code aus einem Brief").click()
    applicant.locator("#id_case_number").fill(case.case_number or "")
    applicant.locator("#id_code").fill(found.group())
    applicant.get_by_role("button", name="Code einlösen").click()
    expect(applicant.get_by_role("heading", name="Suppe für alle")).to_be_visible()
    expect(applicant.get_by_text("Sie vertreten jetzt Kochen im Hof e. V.")).to_be_visible()
