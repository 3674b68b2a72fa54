"""A request for documents as a letter, for who applied on paper and reads nothing online."""

from collections.abc import Iterator
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from grants.models import Application, DocumentRequest
from grants.receipts import address_of, sender_of
from grants.sections import FIELDS, Section, expand
from grants.states import AttachmentKind
from grants.words import heading_of
from notifications.dates import fmt_day_long
from notifications.pdf.blocks import Block, Document, Items, Para, Signature, info_block


def request_letter(application: Application, asked: DocumentRequest, *, today: date) -> Document:
    """Return the letter, in German: what is missing, in the officer's words and as a list, and until when.

    Args:
        application: sent, with its fund and organisation.
        asked: the open request.
        today: the Berlin day.
    """
    sender = sender_of(application.fund)
    if application.organisation is None:
        raise ValueError("a letter goes to an organisation")
    with translation.override("de"):
        subject = _("Please complete your application")
        return Document(
            title=f"{application.case_number} {subject}",
            created_date=today,
            sender=sender,
            recipient=address_of(application.organisation),
            info=info_block(sender, application.case_number or "", today),
            subject=subject,
            blocks=tuple(_blocks(application, asked)),
        )


def _blocks(application: Application, asked: DocumentRequest) -> Iterator[Block]:
    sender = sender_of(application.fund)
    yield Para(_("Dear Sir or Madam,"))
    yield Para(
        _("something is missing in your application “%(title)s”, or must be changed:") % {"title": application.title}
    )
    yield from (Para(line) for line in asked.message.splitlines() if line.strip())
    yield Para(_("It is about these entries and documents:"))
    yield Items(tuple(_names(asked)))
    yield Para(
        _("Please send it by %(day)s, with the case number. If you need more time, write or call us before that day.")
        % {"day": fmt_day_long(asked.due_date)},
        strong=True,
    )
    yield Signature(_("Kind regards"), "", sender.authority, sender.department)


def _names(asked: DocumentRequest) -> Iterator[str]:
    """Yield what is asked for in the order of the form; the plan as a whole."""
    fields = expand(asked.fields) - {AttachmentKind.SCAN}
    for section in Section:
        found = [name for name in FIELDS[section] if name in fields]
        if section == Section.PLAN and found:
            yield str(section.label)
        elif section == Section.FILES:
            yield from (str(AttachmentKind(name).label) for name in found)
        elif found:
            yield from (heading_of(Application, name) for name in found)
