"""Plain text with a little structure, drawn without any markup of its author.

A line starting with `# ` is a heading, lines starting with `- ` are a list, an empty line starts a paragraph.
`[[…]]` marks what the operator of an installation has to fill in or confirm.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

_OPEN = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `open` when the operator still has to fill it in."""

    text: str
    open: bool = False


@dataclass(frozen=True)
class Block:
    """A heading, a list or a paragraph: `kind` is heading, list or text; each line is its pieces."""

    kind: str
    lines: tuple[tuple[Piece, ...], ...]


def _pieces(line: str) -> tuple[Piece, ...]:
    # split() with one group alternates: outside, inside, outside, …
    parts = _OPEN.split(line)
    return tuple(Piece(part, open=index % 2 == 1) for index, part in enumerate(parts) if part)


def _kind(line: str) -> str:
    if not line.strip():
        return ""
    if line.startswith("# "):
        return "heading"
    return "list" if line.startswith("- ") else "text"


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a text in order."""
    for kind, group in groupby(text.splitlines(), key=_kind):
        lines = [line.strip() for line in group]
        if kind == "heading":
            for line in lines:
                yield Block(kind, (_pieces(line.removeprefix("# ")),))
        elif kind:
            yield Block(kind, tuple(_pieces(line.removeprefix("- ") if kind == "list" else line) for line in lines))


def has_open_places(text: str) -> bool:
    """Tell whether the operator still has to fill something in."""
    return _OPEN.search(text) is not None
