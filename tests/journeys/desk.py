"""One browser that changes hands: everybody of a fund, the clock, the mail, and a close look at each page."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import BrowserContext, Locator, Page, Response, expect

from accounts import clock
from accounts.models import User
from grants.tasks import sweep as grants_sweep
from notifications.tasks import sweep as notifications_sweep
from payments.tasks import sweep as payments_sweep
from reviews.tasks import sweep as reviews_sweep
from tests.services import SmtpSink, wait_until

SWEEPS: tuple[Callable[[], object], ...] = (grants_sweep, notifications_sweep, reviews_sweep, payments_sweep)
# JOURNEY_PICTURES=folder keeps a picture of each page, to be looked at by people.
PICTURES = os.environ.get("JOURNEY_PICTURES", "")
PHONE, DESKTOP = 360, 1280
LINK = re.compile(r"http://\S+")


def de(text: str, **values: object) -> str:
    """Return what a German reader sees for a text of the source."""
    with translation.override("de"):
        return gettext(text) % values if values else gettext(text)


@dataclass
class Desk:
    """A browser at which one person after the other sits down.

    Attributes:
        context: of the browser; its size and scripting are those of the whole journey.
        base: address of the web server.
        mail: where all mails arrive.
        scripts: whether JavaScript runs; without it nothing is asked of axe.
        width: at which axe looks.
        seen: what was looked at closely already.
    """

    context: BrowserContext
    base: str
    mail: SmtpSink
    scripts: bool = True
    width: int = DESKTOP
    seen: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", self._note)

    def _note(self, response: Response) -> None:
        if response.status >= 400 and "/favicon" not in response.url:
            self.complaints.append(f"{response.status} {response.url}")

    # --- who sits there, and when -------------------------------------------------------------------------

    def sits(self, user: User) -> Page:
        """Let a person sign in with a session of their own, and show the first page."""
        client = Client()
        client.force_login(user)
        self.context.clear_cookies()
        for name, morsel in client.cookies.items():
            self.context.add_cookies([{"name": name, "value": morsel.value, "url": self.base}])
        self.open("/")
        return self.page

    def open(self, address: str) -> None:
        """Type an address; only for the first page, for links from mails, and for pages that must be closed."""
        self.page.goto(address)
        self.look()

    def at(self, moment: datetime) -> None:
        """Let it be that moment, and let the scheduler do what is due."""
        clock.freeze(moment)
        self.sweep()

    def sweep(self) -> None:
        for sweep in SWEEPS:
            sweep()

    # --- what a hand does -----------------------------------------------------------------------------------

    def follow(self, text: str, *, within: str = "body") -> None:
        """Click a link by its German words."""
        link = self.page.locator(within).get_by_role("link", name=de(text)).first
        self._reach(link)
        link.click()
        self.look()

    def menu(self, text: str) -> None:
        """Go to a page of the main navigation."""
        toggle = self.page.locator("[data-menu]")
        if toggle.is_visible():
            toggle.click()
        self.page.locator("nav.mt-nav").get_by_role("link", name=de(text)).first.click()
        self.look()

    def press(self, text: str, *, within: str = "main") -> None:
        """Press a button by its German words."""
        button = self.page.locator(within).get_by_role("button", name=de(text), exact=True).first
        self._reach(button)
        button.click()
        self.look()

    def _reach(self, target: Any) -> None:
        """Unfold what hides the target."""
        for closed in self.page.locator("main details:not([open])").all():
            if target.count() or not closed.is_visible():
                break
            closed.locator("summary").first.click()

    def fill(self, **fields: str) -> None:
        """Fill in fields of the page by their names."""
        for name, value in fields.items():
            self.fill_at(f"main [name='{name}']", value)

    def fill_at(self, selector: str, value: str) -> None:
        """Fill in one field, whatever its kind."""
        target = self.page.locator(selector)
        kind = target.first.get_attribute("type")
        if kind == "radio":
            tick(self.page.locator(f"{selector}[value='{value}']"))
        elif kind == "checkbox":
            tick(target.first)
        elif target.first.evaluate("element => element.tagName") == "SELECT":
            target.first.select_option(value)
        else:
            target.first.fill(value)

    # --- what eyes see ------------------------------------------------------------------------------------------

    def sees(self, *texts: str, within: str = "main") -> None:
        """Expect German texts on the page."""
        shown = self.page.locator(within).first
        wanted = [de(text) for text in texts]

        def missing() -> list[str]:
            there = _plain(shown)
            return [text for text in wanted if text not in there]

        wait_until(lambda: not missing(), 20, f"{wanted} in: {_plain(shown)[:1500]}")

    def sees_not(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).not_to_contain_text(de(text))

    def reads(self, subject: str, to: str) -> EmailMessage:
        """Wait for the worker to send it, and return the newest mail with that in its subject for an address."""

        def found() -> list[EmailMessage]:
            mails = [received.message for received in self.mail.received if to in received.recipients]
            return [mail for mail in mails if de(subject) in str(mail["Subject"])]

        wait_until(found, 60, f"a mail “{de(subject)}” to {to}")
        return found()[-1]

    def look(self) -> None:
        """Look closely at each kind of page once: no error, no sideways scrolling, nothing axe complains about.

        With scripts at both widths, and by axe at that of the journey: other hands walk the same pages at the other.
        Without them at that of the journey alone, and axe has nothing to run on.
        """
        self.page.wait_for_load_state()
        assert self.complaints == []
        kind = re.sub(r"\d+", "N", self.page.url.removeprefix(self.base) + self.page.title())
        if kind in self.seen:
            return
        self.seen.add(kind)
        if not self.scripts:
            self._fits(kind)
            return
        for width in sorted((PHONE, DESKTOP), key=lambda width: width == self.width):
            self.page.set_viewport_size({"width": width, "height": 900})
            self._fits(kind)
        assert violations(self.page) == [], kind

    def _fits(self, kind: str) -> None:
        self._picture(kind)
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"too wide: {kind}"

    def _picture(self, kind: str) -> None:
        if PICTURES:
            width = self.page.viewport_size["width"] if self.page.viewport_size else 0
            name = f"{width}-{len(self.seen):03}-{re.sub(r'[^a-zA-Z]+', '-', kind)[:80]}.png"
            self.page.screenshot(path=Path(PICTURES) / name, full_page=True)


def tick(box: Locator) -> None:
    """Choose a box or a step of a scale with the space bar, which reaches it wherever the page has been scrolled to."""
    if not box.is_checked():
        box.press("Space")


def _plain(shown: Locator) -> str:
    return " ".join(re.split(r"[ \n\t]+", shown.inner_text()))


def violations(page: Page) -> list[str]:
    """Return what axe finds, rule and place."""
    found = Axe().run(page).response["violations"]
    return [f"{entry['id']}: {node['html'][:200]}" for entry in found for node in entry["nodes"]]


@contextmanager
def refused(desk: Desk, status: int) -> Iterator[None]:
    """Let pages inside be closed to the person: each answers with `status`."""
    yield
    assert [entry.split()[0] for entry in desk.complaints] == [str(status)] * len(desk.complaints)
    assert desk.complaints
    desk.complaints.clear()
