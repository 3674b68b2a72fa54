"""What every page shows around its content: navigation, legal links, the demo's links."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LEGAL_PAGES: tuple[tuple[str, str | Promise], ...] = (
    ("impressum", _("Legal notice")),
    ("datenschutz", _("Privacy")),
    ("barrierefreiheit", _("Accessibility statement")),
    ("leichte-sprache", _("Easy language")),
    ("kontakt", _("Contact")),
)
DEMO_PAGES: tuple[tuple[str, str | Promise], ...] = (
    ("accounts:demo", _("Demo sign-ins")),
    ("notifications:demo_mail", _("Demo mail")),
    ("accounts:demo_clock", _("Demo clock")),
)


@dataclass(frozen=True)
class NavItem:
    """One entry of the navigation.

    ``count`` is what waits behind it (0 shows nothing); ``active`` marks the section of this page.
    """

    label: str | Promise
    url: str
    active: bool = False
    count: int = 0


def nav_item(
    request: HttpRequest,
    label: str | Promise,
    url_name: str,
    *args: str | int,
    count: int = 0,
    exact: bool = False,
) -> NavItem | None:
    """Build an entry, or None while no page has that name.

    Args:
        request: its path decides whether the entry is the active one.
        label: translated word.
        url_name: name of the page, with namespace.
        args: arguments of the page's address.
        count: what waits there.
        exact: active on this very page only, not on those below it (for the home page).
    """
    try:
        url = reverse(url_name, args=args)
    except NoReverseMatch:
        return None
    active = request.path == url if exact else request.path.startswith(url)
    return NavItem(label=label, url=url, active=active, count=count)


def present(items: Iterable[NavItem | None]) -> list[NavItem]:
    """Keep the entries whose pages exist; of several active ones the most exact wins."""
    known = [item for item in items if item is not None]
    best = max((len(item.url) for item in known if item.active), default=0)
    return [NavItem(item.label, item.url, item.active and len(item.url) == best, item.count) for item in known]


def frame(request: HttpRequest) -> dict[str, object]:
    """Context processor: legal links on every page, and in the demo the links to its mail and clock."""
    legal = [nav_item(request, label, "accounts:legal", slug) for slug, label in LEGAL_PAGES]
    legal.append(nav_item(request, _("Terms explained"), "accounts:glossary"))
    demo = (nav_item(request, label, name) for name, label in DEMO_PAGES) if settings.DEMO else ()
    return {"legal_links": present(legal), "demo_links": present(demo)}
