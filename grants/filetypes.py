"""What a file really is, judged by its content: the few kinds a fund takes, and none that could do harm.

Nothing is unpacked: of archives only the directory and two small members are read.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import filetype
import pikepdf
from django.utils.translation import gettext_lazy as _

from grants.exceptions import BadFile

_HEAD: Final = 8192
_MAX_MEMBERS: Final = 3000
_MAX_UNPACKED: Final = 300 * 1024 * 1024
_MAX_RATIO: Final = 150
_MAX_MEMBER_READ: Final = 1024 * 1024

NOT_TAKEN: Final = _("This kind of file is not taken. Please send PDF, JPG, PNG, DOCX, XLSX or ODT.")
BROKEN: Final = _("The file cannot be read. Please open it on your device, save it again and send the new file.")
HIDDEN: Final = _("The file holds a second file inside. Please save it as PDF and send that.")
MACROS: Final = _("The file contains macros. Please save it without macros, or as PDF.")
PACKED: Final = _("The file is packed in a way that could do harm. Please save it as PDF and send that.")
ENCRYPTED: Final = _("The file is protected by a password. Please send it without password.")
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
_BY_EXTENSION: Final = {kind.extension: kind for kind in (PDF, JPG, PNG, DOCX, XLSX, ODT)}
# The declaration of the main part in [Content_Types].xml; files with macros declare another one.
_MAIN_PARTS: Final = {
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": DOCX,
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": XLSX,
}
_MACRO_PARTS: Final = ("vbaproject", "vbadata", "macrosheets/", "activex/")
_ODT_SCRIPTS: Final = ("basic/", "scripts/")


def inspect(path: Path) -> Kind:
    """Return what the file is. Raises: BadFile, with words for the person who sent it."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _archive(path, head)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        # The old office container; an encrypted new document looks the same from outside.
        raise BadFile(ENCRYPTED if b"E\0n\0c\0r\0y\0p\0t" in path.read_bytes() else NOT_TAKEN)
    guessed = filetype.guess_extension(head)
    kind = _BY_EXTENSION.get(guessed or "")
    if kind not in (PDF, JPG, PNG):
        raise BadFile(NOT_TAKEN)
    _refuse_second_file(path, head, kind)
    if kind == PDF:
        _check_pdf(path)
    return kind


def _refuse_second_file(path: Path, head: bytes, kind: Kind) -> None:
    """A file that is two things at once is read differently by every program."""
    lower = head.lower()
    if zipfile.is_zipfile(path) or b"<script" in lower or b"<html" in lower:
        raise BadFile(HIDDEN)
    if kind == PDF and not head.startswith(b"%PDF-"):
        raise BadFile(HIDDEN)
    if kind != PDF and b"%PDF-" in head:
        raise BadFile(HIDDEN)
    if kind == PNG and not _ends_with(path, b"IEND\xaeB`\x82"):
        raise BadFile(HIDDEN)
    if kind == JPG and not _ends_with(path, b"\xff\xd9"):
        raise BadFile(BROKEN)


def _ends_with(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 64))
        # Some cameras pad the end with zeros.
        return file.read().rstrip(b"\0\r\n").endswith(mark)


def _check_pdf(path: Path) -> None:
    try:
        with pikepdf.open(path) as pdf:
            if not len(pdf.pages):
                raise BadFile(BROKEN)
            _refuse_scripts(pdf)
    except pikepdf.PasswordError as error:
        raise BadFile(ENCRYPTED) from error
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError) as error:
        raise BadFile(BROKEN) from error


def _refuse_scripts(pdf: pikepdf.Pdf) -> None:
    root = pdf.Root
    names = root.get("/Names")
    has_names = isinstance(names, pikepdf.Dictionary) and ("/JavaScript" in names or "/EmbeddedFiles" in names)
    opening = root.get("/OpenAction")
    runs = isinstance(opening, pikepdf.Dictionary) and opening.get("/S") in ("/JavaScript", "/Launch")
    if has_names or runs or "/AA" in root:
        raise BadFile(SCRIPT)


def _archive(path: Path, head: bytes) -> Kind:
    if b"%PDF-" in head[:1024]:
        raise BadFile(HIDDEN)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _refuse_bomb(members, path.stat().st_size)
            return _office(archive, [member.filename for member in members])
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError) as error:
        raise BadFile(BROKEN) from error
    except RuntimeError as error:
        # The standard library's word for a member with a password.
        raise BadFile(ENCRYPTED) from error


def _refuse_bomb(members: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > _MAX_MEMBERS or unpacked > _MAX_UNPACKED or unpacked > max(size, 1024) * _MAX_RATIO:
        raise BadFile(PACKED)
    if any(member.filename.startswith("/") or ".." in member.filename.split("/") for member in members):
        raise BadFile(PACKED)


def _office(archive: zipfile.ZipFile, names: list[str]) -> Kind:
    if "mimetype" in names and _read(archive, "mimetype").strip() == ODT.content_type.encode():
        if any(name.lower().startswith(_ODT_SCRIPTS) for name in names):
            raise BadFile(MACROS)
        return ODT
    if "[Content_Types].xml" not in names:
        raise BadFile(NOT_TAKEN)
    declared = _read(archive, "[Content_Types].xml")
    if b"macroenabled" in declared.lower() or any(part in name.lower() for name in names for part in _MACRO_PARTS):
        raise BadFile(MACROS)
    for mark, kind in _MAIN_PARTS.items():
        if mark in declared:
            return kind
    raise BadFile(NOT_TAKEN)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    # A directory may lie about sizes, so the reading itself is bounded.
    with archive.open(name) as member:
        data = member.read(_MAX_MEMBER_READ + 1)
    if len(data) > _MAX_MEMBER_READ:
        raise BadFile(PACKED)
    return data
