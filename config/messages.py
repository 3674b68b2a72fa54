"""Compile translations: a fresh machine has no msgfmt. Run it with ``python -m config.messages``.

A catalogue of a kind of a language (de_Easy) may hold few texts. What it does not hold is compiled in from the language
itself (de): otherwise the texts of the libraries, which know only the language, would come before ours.
"""

import os
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parents[1] / "locale"


def compile_messages(folder: Path = LOCALE) -> int:
    """Compile every catalogue that is newer than its compiled form; return how many there were."""
    stale = [path for path in sorted(folder.glob("*/LC_MESSAGES/*.po")) if is_stale(path)]
    for path in stale:
        catalogue = _whole(path)
        # By rename: other processes may be reading the old file.
        part = path.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as target:
            write_mo(target, catalogue)
        part.replace(path.with_suffix(".mo"))
    return len(stale)


def is_stale(path: Path) -> bool:
    """Tell whether a catalogue is newer than its compiled form."""
    compiled = path.with_suffix(".mo")
    if not compiled.exists():
        return True
    return compiled.stat().st_mtime < max(known.stat().st_mtime for known in (path, _of_the_language(path)))


def _of_the_language(path: Path) -> Path:
    """Return the catalogue that a sparse one is a kind of; itself when it is none."""
    name = path.parents[1].name.partition("_")[0]
    known = path.parents[2] / name / path.parent.name / path.name
    return known if known.exists() else path


def _whole(path: Path) -> Catalog:
    catalogue = _read(path)
    wider = _of_the_language(path)
    for message in _read(wider) if wider != path else ():
        if message.id and catalogue.get(_key(message), message.context) is None:
            catalogue.add(message.id, message.string, context=message.context)
    return catalogue


def _read(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source)


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


if __name__ == "__main__":
    compile_messages()
