r"""``python -m tools.messages [file.tsv …]``: brings locale/de up to date with the sources.

Texts that are new come in empty (a test refuses them), texts that nobody uses go, translations stay. A file of
lines ``English<TAB>German`` fills in what it names; ``\\n`` stands for a line break.
"""

import sys
from io import BytesIO
from pathlib import Path
from subprocess import run

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
GERMAN = ROOT / "locale/de/LC_MESSAGES/django.po"
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


def german() -> Catalog:
    """Return the German catalogue as it stands."""
    if not GERMAN.exists():
        return Catalog(locale="de")
    with GERMAN.open("rb") as file:
        return read_po(file, locale="de")


def _given(paths: list[str]) -> dict[str, str]:
    lines = (line for path in paths for line in Path(path).read_text(encoding="utf-8").splitlines())
    pairs = (line.split("\t") for line in lines if "\t" in line)
    return {pair[0].replace("\\n", "\n"): pair[1].replace("\\n", "\n") for pair in pairs if pair[1].strip()}


def updated(old: Catalog, given: dict[str, str]) -> Catalog:
    """Return the catalogue of today's messages with the translations that are known."""
    new = Catalog(
        locale="de", project="Miteinander", version="0.1", charset="utf-8", fuzzy=False,
        last_translator="Miteinander", language_team="German", msgid_bugs_address="CONTRIBUTING.md",
        creation_date=old.creation_date, revision_date=old.creation_date,
    )  # fmt: skip
    new.header_comment = "# German for Miteinander; written by `python -m tools.messages`."
    for (context, text), where in sorted(used(sources()).items(), key=lambda item: str(item[0])):
        key = text if isinstance(text, str) else text[0]
        known = old.get(key, context)
        string = known.string if known else ""
        if isinstance(text, tuple):
            kept = tuple(string) if isinstance(string, tuple | list) else ("", "")
            string = tuple(given.get(part) or have for part, have in zip(text, kept, strict=False))
        else:
            string = given.get(text) or (string if isinstance(string, str) else "")
        new.add(text, string=string, locations=[(where, 0)], context=context)
    return new


def main() -> None:
    """Write the catalogue and say what is still empty."""
    catalogue = updated(german(), _given(sys.argv[1:]))
    GERMAN.parent.mkdir(parents=True, exist_ok=True)
    with GERMAN.open("wb") as file:
        write_po(file, catalogue, include_lineno=False, omit_header=False, width=120)
    empty = [message.id for message in catalogue if message.id and not all(_parts(message.string))]
    print(f"{len(catalogue)} texts, {len(empty)} without German.")
    for text in empty:
        print(f"  {text!r}")


def _parts(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (str(value or ""),)


if __name__ == "__main__":
    main()
