"""The fixed wording of the letters: one file for each letter and version, never changed once used.

A file is plain text that a legal office can read: ``== key`` starts a text, an empty line a paragraph,
``{name}`` is filled in. A new wording is a new file; letters name the version they were written with.
"""

from functools import cache
from pathlib import Path
from typing import Final

from notifications.pdf.data import OpenPlaceholder

#: The version that new letters are written with.
TEMPLATE_VERSION: Final = "2026-1"

_FOLDER = Path(__file__).resolve().parent


class UnknownTemplate(ValueError):
    """A letter names a version of its wording that does not exist."""


class Texts:
    """The texts of one letter with their values."""

    def __init__(self, kind: str, version: str, values: dict[str, str]) -> None:
        self._name = f"{kind}/{version}"
        self._texts = _read(kind, version)
        self._values = values

    def paragraphs(self, key: str) -> tuple[str, ...]:
        """The paragraphs of a text, filled in. Raises: OpenPlaceholder where a value is missing."""
        try:
            return tuple(part.format_map(self._values) for part in self._texts[key])
        except KeyError as missing:
            raise OpenPlaceholder(f"{self._name} {key}", str(missing)) from missing

    def __getitem__(self, key: str) -> str:
        """A text of one paragraph."""
        (text,) = self.paragraphs(key)
        return text


def versions(kind: str) -> tuple[str, ...]:
    """All versions of a letter's wording that exist, the oldest first."""
    return tuple(sorted(path.stem for path in (_FOLDER / kind).glob("*.txt")))


@cache
def _read(kind: str, version: str) -> dict[str, tuple[str, ...]]:
    if version not in versions(kind):
        raise UnknownTemplate(f"{kind}/{version}")
    texts: dict[str, tuple[str, ...]] = {}
    for part in (_FOLDER / kind / f"{version}.txt").read_text(encoding="utf-8").split("== ")[1:]:
        key, _, body = part.partition("\n")
        texts[key.strip()] = tuple(paragraph.strip() for paragraph in body.strip().split("\n\n"))
    return texts
