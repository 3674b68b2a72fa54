"""The letter door: drafts a letter whose data, number, date and signatory never change again."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import audit, bulk, clock
from accounts.models import Fund, User
from notifications import documents, pdf
from notifications.dates import DEEMED_DAYS
from notifications.exceptions import BadLetter
from notifications.models import Letter


def draft(
    kind: str,
    *,
    key: str,
    fund: Fund,
    case_key: str,
    number: str,
    title: str,
    addressee: str,
    amount_cents: int | None,
    data: dict[str, Any],
    author: User,
    signatory: User,
    letter_date: date,
    deemed_days: int = DEEMED_DAYS,
) -> Letter:
    """Draft a letter inside the open transaction; the worker renders it at once.

    Args:
        kind: L01 or L02.
        key: unique; a repeat returns the first letter.
        fund: whose staff handle it.
        case_key: of the case.
        number: of the letter; unique.
        title: what it is about, for lists.
        addressee: name of the legal entity, for lists.
        amount_cents: granted amount, None for a rejection; decides who may sign.
        data: ``to_json()`` of the frozen dataclass in `notifications.pdf`.
        author: who wrote it; never approves it.
        signatory: whose name stands under it.
        letter_date: the Berlin day printed on it.
        deemed_days: on which day after posting it counts as announced.

    Raises:
        BadLetter: it could never be drawn from this data.
        RuntimeError: outside a transaction.
    """
    _refuse_undrawable(kind, data)
    document = documents.order(kind, key=key, fund=fund, case_key=case_key, data=data)
    known = Letter.objects.filter(document=document).first()
    if known is not None:
        return known
    letter = Letter.objects.create(
        fund=fund,
        case_key=case_key,
        kind=kind,
        number=number,
        title=title[:200],
        addressee=addressee[:200],
        amount_cents=amount_cents,
        document=document,
        letter_date=letter_date,
        deemed_days=deemed_days,
        created_at=clock.now(),
        author=author,
        signatory=signatory,
    )
    audit.record("draft", letter, by=author, data={"number": number, "letter_date": str(letter_date)})
    return letter


def _refuse_undrawable(kind: str, data: dict[str, Any]) -> None:
    """Compose the letter once, so that a text with a placeholder left is refused while it can be mended."""
    try:
        pdf.html_twin(kind, data)
    except pdf.OpenPlaceholder as error:
        raise BadLetter(
            _("A placeholder is left in the text: %(placeholder)s. Please fill it in.")
            % {"placeholder": error.placeholder}
        ) from error
    except (pdf.BadLetterData, pdf.UnknownTemplate) as error:
        raise BadLetter from error


def keep_many(letters: Iterable[Mapping[str, Any]]) -> int:
    """Keep letters that come with imported or first data, each by the fields of its row; return how many.

    Their documents and history are the caller's to keep.
    """
    return bulk.write([Letter(**fields) for fields in letters])
