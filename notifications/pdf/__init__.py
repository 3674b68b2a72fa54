"""Letters as accessible PDF and HTML, drawn from frozen data and nothing else.

Pure: no database, no clock, no settings beyond the template engine for the HTML twin. The same data
gives the same bytes. A letter row stores ``data.to_json()``; ``render`` draws it.
"""

from functools import lru_cache
from threading import Lock
from typing import Final

from django.utils.safestring import SafeString

from notifications.pdf import award, blank, note, receipt, rejection
from notifications.pdf.blank import BlankForm
from notifications.pdf.blocks import Document
from notifications.pdf.data import (
    Address,
    AwardLetterData,
    DocumentData,
    Instalment,
    LetterData,
    NoteData,
    NotePart,
    OpenPlaceholder,
    PlanLine,
    PlanTable,
    ReceiptData,
    RejectionLetterData,
    Row,
    Section,
    Sender,
)
from notifications.pdf.html import twin
from notifications.pdf.layout import lay_out
from notifications.pdf.paint import paint
from notifications.pdf.strictjson import BadLetterData
from notifications.pdf.tags import finish
from notifications.pdf.texts import TEMPLATE_VERSION, UnknownTemplate
from notifications.states import DocumentKind

__all__ = [
    "TEMPLATE_VERSION",
    "Address",
    "AwardLetterData",
    "BadLetterData",
    "Instalment",
    "NoteData",
    "NotePart",
    "OpenPlaceholder",
    "PlanLine",
    "PlanTable",
    "ReceiptData",
    "RejectionLetterData",
    "Row",
    "Section",
    "Sender",
    "UnknownTemplate",
    "build_award",
    "build_blank",
    "build_receipt",
    "build_rejection",
    "build_sheet",
    "check",
    "html_twin",
    "load_data",
    "render",
]

#: The office's codes of the documents (``notifications.states.DocumentKind``), with data and wording.
_KINDS: Final[dict[str, tuple[type[DocumentData], str]]] = {
    DocumentKind.AWARD: (AwardLetterData, award.KIND),
    DocumentKind.REJECTION: (RejectionLetterData, rejection.KIND),
    DocumentKind.RECEIPT: (ReceiptData, receipt.KIND),
    DocumentKind.CHECK_NOTE: (NoteData, note.KIND),
}


def build_award(data: AwardLetterData) -> bytes:
    """L01 as a tagged PDF/A-3b. Raises: OpenPlaceholder, UnknownTemplate."""
    return _draw(award.compose(data))


def build_rejection(data: RejectionLetterData) -> bytes:
    """L02 as a tagged PDF/A-3b. Raises: OpenPlaceholder, UnknownTemplate."""
    return _draw(rejection.compose(data))


def build_receipt(data: ReceiptData) -> bytes:
    """The receipt with the copy of the application as a tagged PDF/A-3b. Raises: UnknownTemplate."""
    return _draw(receipt.compose(data))


@lru_cache(maxsize=32)
def build_blank(form: BlankForm) -> bytes:
    """The form to fill in by hand, as a tagged PDF/A-3b; drawn once for all who ask for the same."""
    return build_sheet(blank.compose(form))


def build_sheet(document: Document) -> bytes:
    """A sheet without a recipient, as a tagged PDF/A-3b."""
    return _draw(document)


def load_data(kind: str, data_json: object) -> LetterData:
    """The frozen data of a stored letter.

    Args: kind, a value of ``DocumentKind``.
    Raises: BadLetterData, also for what is no letter.
    """
    found = _load(kind, data_json)
    if isinstance(found, NoteData):
        raise BadLetterData(f"{kind}: no letter")
    return found


def _load(kind: str, data_json: object) -> DocumentData:
    if kind not in _KINDS:
        raise BadLetterData(f"{kind}: no such kind of letter")
    return _KINDS[kind][0].from_json(data_json)


def check(kind: str, data_json: object) -> None:
    """Refuse at once what could never be drawn, so that no worker stumbles over it later.

    Raises: BadLetterData, OpenPlaceholder, UnknownTemplate.
    """
    _compose(_load(kind, data_json))


def render(kind: str, data_json: object) -> bytes:
    """The PDF of a stored letter. Raises: BadLetterData, OpenPlaceholder, UnknownTemplate."""
    return _draw(_compose(_load(kind, data_json)))


def html_twin(kind: str, data_json: object) -> SafeString:
    """The same letter as an HTML fragment, its headings below an ``h1`` of the page around it.

    Raises: BadLetterData, OpenPlaceholder, UnknownTemplate.
    """
    document = _compose(_load(kind, data_json))
    return twin(_KINDS[kind][1], document)


def _compose(data: DocumentData) -> Document:
    match data:
        case AwardLetterData():
            return award.compose(data)
        case RejectionLetterData():
            return rejection.compose(data)
        case ReceiptData():
            return receipt.compose(data)
        case NoteData():
            return note.compose(data)


# ReportLab's fonts, which all documents of a process share, remember which signs a document has used: drawn by two
# threads of a web server at once, they lose count. Drawing is computing, so nobody waits longer for taking turns.
_ALONE: Final = Lock()


def _draw(document: Document) -> bytes:
    with _ALONE:
        layout = lay_out(document)
        return finish(paint(layout, document), layout, document)
