"""The kinds of file that a fund takes, and the words for those that it does not."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

BROKEN: Final = _("The file cannot be read. Please open it on your device, save it again and send the new file.")
HIDDEN: Final = _("The file holds a second file inside. Please save it as PDF and send that.")
MACROS: Final = _("The file contains macros. Please save it without macros, or as PDF.")
REMOTE: Final = _("The file loads something from elsewhere when it is opened. Please save it as PDF and send that.")
PACKED: Final = _("The file is packed in a way that could do harm. Please save it as PDF and send that.")
ENCRYPTED: Final = _("The file is protected by a password. Please send it without password.")
PHOTO: Final = _(
    "This is a photo in the form HEIC, which not every device can open. Please take the photo again with the button "
    "“Take a photo”, or save it as JPG and send that."
)
SCRIPT: Final = _("The PDF contains a program. Please print it to a new PDF and send that.")


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken."""

    extension: str
    content_type: str


PDF: Final = Kind("pdf", "application/pdf")
JPG: Final = Kind("jpg", "image/jpeg")
PNG: Final = Kind("png", "image/png")
DOCX: Final = Kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
XLSX: Final = Kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
ODT: Final = Kind("odt", "application/vnd.oasis.opendocument.text")
KINDS: Final = (PDF, JPG, PNG, DOCX, XLSX, ODT)
# Lists alone, never a paper of an application: a text has no mark by which it is known.
CSV: Final = Kind("csv", "text/csv")
