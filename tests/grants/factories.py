"""Files and complete drafts for tests of the applicant's way."""

import io
import secrets
import zipfile
from typing import Any

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile

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


def pdf(*, password: str = "", script: bool = False) -> bytes:
    """A PDF of one empty page."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(200, 200))
        if script:
            action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
            made.Root.OpenAction = action
        made.save(out, encryption=pikepdf.Encryption(owner=password, user=password) if password else False)
    return out.getvalue()


def png() -> bytes:
    """A picture of one pixel."""
    return bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0"
        "000003010100c9fe92ef0000000049454e44ae426082"
    )


def jpg() -> bytes:
    """The frame of a picture: what the check looks at."""
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\0" * 40 + b"\xff\xd9"


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
