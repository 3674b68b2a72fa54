"""What a file really is, judged by its content: the few kinds a fund takes, and none that could do harm."""

import zipfile
from pathlib import Path
from typing import Final

import filetype
from PIL import Image, UnidentifiedImageError

from grants.exceptions import BadFile, UnknownKind
from grants.filetypes import archives, pdfs
from grants.filetypes.kinds import (
    BROKEN,
    CSV,
    DOCX,
    ENCRYPTED,
    HIDDEN,
    JPG,
    KINDS,
    ODT,
    PDF,
    PHOTO,
    PNG,
    XLSX,
    Kind,
)
from grants.filetypes.texts import is_text

__all__ = ["CSV", "DOCX", "JPG", "KINDS", "ODT", "PDF", "PNG", "XLSX", "Kind", "inspect", "is_text"]

_HEAD: Final = 8192
_BY_EXTENSION: Final = {kind.extension: kind for kind in (PDF, JPG, PNG)}
# ISO/IEC 23008-12, 10: the brands of photos as telephones keep them.
_PHOTOS: Final = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypmif1", b"ftypmsf1", b"ftypavif")


def inspect(path: Path) -> Kind:
    """Return what the file is. Raises: BadFile, with words for the person who sent it; UnknownKind, without."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(b"PK\x03\x04"):
        if b"%PDF-" in head[:1024]:
            raise BadFile(HIDDEN)
        return archives.check(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        # The old office container; an encrypted new document looks the same from outside.
        if b"E\0n\0c\0r\0y\0p\0t" in path.read_bytes():
            raise BadFile(ENCRYPTED)
        raise UnknownKind
    if head[4:12] in _PHOTOS:
        raise BadFile(PHOTO)
    kind = _BY_EXTENSION.get(filetype.guess_extension(head) or "")
    if kind is None:
        raise UnknownKind
    _refuse_second_file(path, head, kind)
    if kind == PDF:
        pdfs.check(path)
    else:
        _check_picture(path)
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


def _check_picture(path: Path) -> None:
    """Read the frame of a picture, not its points: those are the reader's business."""
    try:
        with Image.open(path, formats=("PNG", "JPEG")) as picture:
            picture.verify()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise BadFile(BROKEN) from error
