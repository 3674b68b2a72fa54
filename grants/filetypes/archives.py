"""Office files, which are ZIP archives: what kind, and nothing in them that runs or is fetched from elsewhere.

Nothing is unpacked: of an archive only the directory and some small members are read.
"""

import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from grants.exceptions import BadFile, UnknownKind
from grants.filetypes.kinds import BROKEN, DOCX, ENCRYPTED, HIDDEN, MACROS, ODT, PACKED, REMOTE, XLSX, Kind

_MAX_MEMBERS: Final = 3000
_MAX_UNPACKED: Final = 300 * 1024 * 1024
_MAX_RATIO: Final = 150
_MAX_MEMBER_READ: Final = 1024 * 1024

# The declaration of the main part in [Content_Types].xml; files with macros declare another one.
_MAIN_PARTS: Final = {
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": DOCX,
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": XLSX,
}
_MACRO_PARTS: Final = ("vbaproject", "vbadata", "macrosheets/", "activex/")
_ODT_SCRIPTS: Final = ("basic/", "scripts/")
# What writers and spreadsheets really put into their files: parts, pictures, fonts, the tables behind charts.
_PARTS: Final = frozenset(
    (
        "xml", "rels", "rdf", "vml", "jpg", "jpeg", "jfif", "png", "gif", "bmp", "tif", "tiff", "emf", "wmf", "wdp",
        "svg", "odttf", "ttf", "otf", "docx", "xlsx",
    )
)  # fmt: skip
_PRINTER: Final = "printersettings"
_ODT_PARTS: Final = frozenset(("mimetype", "layout-cache"))
# ECMA-376 part 2, 9.3: the last word of a relationship's type. Links that somebody has to click may point outside.
_CLICKED: Final = "hyperlink"
_RUNS: Final = frozenset(("vbaproject", "oleobject", "control", "attachedtoolbars"))


def check(path: Path) -> Kind:
    """Return which kind of office file it is. Raises: BadFile, with words for the person who sent it."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _refuse_bomb(members, path.stat().st_size)
            return _office(archive, [member.filename for member in members])
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError) as error:
        raise BadFile(BROKEN) from error
    except (ParseError, DefusedXmlException, UnicodeError, LookupError) as error:
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
        _refuse_parts(names, macros=lambda name: name.startswith(_ODT_SCRIPTS))
        return ODT
    if "[Content_Types].xml" not in names:
        raise UnknownKind
    declared = _read(archive, "[Content_Types].xml")
    if b"macroenabled" in declared.lower():
        raise BadFile(MACROS)
    _refuse_parts(names, macros=lambda name: any(part in name for part in _MACRO_PARTS))
    _refuse_targets(archive, names)
    for mark, kind in _MAIN_PARTS.items():
        if mark in declared:
            return kind
    raise UnknownKind


def _refuse_parts(names: list[str], *, macros: Callable[[str], bool]) -> None:
    if any(macros(name.lower()) for name in names):
        raise BadFile(MACROS)
    for name in names:
        part = PurePosixPath(name.lower())
        # The relations of the whole file have an ending and no name.
        ending = part.suffix.removeprefix(".") or part.name.removeprefix(".")
        known = ending in _PARTS or name in _ODT_PARTS or name.endswith("/")
        # A drawing beside an embedded table, written without an ending.
        drawn = part.parent.name == "objectreplacements" and not part.suffix
        printer = part.suffix == ".bin" and part.name.startswith(_PRINTER)
        if not (known or drawn or printer):
            raise BadFile(HIDDEN)


def _refuse_targets(archive: zipfile.ZipFile, names: list[str]) -> None:
    for name in names:
        if name.lower().endswith(".rels"):
            _refuse_relations(_read(archive, name))
        elif "/externallinks/" in name.lower():
            _refuse_commands(_read(archive, name))


def _refuse_relations(data: bytes) -> None:
    for relation in fromstring(data):
        kind = relation.get("Type", "").rsplit("/", 1)[-1].lower()
        if kind in _RUNS:
            raise BadFile(MACROS)
        if relation.get("TargetMode", "").lower() == "external" and kind != _CLICKED and "externallink" not in kind:
            raise BadFile(REMOTE)


def _refuse_commands(data: bytes) -> None:
    """Refuse links of a spreadsheet that start another program; those to another table stay a click."""
    if any(element.tag.rsplit("}", 1)[-1] in ("ddeLink", "oleLink") for element in fromstring(data).iter()):
        raise BadFile(REMOTE)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    # A directory may lie about sizes, so the reading itself is bounded.
    with archive.open(name) as member:
        data = member.read(_MAX_MEMBER_READ + 1)
    if len(data) > _MAX_MEMBER_READ:
        raise BadFile(PACKED)
    return data
