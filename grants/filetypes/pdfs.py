"""What a PDF would do when somebody opens it; all that a reader can come to from the trailer is looked at."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pikepdf

from grants.exceptions import BadFile
from grants.filetypes.kinds import BROKEN, ENCRYPTED, HIDDEN, PACKED, SCRIPT

_MAX_SECONDS: Final = 5.0
_MAX_STREAM: Final = 16 * 1024 * 1024
# Object streams and cross-reference streams are unpacked to find the objects in them; those of honest files hold some
# kilobytes. The bound is one for the process and is set before any thread opens a PDF.
pikepdf.settings.set_qpdf_limits(
    flate_max_memory=_MAX_STREAM, png_max_memory=_MAX_STREAM, tiff_max_memory=_MAX_STREAM,
    run_length_max_memory=_MAX_STREAM, max_stream_filters=5,
)  # fmt: skip

# ISO 32000-2, 12.6.4: actions that run a program, open another file or send something away.
_ACTIONS: Final = frozenset(
    ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/RichMediaExecute")
)
_PROGRAMS: Final = ("/JS", "/XFA", "/RichMediaContent")


def check(path: Path) -> None:
    """Refuse a PDF that cannot be read, is locked, holds a second file or runs something.

    Raises:
        BadFile: with words for the person who sent it.
    """
    try:
        with pikepdf.open(path) as pdf:
            if not len(pdf.pages):
                raise BadFile(BROKEN)
            for entry in _dictionaries(pdf):
                _refuse_harm(entry)
            # The library goes on without what it could not unpack; nobody has looked at that.
            if any("limit exceeded" in warning for warning in pdf.get_warnings()):
                raise BadFile(PACKED)
    except pikepdf.PasswordError as error:
        raise BadFile(ENCRYPTED) from error
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError) as error:
        raise BadFile(BROKEN) from error


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[dict[str, Any]]:
    """Yield each dictionary once. Gives up (PACKED) on a file that takes longer than any honest one."""
    ends = time.thread_time() + _MAX_SECONDS
    waiting: list[Any] = [pdf.trailer]
    seen: set[tuple[int, int]] = set()
    while waiting:
        if time.thread_time() > ends:
            raise BadFile(PACKED)
        thing = waiting.pop()
        if thing.is_indirect:
            if thing.objgen in seen:
                continue
            seen.add(thing.objgen)
        if isinstance(thing, pikepdf.Array):
            inside = list(thing)
        else:
            entries = dict(thing.stream_dict.items() if isinstance(thing, pikepdf.Stream) else thing.items())
            yield entries
            inside = list(entries.values())
        waiting.extend(item for item in inside if isinstance(item, (pikepdf.Array, pikepdf.Dictionary, pikepdf.Stream)))


def _refuse_harm(entries: dict[str, Any]) -> None:
    if "/EF" in entries or "/EmbeddedFiles" in entries:
        raise BadFile(HIDDEN)
    # A tag of the structure tree has its role under the same key as an action its kind.
    action = "" if entries.get("/Type") == "/StructElem" else str(entries.get("/S", ""))
    if action in _ACTIONS or any(key in entries for key in _PROGRAMS):
        raise BadFile(SCRIPT)
