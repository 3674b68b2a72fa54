"""``python -m tools.pictures [name …]``: takes the pictures of README and docs from a demo that runs.

Start ``make run`` first. Needs Chromium, and the packages of the tests. Without names all pictures are taken.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tools import packages

ADDRESS = f"http://localhost:{os.environ.get('PORT') or 8000}"
DATA = Path(os.environ.get("MITEINANDER_DATA") or "var")
FOLDER = Path(__file__).resolve().parents[1] / "docs/pictures"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
COLOURS = 96
MOST_BYTES = 200_000
# The demo's own bar is no part of the product.
NO_BAR = "addEventListener('DOMContentLoaded', () => document.querySelector('.mt-demo')?.remove())"


def visit(browser: Browser, size: dict[str, int]) -> Page:
    """Return a page of somebody who is not signed in."""
    page = browser.new_page(base_url=ADDRESS, locale="de-DE", viewport=size)  # type: ignore[arg-type]
    page.set_default_timeout(60_000)
    page.add_init_script(NO_BAR)
    return page


def sign_in(page: Page, name: str) -> None:
    """Lead one of the demo's people to their first page."""
    page.goto("/konto/login/")
    page.fill("[name=login]", f"{name}@demo.example")
    page.fill("[name=password]", (DATA / "demo-password").read_text().strip())
    page.click("main form button[type=submit]")
    page.wait_for_load_state()
    page.goto("/")


def first(page: Page, selector: str) -> None:
    """Follow the first link of a kind."""
    page.locator(selector).first.click()
    page.wait_for_load_state()


def show(page: Page, selector: str) -> None:
    """Bring the first of a kind to the top of the picture."""
    top = "element => scrollTo(0, element.getBoundingClientRect().top + scrollY - 16)"
    page.locator(selector).first.evaluate(top)


def tasks(_page: Page) -> None:
    """What waits for the case officer."""


def sheet(page: Page) -> None:
    """A sheet with the first scores given."""
    first(page, "main a[href='/jury/']")
    first(page, "main a[href^='/jury/sheets/']")
    if page.locator("input[name=declaration]").count():
        page.check("input[name=declaration][value=none]", force=True)
        first(page, "main form button[type=submit]")
    page.locator("[data-criterion] input[type=radio]").first.focus()
    for points in "45344":
        page.keyboard.press(points)
        page.keyboard.press("Enter")
    page.evaluate(
        "document.activeElement.blur(), document.querySelector('.mt-case__act').scrollTo(0, 0), scrollTo(0, 0)"
    )


def ranking(page: Page) -> None:
    """The ranking of the round that is before the committees."""
    page.goto("/jury/")
    page.locator("main a[href$='/ranking/']").nth(1).click()
    page.wait_for_load_state()


def letter(page: Page) -> None:
    """An award letter as its addressee reads it."""
    own(page, "Bewilligt")
    first(page, "main a[href^='/letters/']")
    page.locator("main article").first.scroll_into_view_if_needed()


def budget(page: Page) -> None:
    """This year's budget."""
    page.goto("/budget/")
    page.locator("main th a", has_text="Gemeinsam").nth(1).click()
    page.wait_for_load_state()


# --- What applicants see ----------------------------------------------------------------------------------------


def own(page: Page, words: str) -> None:
    """Open one's own application with these words in its row; drafts without title are those of `steps`."""
    page.goto("/applications/")
    first(page, f"main tr:has-text('{words}'):not(:has-text('ohne Titel')) a")


def call(page: Page) -> None:
    """The page of the main fund's open round."""
    page.goto("/calls/")
    first(page, "main h3 a[href^='/calls/miteinander/']")


def check(page: Page) -> None:
    """The five questions, answered, and what follows."""
    call(page)
    first(page, "main a[href$='/check/']")
    page.select_option("[name=kind]", "association")
    page.select_option("[name=seat]", "Hannover")
    page.select_option("[name=place]", "Laatzen")
    page.check("[name=begun][value=waits]", force=True)
    page.fill("[name=amount]", "8.000")
    page.select_option("[name=purpose]", index=1)
    first(page, "main form button[type=submit]")


def answers(page: Page) -> None:
    """Whether we can apply."""
    check(page)
    show(page, "#answer")


def organisation(page: Page) -> None:
    """An association with its people, bank account and papers."""
    page.goto("/organisations/")
    first(page, "main th a")


def steps(page: Page) -> None:
    """The steps of a draft that was just begun with the answers to the five questions."""
    page.goto("/applications/")
    begun = page.locator("main tr:has-text('ohne Titel') a")
    if begun.count():
        begun.first.click()
        page.wait_for_load_state()
        return
    check(page)
    first(page, "main .mt-card--do a.kern-btn--primary")
    first(page, "main form[data-guard] button[type=submit]")


def plan(page: Page) -> None:
    """The plan of a draft."""
    own(page, "Entwurf")
    first(page, "main a[href$='/steps/plan/']")
    show(page, "main h2:has-text('kostet')")


def limits(page: Page) -> None:
    """The end of a plan: the grant, what the round allows, the sums."""
    plan(page)
    show(page, "main h2:has-text('Woher')")


def offline(page: Page) -> None:
    """A price is raised while the connection is away: nothing is lost, and the gap is named."""
    plan(page)
    page.context.set_offline(True)
    page.fill("[name$=-unit] >> nth=0", "5.000,00")
    page.locator("[data-autosave-status]:has-text('Browser')").first.wait_for()
    page.evaluate("document.activeElement.blur()")


def files(page: Page) -> None:
    """What documents are needed, and which are there."""
    own(page, "Entwurf")
    first(page, "main a[href$='/files/']")
    show(page, "main h2")


def receipt(page: Page) -> None:
    """The receipt of an application that waits for its check."""
    own(page, "Eingegangen")
    page.goto(f"{page.url}receipt/")


def way(page: Page) -> None:
    """The way of an application that the jury scores."""
    own(page, "Jury bewertet")
    show(page, "main h2:has-text('Weg')")


def asked(page: Page) -> None:
    """The office asked for documents."""
    own(page, "Bitte ergänzen")


PICTURES: tuple[tuple[str, str, dict[str, int], Callable[[Page], None]], ...] = (
    ("tasks", "sachbearbeitung", WIDE, tasks),
    ("sheet", "jury2", WIDE, sheet),
    ("ranking", "jury1", WIDE, ranking),
    ("letter", "antrag", WIDE, letter),
    ("budget", "kaemmerei", WIDE, budget),
    ("plan-phone", "antrag", PHONE, plan),
    ("round-phone", "", PHONE, call),
    ("check-phone", "", PHONE, answers),
    ("organisation", "antrag", WIDE, organisation),
    ("steps-phone", "antrag", PHONE, steps),
    ("offline-phone", "antrag", PHONE, offline),
    ("plan", "antrag", WIDE, limits),
    ("files-phone", "antrag", PHONE, files),
    ("receipt", "verein2", WIDE, receipt),
    ("way-phone", "verein2", PHONE, way),
    ("asked-phone", "antrag", PHONE, asked),
)


def keep(page: Page, name: str) -> None:
    """Write the picture with few colours; a picture in a README must not weigh."""
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{path.name} has {size} bytes, more than {MOST_BYTES}")
    print(f"{path.name}: {size // 1000} kB")


def main() -> None:
    """Take all pictures, or those that are named."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=packages.browser(), args=["--no-sandbox"])
        for name, person, size, lead in PICTURES:
            if sys.argv[1:] and name not in sys.argv[1:]:
                continue
            page = visit(browser, size)
            if person:
                sign_in(page, person)
            lead(page)
            keep(page, name)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
