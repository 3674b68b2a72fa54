"""A language from right to left, added as a catalogue alone: every word of the pages of applicants is in it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db.models import CharField, Model, TextField
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page
from pytest_django.fixtures import Settings

from accounts.models import Fund
from grants.models import Application
from grants.sections import Section
from tests import pseudo
from tests.factories import make_fund, make_member, make_organisation, make_round
from tests.grants.factories import make_sendable

pytestmark = pytest.mark.browser

# What the pages say by themselves: neither what people typed nor what is German on purpose and marked so.
OWN_WORDS = """() => {
  const main = document.querySelector("main").cloneNode(true);
  const names = "#id_contact_language";
  const foreign = "[lang], bdi, [dir=auto], [dir=ltr], textarea, script, template, code, " + names;
  main.querySelectorAll(foreign).forEach(element => element.remove());
  return [document.title.split(" – ")[0], main.textContent, ...[...main.querySelectorAll("[aria-label], [title], img")]
    .map(element => element.getAttribute("aria-label") || element.title || element.alt)].join(" ");
}"""
LATIN = re.compile(r"[A-Za-zÄÖÜäöüß]{3,}")
ADDRESS = re.compile(r"\S+@\S+")
# Short for the same in every language, and the name of the product.
SAME_EVERYWHERE = {"MITEINANDER", "PDF", "IBAN", "JPG", "PNG", "DOCX", "XLSX", "ODT"}
# Codes, not words.
KEPT = {"state", "contact_language", "language", "email", "contact_email", "path", "password", "sha256", "content_type"}


@pytest.fixture
def code(settings: Settings, tmp_path: Path) -> Iterator[str]:
    with pseudo.spoken(settings, tmp_path) as code:
        yield code


def fund_without_words() -> Fund:
    return make_fund(name="77", slug="f", authority="7", office="7", purpose="77")


def silent(*records: Model) -> None:
    """Take the words out of what people typed, so that those of the product are left."""
    for record in records:
        texts = [field for field in record._meta.fields if isinstance(field, CharField | TextField)]
        own = [field.name for field in texts if not field.choices and not field.unique and field.name not in KEPT]
        type(record)._base_manager.filter(pk=record.pk).update(**{name: "7" for name in own if getattr(record, name)})


def reader(context: BrowserContext, code: str, base: str, application: Application | None = None) -> Page:
    client = Client()
    if application:
        client.force_login(application.created_by)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()} | {"django_language": code}
    context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
    return context.new_page()


def complaints(page: Page, address: str, *, closely: bool) -> list[str]:
    page.goto(address)
    html = page.locator("html")
    found = [] if html.get_attribute("dir") == "rtl" else ["not from right to left"]
    found += [] if page.evaluate("document.documentElement.scrollWidth <= window.innerWidth") else ["too wide"]
    words = LATIN.findall(ADDRESS.sub("", page.evaluate(OWN_WORDS)))
    found += sorted({word for word in words if word.upper() not in SAME_EVERYWHERE})
    if closely:
        found += [f"{entry['id']}: {entry['nodes'][0]['html']}" for entry in Axe().run(page).response["violations"]]
    return [f"{address} {complaint}" for complaint in found]


def test_applicants_read_every_page_from_right_to_left(
    browser_context: Callable[..., BrowserContext], live_server: object, code: str
) -> None:
    round_ = make_round(
        fund_without_words(), name="7", slug="r", guideline="7", priorities=["7"], places=["7"],
        committee_chain=[{"body": "7", "on": None, "decides": True}],
    )  # fmt: skip
    organisation = make_organisation(name="7", street="7", city="7", legal_form="7")
    draft = make_sendable(round=round_, organisation=organisation, by=make_member(organisation, full_name="7"))
    silent(draft, organisation, *draft.cost_lines.all(), *draft.funding_lines.all(), *draft.attachments.all())
    call, check = reverse("grants:call", args=["f", "r"]), reverse("grants:eligibility", args=["f", "r"])
    public = ["/", call, check, reverse("grants:fund", args=["f"]), reverse("accounts:glossary")]
    review, files = reverse("grants:review", args=[draft.pk]), reverse("grants:files", args=[draft.pk])
    steps = [reverse("grants:section", args=[draft.pk, step]) for step in Section if step != Section.FILES]
    own = [reverse("grants:application", args=[draft.pk]), *steps, files, review]
    visitor = reader(browser_context(width=360), code, str(live_server))
    phone = reader(browser_context(width=360), code, str(live_server), draft)
    desk = reader(browser_context(width=1280), code, str(live_server), draft)

    found = [line for at in public for line in complaints(visitor, at, closely=at == call)]
    found += [line for at in own for line in complaints(phone, at, closely=at in (steps[-1], review))]
    found += [line for at in (call, review) for line in complaints(desk, at, closely=False)]

    assert found == []
