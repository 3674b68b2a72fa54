r"""``python -m tools.messages [--language de_Easy] [file.tsv …]``: brings a catalogue up to date with the sources.

Without a language it is German, which is whole: texts that are new come in empty (a test refuses them). A catalogue of
another language may be sparse: what it does not hold is read in German. Texts that nobody uses go, translations stay.

A file of lines ``English<TAB>German`` fills in what it names; ``\\n`` stands for a line break. A message that has a
context may be named alone: ``context<TAB>English<TAB>German``.
"""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from io import BytesIO
from pathlib import Path
from subprocess import run

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
GERMAN = "de"
FLOORS = ("config", "accounts", "notifications", "grants", "payments", "reviews")
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip

Text = str | tuple[str, str]
Message = tuple[str | None, Text]


def sources() -> list[Path]:
    """Return the files that git knows or would take in."""
    listed = run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    return sorted(ROOT / name for name in set(listed.stdout.split("\0")) if name and (ROOT / name).is_file())


def _text_of(path: Path) -> str | None:
    name = path.relative_to(ROOT)
    if path.suffix == ".py" and name.parts[0] in FLOORS:
        return path.read_text(encoding="utf-8")
    if path.suffix in {".html", ".txt"} and "templates" in name.parts:
        blanked = templatize(path.read_text(encoding="utf-8"), origin=str(name))
        # Without indentation, which Python would stumble over.
        return "\n".join(line.strip() for line in blanked.splitlines())
    return None


def used(paths: list[Path]) -> dict[Message, str]:
    """Return context and text of every message in the sources, with a file that uses it."""
    found: dict[Message, str] = {}
    for path in paths:
        source = _text_of(path)
        if source is None:
            continue
        for _line, message, _comments, context in extract("python", BytesIO(source.encode()), KEYWORDS):
            texts = [text for text in ((message,) if isinstance(message, str) else message) if text]
            if context and texts and texts[0] == context:
                texts = texts[1:]
            if texts:
                found[(context, (texts[0], texts[1]) if len(texts) > 1 else texts[0])] = str(path.relative_to(ROOT))
    return found


def path_of(language: str) -> Path:
    """Return where the catalogue of a language lies, named as its folder in locale/."""
    return ROOT / "locale" / language / "LC_MESSAGES/django.po"


def catalogue_of(language: str) -> Catalog:
    """Return the catalogue of a language as it stands."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=_locale(language))
    with path.open("rb") as file:
        return read_po(file, locale=_locale(language))


def _locale(language: str) -> str:
    # Babel knows the languages of the world; plain German is German to it.
    return language.partition("_")[0]


def _given(paths: list[str]) -> dict[Message, str]:
    lines = (line for path in paths for line in Path(path).read_text(encoding="utf-8").splitlines())
    found: dict[Message, str] = {}
    for *context, source, translation in (line.replace("\\n", "\n").split("\t") for line in lines if "\t" in line):
        if translation.strip():
            found[(context[0] if context else None, source)] = translation
    return found


def updated(old: Catalog, given: Mapping[Message, str], *, whole: bool = True) -> Catalog:
    """Return the catalogue of today's messages with the translations that are known.

    Args: whole, hold also what has no translation yet.
    """
    new = Catalog(
        locale=old.locale, project="Miteinander", version="0.1", charset="utf-8", fuzzy=False,
        last_translator="Miteinander", language_team="German", msgid_bugs_address="CONTRIBUTING.md",
        creation_date=old.creation_date, revision_date=old.creation_date,
    )  # fmt: skip
    new.header_comment = old.header_comment
    for (context, text), where in sorted(used(sources()).items(), key=lambda item: str(item[0])):
        string = _translation(old, given, context, text)
        if whole or all(_parts(string)):
            new.add(text, string=string, locations=[(where, 0)], context=context)
    return new


def _translation(old: Catalog, given: Mapping[Message, str], context: str | None, text: Text) -> Text:
    def named(part: str) -> str:
        return given.get((context, part)) or given.get((None, part), "")

    known = old.get(text if isinstance(text, str) else text[0], context)
    string = known.string if known else ""
    if isinstance(text, str):
        return named(text) or (string if isinstance(string, str) else "")
    kept = tuple(string) if isinstance(string, tuple | list) else ("", "")
    return (named(text[0]) or str(kept[0]), named(text[1]) or str(kept[1]))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep a second call waiting: each reads the catalogue, adds its own and writes all of it."""
    folder.mkdir(parents=True, exist_ok=True)
    held = os.open(folder, os.O_RDONLY)
    try:
        flock(held, LOCK_EX)
        yield
    finally:
        os.close(held)


def write(language: str, given: Mapping[Message, str]) -> Catalog:
    """Bring a catalogue up to date and return it; readers find the old file or the new one, never half of it."""
    path = path_of(language)
    with _alone(path.parent):
        catalogue = updated(catalogue_of(language), given, whole=language == GERMAN)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            write_po(file, catalogue, include_lineno=False, omit_header=False, width=120)
        part.replace(path)
    return catalogue


def main() -> None:
    """Write a catalogue and say what is still empty."""
    parser = ArgumentParser(prog="python -m tools.messages")
    parser.add_argument("--language", default=GERMAN)
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args(sys.argv[1:])
    catalogue = write(arguments.language, _given(arguments.files))
    empty = [message.id for message in catalogue if message.id and not all(_parts(message.string))]
    print(f"{len(catalogue)} texts, {len(empty)} without translation.")
    for text in empty:
        print(f"  {text!r}")


def _parts(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (str(value or ""),)


if __name__ == "__main__":
    main()
