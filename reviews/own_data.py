"""Everything that is kept about a person, over all floors: as data, and as a sheet to read."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import days, languages
from accounts.models import User
from accounts.money import format_cents
from accounts.queries import own_data
from accounts.states import MemberRole, Role
from accounts.wording import sentence
from grants.bodies import own_seats
from grants.own_data import own_cases, own_filters, own_papers
from grants.receipts import sections
from grants.version_sheet import part_blocks
from notifications.own_data import own_invitations, own_notices
from notifications.pdf.blocks import Block, Document, Facts, Heading, Items, Para
from notifications.pdf.data import Sender
from payments.own_data import own_accounts, own_awards, own_letters

_EMPTY: Final = "–"
_SENDER: Final = {
    "department": "", "street": "", "postcode": "", "city": "", "officer": "", "phone": "", "mail": "", "closing": "",
    "signatory": "", "function": "",
}  # fmt: skip


def everything(person: User) -> dict[str, Any]:
    """Return what is kept about a person, for their own export (Art. 15 and 20 GDPR)."""
    factors = Authenticator.objects.filter(user=person).order_by("pk").values_list("type", "created_at")
    return own_data(person) | {
        "second_factors": [{"kind": kind, "since": since.isoformat()} for kind, since in factors],
        "papers": own_papers(person),
        "applications": own_cases(person),
        "kept_filters": own_filters(person),
        "letters": own_letters(person),
        "awards": own_awards(person),
        "bank_accounts": own_accounts(person),
        "notices": own_notices(person),
        "invitations": own_invitations(person),
        "seats_in_bodies": own_seats(person),
    }


def sheet(data: Mapping[str, Any], *, today: date) -> Document:
    """Return the same as a sheet to read, in the active language.

    Args:
        data: of `everything`.
        today: the Berlin day.
    """
    title = _("What is kept about %(name)s") % {"name": data["person"]["name"] or data["person"]["email"]}
    return Document(
        title=title,
        created_date=today,
        sender=Sender(authority=settings.SITE_NAME, web=settings.SITE_URL, **_SENDER),
        recipient=None,
        info=(),
        subject=title,
        blocks=tuple(_blocks(data)),
        language=languages.tag_of(get_language() or settings.LANGUAGE_CODE),
        page_words=_("Page {number} of {total}"),
    )


def _blocks(data: Mapping[str, Any]) -> Iterator[Block]:
    yield from _person(data["person"])
    yield from _list(_("Organisations"), (_membership(row) for row in data["memberships"]))
    everywhere = _("all funds")
    roles = (f"{Role(row['role']).label}, {row['fund'] or everywhere}" for row in data["roles"])
    yield from _list(_("Roles"), roles)
    yield from _list(_("Kept filters"), (row["name"] for row in data["kept_filters"]))
    yield from _list(_("Papers of your organisations"), (_paper(row) for row in data["papers"]))
    for case in data["applications"]:
        yield from _case(case)
    yield from _list(_("Letters"), (_letter(row) for row in data["letters"]))
    yield from _list(_("Awards and payments"), (line for row in data["awards"] for line in _award(row)))
    accounts = (f"{row['holder']}, {row['account']} ({row['organisation']})" for row in data["bank_accounts"])
    yield from _list(_("Bank accounts that you entered"), accounts)
    yield from _list(_("Invitations"), (f"{_at(row['at'])}: {row['by']} → {row['to']}" for row in data["invitations"]))
    yield from _list(_("Notices by e-mail"), (f"{_at(row['at'])}: {row['subject']}" for row in data["notices"]))
    history = (f"{_at(row['at'])}: {sentence(row['action'])}, {row['subject']}" for row in data["history"])
    yield from _list(_("What you did here"), history)
    yield Para(_("The texts of the notices, and earlier versions of applications, are in the file as data (JSON)."))


def _list(title: str, lines: Iterable[str]) -> Iterator[Block]:
    found = tuple(lines)
    if found:
        yield Heading(title)
        yield Items(found)


def _person(person: Mapping[str, Any]) -> Iterator[Block]:
    yield Facts((
        (_("Name"), person["name"] or _EMPTY),
        (_("E-mail address"), person["email"]),
        (_("Phone"), person["phone"] or _EMPTY),
        (_("Language"), languages.name_of(person["language"])),
        (_("Account since"), _at(person["joined"])),
    ))  # fmt: skip


def _membership(row: Mapping[str, Any]) -> str:
    words = {"role": MemberRole(row["role"]).label, "since": _at(row["since"])}
    if row["until"]:
        told = _("%(role)s from %(since)s until %(until)s") % {**words, "until": _at(row["until"])}
    else:
        told = _("%(role)s since %(since)s") % words
    known = row["data"] or {}
    town = " ".join(known[name] for name in ("postcode", "city") if known.get(name))
    where = ", ".join(part for part in (known.get("street", ""), town) if part)
    return f"{row['organisation']}: {told}" + (f" ({where})" if where else "")


def _paper(row: Mapping[str, Any]) -> str:
    named = f"{row['kind']}: {row['name']} ({row['organisation']})"
    if row["expires"] is None:
        return named
    until = _("valid until %(day)s") % {"day": days.day(date.fromisoformat(row["expires"]))}
    return f"{named}, {until}"


def _case(case: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading(" ".join(part for part in (_("Application"), case["number"], case["title"]) if part))
    yield Facts((
        (_("Round"), f"{case['round']}, {case['fund']}"),
        (_("State"), case["state"]),
        (_("Received"), _at(case["received"]) if case["received"] else _EMPTY),
    ))  # fmt: skip
    content = case["versions"][-1]["content"] if case["versions"] else case["content"]
    for part in sections(content) if content else ():
        yield from part_blocks(part)
    if case["files"]:
        yield Heading(_("Attachments"), 3)
        yield Items(tuple(f"{file['kind']}: {file['name']}" for file in case["files"]))
    if case["messages"]:
        yield Heading(_("Messages with the office"), 3)
        yield Items(tuple(f"{_at(row['at'])}, {row['by']}: {row['text']}" for row in case["messages"]))


def _letter(row: Mapping[str, Any]) -> str:
    return f"{row['case']}: {row['kind']} {row['number']}, {days.day(date.fromisoformat(row['date']))}"


def _award(row: Mapping[str, Any]) -> Iterator[str]:
    yield f"{row['case']}: {format_cents(row['amount_cents'])}, {row['state']}"
    for payment in row["payments"]:
        yield f"{row['case']}, {payment['number']}: {format_cents(payment['amount_cents'])}, {payment['state']}"


def _at(instant: str) -> str:
    return days.instant(datetime.fromisoformat(instant))
