"""Texts have no mark by which they are known: what may be one is told by the signs that it does not hold."""

from pathlib import Path
from typing import Final

_HEAD: Final = 4096
_UNSEEN: Final = frozenset(range(32)) - {9, 10, 11, 12, 13, 26}


def is_text(path: Path) -> bool:
    """Tell whether a file may be a text, in UTF-8, UTF-16 or a code page."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return is_wide(head) or _UNSEEN.isdisjoint(head)


def is_wide(data: bytes) -> bool:
    """Tell UTF-16: by its mark, or because of two bytes of a Latin letter one is zero, always the same one."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    head = data[:_HEAD]
    few, many = sorted((head[::2].count(0), head[1::2].count(0)))
    return few == 0 and many > len(head) // 4
