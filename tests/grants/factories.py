"""Files and complete drafts for tests of the applicant's way."""

import io
import secrets
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import Organisation, User
from grants import filestore, filetypes
from grants.models import Application, Attachment
from grants.states import AttachmentKind
from tests.factories import make_application

DOCX_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
XLSX_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
DOCM_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"


def make_attachment(application: Application, kind: str = AttachmentKind.STATUTES, **fields: Any) -> Attachment:
    """A row without a file on disk."""
    return Attachment.objects.create(
        application=application,
        kind=kind,
        **{
            "name": f"{kind}.pdf",
            "path": secrets.token_hex(8),
            "size": 1000,
            "content_type": filetypes.PDF.content_type,
            "sha256": "0" * 64,
            "uploaded_by": application.created_by,
        }
        | fields,
    )


def make_sendable(**fields: Any) -> Application:
    """A draft that meets every rule of its round."""
    made = make_application(**fields)
    for kind in (AttachmentKind.STATUTES, AttachmentKind.EXEMPTION):
        make_attachment(made, kind)
    return made


def sender_of(application: Application) -> User:
    """Who may send it."""
    return application.created_by


def pdf(*, password: str = "", change: Callable[[pikepdf.Pdf], None] | None = None) -> bytes:
    """A PDF of one empty page, with something put into it."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(200, 200))
        if change:
            change(made)
        made.save(out, encryption=pikepdf.Encryption(owner=password, user=password) if password else False)
    return out.getvalue()


def packed_pdf(unpacked: int) -> bytes:
    """A PDF whose outline has to be unpacked to `unpacked` bytes before it can be read."""
    objects = zlib.compress(b"5 0 " + b" " * unpacked + b"null", 9)
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R/Outlines 5 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(objects) + objects + b"\nendstream",
    ]
    out, table = b"%PDF-1.5\n", [bytes(5) + b"\xff\xff"]
    for number, body in enumerate(bodies, start=1):
        table.append(b"\x01" + len(out).to_bytes(4, "big") + bytes(2))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table += [b"\x02" + (4).to_bytes(4, "big") + bytes(2), b"\x01" + len(out).to_bytes(4, "big") + bytes(2)]
    rows = b"".join(table)
    head = b"<</Type/XRef/Size 7/W[1 4 2]/Root 1 0 R/Length %d>>" % len(rows)
    start = len(out)
    return out + b"6 0 obj\n" + head + b"stream\n" + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % start


def _picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(out, kind)
    return out.getvalue()


def png() -> bytes:
    """A small picture."""
    return _picture("PNG")


def jpg() -> bytes:
    """A small photograph."""
    return _picture("JPEG")


def archive(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def organisation_of(application: Application) -> Organisation:
    """Its organisation, which every application of these tests has."""
    assert application.organisation is not None
    return application.organisation


def office(main: str = DOCX_MAIN, more: dict[str, bytes] | None = None) -> bytes:
    """A modern office file, as far as the check looks at it."""
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    return archive({"[Content_Types].xml": types.encode(), "word/document.xml": b"<w/>", **(more or {})})


def odt(more: dict[str, bytes] | None = None) -> bytes:
    return archive({"mimetype": filetypes.ODT.content_type.encode(), "content.xml": b"<o/>", **(more or {})})


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def stored(content: bytes | None = None, name: str = "satzung.pdf") -> filestore.Stored:
    """A file in the store."""
    return filestore.store(upload(name, pdf() if content is None else content))
