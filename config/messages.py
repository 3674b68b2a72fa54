"""Compile translations: a fresh machine has no msgfmt. Run it with ``python -m config.messages``."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parents[1] / "locale"


def compile_messages(folder: Path = LOCALE) -> int:
    """Compile every catalogue that is newer than its compiled form; return how many there were."""
    stale = [path for path in sorted(folder.glob("*/LC_MESSAGES/*.po")) if is_stale(path)]
    for path in stale:
        with path.open("rb") as source:
            catalogue = read_po(source)
        # By rename: other processes may be reading the old file.
        part = path.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as target:
            write_mo(target, catalogue)
        part.replace(path.with_suffix(".mo"))
    return len(stale)


def is_stale(path: Path) -> bool:
    """Tell whether a catalogue is newer than its compiled form."""
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime


if __name__ == "__main__":
    compile_messages()
