"""Hands that walk through pages: with a mouse or a finger, with the keys alone, on a train whose connection breaks."""

from pathlib import Path

from playwright.sync_api import Locator, Page, Route, expect

from tests.journeys.desk import DESKTOP, Desk, tick, violations
from tests.services import wait_until

MOST_KEYS = 80
# An outline or a shadow, there or at what stands for a hidden control.
VISIBLE = """() => {
    const at = document.activeElement;
    const styles = [at, at.nextElementSibling, at.parentElement].filter(Boolean).map(part => getComputedStyle(part));
    return styles.some(style =>
        (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none") }"""
# Some part of it lies on top, not all of it behind a bar that stays (WCAG 2.2, 2.4.11). A link may run over lines.
UNCOVERED = """() => {
    const at = document.activeElement;
    const shown = [at, ...(at.labels || [])];
    return Array.from(at.getClientRects()).some(box => [0.1, 0.5, 0.9].some(share => {
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height * share);
        return top !== null && shown.some(part => part.contains(top));
    })) }"""
STAND = f"() => [document.activeElement.outerHTML.slice(0, 200), ({VISIBLE})(), ({UNCOVERED})()]"
# 0: the target has the focus; else whether it comes after (1) or before (-1) what has it.
WAY_TO = """target => {
    const at = document.activeElement;
    if (at === target) return 0;
    return target.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1 }"""
CHOICE = "(list, value) => Array.from(list.options).findIndex(option => option.value === value) - list.selectedIndex"


class Hands:
    """A mouse, or a finger; others do the same in another way. Selectors name places alike in every language."""

    def __init__(self, desk: Desk, *, width: int = DESKTOP) -> None:
        self.desk, self.width = desk, width

    @property
    def page(self) -> Page:
        return self.desk.page

    def place(self, selector: str) -> Locator:
        return self.page.locator(f"main {selector}").first

    def arrive(self) -> None:
        """Look at a page that was just reached, and go on at one's own width: a close look tries them all."""
        self.desk.look()
        self.page.set_viewport_size({"width": self.width, "height": 900})

    def open(self, address: str) -> None:
        """Type an address."""
        self.page.goto(address)
        self.arrive()

    def go(self, selector: str) -> None:
        """Follow a link or press a button that leads to another page, and look at it."""
        target = self.reach(selector)
        with self.page.expect_navigation():
            self.activate(target)
        self.arrive()

    def press(self, selector: str) -> None:
        """Press a button that changes something on this page."""
        self.activate(self.reach(selector))

    def reach(self, selector: str) -> Locator:
        return self.place(selector)

    def activate(self, target: Locator) -> None:
        target.click()

    def write(self, selector: str, text: str) -> None:
        self.place(selector).fill(text)

    def choose(self, selector: str, value: str) -> None:
        self.place(selector).select_option(value)

    def tick(self, selector: str) -> None:
        tick(self.place(selector))

    def attach(self, selector: str, file: Path) -> None:
        self.place(selector).set_input_files(file)


class Keys(Hands):
    """The keys alone; where they stand can be seen at each stop."""

    def __init__(self, desk: Desk, *, width: int = DESKTOP) -> None:
        super().__init__(desk, width=width)
        self.chosen: list[Path] = []
        # Listening from the beginning: a key comes quicker than a listener, and the browser would open its own dialog.
        self.page.on("filechooser", lambda chooser: chooser.set_files(self.chosen))

    def reach(self, selector: str) -> Locator:
        target = super().reach(selector)
        for _key in range(MOST_KEYS):
            way = target.evaluate(WAY_TO)
            if not way:
                return target
            self.page.keyboard.press("Tab" if way > 0 else "Shift+Tab")
            self._look_where_it_stands()
        raise AssertionError(f"no key leads to {selector}")

    def _look_where_it_stands(self) -> None:
        here, visible, uncovered = self.page.evaluate(STAND)
        assert visible, f"no visible focus at {here}"
        if not uncovered:
            # The page may still be on its way there.
            wait_until(lambda: self.page.evaluate(f"({UNCOVERED})()"), 5, f"the focus in view at {here}")

    def activate(self, target: Locator) -> None:
        assert target.evaluate(WAY_TO) == 0
        self.page.keyboard.press("Enter")

    def write(self, selector: str, text: str) -> None:
        self.reach(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, selector: str, value: str) -> None:
        steps = self.reach(selector).evaluate(CHOICE, value)
        for _step in range(abs(steps)):
            self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
        expect(self.place(selector)).to_have_value(value)

    def tick(self, selector: str) -> None:
        if not self.reach(selector).is_checked():
            self.page.keyboard.press("Space")

    def attach(self, selector: str, file: Path) -> None:
        self.reach(selector)
        self.chosen = [file]
        self.page.keyboard.press("Enter")


class OnTheTrain(Hands):
    """The connection breaks while somebody writes, while a file goes up, and before the answer to the sending is there.

    Attributes:
        breaks_at: the field in which somebody writes when it breaks.
    """

    def __init__(self, desk: Desk, *, breaks_at: str, width: int = DESKTOP) -> None:
        super().__init__(desk, width=width)
        self.breaks_at = breaks_at
        self.typed: dict[str, str] = {}
        self.cut = False

    def write(self, selector: str, text: str) -> None:
        if selector == self.breaks_at:
            self._cut(True)
        super().write(selector, text)
        if self.cut:
            self.typed[selector] = text

    def go(self, selector: str) -> None:
        if self.cut:
            self._press_in_vain(selector)
        super().go(selector)

    def _cut(self, cut: bool) -> None:
        self.cut = cut
        self.desk.context.set_offline(cut)

    def _press_in_vain(self, selector: str) -> None:
        """A page of the browser itself comes up; whoever opens the form again finds everything."""
        address, status = self.page.url, self.place("[data-autosave-status]")
        expect(status).to_have_text(status.get_attribute("data-failed") or "")
        expect(status).to_be_in_viewport()
        assert violations(self.page) == []
        self.place(selector).click(no_wait_after=True)
        expect(self.place(selector)).to_have_count(0)
        self._cut(False)
        self.open(address)
        self._put_back()

    def _put_back(self) -> None:
        status = self.place("[data-autosave-status]")
        assert {name: self.place(name).input_value() for name in self.typed} == dict.fromkeys(self.typed, "")
        assert violations(self.page) == []
        self.page.get_by_role("button", name=status.get_attribute("data-put") or "").click()
        assert {name: self.place(name).input_value() for name in self.typed} == self.typed
        words = (status.get_attribute("data-saved") or "").partition("{time}")[0]
        expect(status).to_contain_text(words)

    def attach(self, selector: str, file: Path) -> None:
        """The file stays in its line, and goes up when it is tried again."""
        self._cut(True)
        super().attach(selector, file)
        again = self.page.locator(".mt-uploads__item--failed button")
        expect(again).to_be_visible()
        assert violations(self.page) == []
        self._cut(False)
        again.click()

    def sends_without_answer(self, selector: str) -> None:
        """The server takes what is sent; the connection breaks before its answer is there."""
        address = self.page.url

        def lose(route: Route) -> None:
            route.fetch(max_redirects=0)
            route.abort("connectionreset")

        self.page.route(address, lose)
        self.place(selector).click(no_wait_after=True)
        expect(self.place(selector)).to_have_count(0)
        self.page.unroute(address)
        self.open(address)
