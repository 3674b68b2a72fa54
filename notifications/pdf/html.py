"""The accessible HTML twin: the same blocks of the same data as the PDF, as a fragment for a page."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from notifications.pdf.blocks import Document


def twin(kind: str, document: Document) -> SafeString:
    """The letter as HTML. Everything is escaped by the template engine.

    Args: kind, names the template ``notifications/letter_<kind>.html``.
    """
    blocks = [(type(block).__name__, block) for block in document.blocks]
    context = {"letter": document, "blocks": blocks}
    return render_to_string(f"notifications/letter_{kind}.html", context)
