"""Letters and notices for tests."""

import dataclasses
import itertools
from datetime import date
from typing import Any

from django.db import transaction

from accounts import clock
from accounts.models import Fund, User
from accounts.states import Role
from notifications import letters, outbox, rendering
from notifications.models import Document, Letter, Notice
from notifications.states import DocumentKind
from tests.factories import make_fund, make_staff
from tests.notifications import letters as samples

_numbers = itertools.count(1)
LETTER_DAY = date(2026, 9, 1)


def make_notice(
    to: User | str = "verein@example.org",
    *,
    fund: Fund | None = None,
    subject: str = "Ein Hinweis",
    body: str = "Guten Tag,\n\nhier ist ein Hinweis.\n",
    erase_body: bool = False,
    key: str = "",
    link: str = "",
    **fields: Any,
) -> Notice:
    """A notice that is owed; `fields` are written past the door."""
    key = key or f"test:{next(_numbers)}"
    with transaction.atomic():
        outbox.write(
            "N01", key=key, to=to, subject=subject, body=body, language="de",
            fund=fund, erase_body=erase_body, link=link,
        )  # fmt: skip
    if fields:
        Notice.objects.filter(key=key).update(**fields)
    return Notice.objects.get(key=key)


def make_letter(
    fund: Fund | None = None,
    *,
    author: User | None = None,
    signatory: User | None = None,
    rendered: bool = True,
    kind: str = DocumentKind.AWARD,
    **fields: Any,
) -> Letter:
    """A drafted letter, rendered unless told otherwise; `fields` (as `state`) are written past the door."""
    fund = fund or make_fund()
    author = author or make_staff(fund, Role.CASE_OFFICER)
    signatory = signatory or make_staff(fund, Role.SIGNATORY)
    number = next(_numbers)
    award = kind == DocumentKind.AWARD
    sample = samples.award() if award else samples.rejection()
    with transaction.atomic():
        letter = letters.draft(
            kind, key=f"letter:{number}", fund=fund, case_key=f"case:{number}",
            number=f"F-2026-{number:04}-{kind}-1", title="Sommerfest", addressee="Kulturbrücke Linden e. V.",
            amount_cents=samples.award().amount_cents if award else None,
            data=dataclasses.replace(sample, letter_date=LETTER_DAY).to_json(),
            author=author, signatory=signatory, letter_date=LETTER_DAY,
        )  # fmt: skip
    if rendered:
        mark_rendered(letter.document)
    if fields:
        Letter.objects.filter(pk=letter.pk).update(**fields)
        letter = Letter.objects.get(pk=letter.pk)
    return letter


def mark_rendered(document: Document) -> None:
    """As after the worker, without drawing: many letters for a list."""
    Document.objects.filter(pk=document.pk).update(
        file=f"letters/2026/{document.pk:08}.pdf", sha256="0" * 64, rendered_at=clock.now()
    )
    document.refresh_from_db()


def render_all() -> None:
    """As the worker does."""
    rendering.render_due(seconds=60)
