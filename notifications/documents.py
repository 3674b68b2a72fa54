"""Orders documents: a row with frozen data, rendered once by the worker."""

from typing import Any

from django.db import IntegrityError, connection, transaction

from accounts import clock, trace
from accounts.models import Fund
from notifications import pdf, wakeup
from notifications.exceptions import BadLetter
from notifications.models import Document


def order(kind: str, *, key: str, fund: Fund, case_key: str, data: dict[str, Any]) -> Document:
    """Order a PDF from frozen data, inside the transaction of its event.

    Args:
        kind: of the document (DocumentKind: L01, L02, C01).
        key: unique; a repeat returns the first row.
        fund: whose staff may read it.
        case_key: of the case it belongs to.
        data: ``to_json()`` of the frozen dataclass in `notifications.pdf`.

    Raises:
        BadLetter: it could never be drawn from this data.
        RuntimeError: outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a document is ordered inside its event's transaction")
    known = Document.objects.filter(key=key).first()
    if known is not None:
        return known
    try:
        pdf.check(kind, data)
    except (pdf.BadLetterData, pdf.OpenPlaceholder, pdf.UnknownTemplate) as error:
        raise BadLetter from error
    now = clock.now()
    document = Document(
        key=key, kind=kind, fund=fund, case_key=case_key, data=data, created_at=now, next_try_at=now,
        request_id=trace.current(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            document.save(force_insert=True)
    except IntegrityError:
        # The same event was faster elsewhere: its row stands.
        return Document.objects.get(key=key)
    wakeup.after_commit(wakeup.DOCUMENTS)
    return document
