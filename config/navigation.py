"""The main navigation by role: the roof knows every floor's pages and who needs them."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.context import NavItem, nav_item, present
from accounts.models import User
from accounts.permissions import Held, memberships_of, roles_of
from accounts.states import FINANCE_ROLES, OFFICE_ROLES, Role
from reviews.queries.seats import seats_of


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context processor: the entries of the person who asks; a visitor sees only the start page."""
    person = getattr(request, "user", None)
    if not isinstance(person, User):
        return {"navigation": present([nav_item(request, _("Start"), "home", exact=True)])}
    return {"navigation": present(_entries(request, person))}


def _entries(request: HttpRequest, person: User) -> Iterator[NavItem | None]:
    held = roles_of(person)
    yield nav_item(request, _("My tasks"), "home", exact=True)
    seated = bool(seats_of(person))
    if seated:
        yield nav_item(request, _("Jury"), "reviews:jury")
    if memberships_of(person) or not (held or seated):
        yield nav_item(request, _("My applications"), "grants:applications")
        yield nav_item(request, _("My organisations"), "accounts:organisations")
    yield from _staff(request, held)
    yield nav_item(request, _("Messages"), "notifications:messages")


def _has(held: tuple[Held, ...], *roles: Role) -> bool:
    return any(h.role in roles for h in held)


def _staff(request: HttpRequest, held: tuple[Held, ...]) -> Iterator[NavItem | None]:
    office, finance = _has(held, *OFFICE_ROLES, Role.AUDITOR), _has(held, *FINANCE_ROLES)
    if office or finance:
        yield nav_item(request, _("Applications"), "grants:office_applications")
    if office:
        yield nav_item(request, _("Rounds"), "reviews:rounds")
        yield nav_item(request, _("Letters"), "payments:letters")
    if _has(held, Role.MAIL_ROOM, Role.AUDITOR):
        yield nav_item(request, _("Dispatch"), "notifications:dispatch")
    if finance or _has(held, Role.AUDITOR):
        yield nav_item(request, _("Payments"), "payments:payments")
    if office or finance:
        yield nav_item(request, _("Budget"), "payments:budgets")
        yield nav_item(request, _("Search"), "reviews:search")
    if _has(held, Role.ADMINISTRATOR, Role.AUDITOR):
        yield nav_item(request, _("Administration"), "accounts:administration")
    if _has(held, Role.ADMINISTRATOR, Role.CASE_OFFICER, Role.COORDINATOR):
        yield nav_item(request, _("Outbox"), "notifications:outbox")
