"""Every text of the product has its German."""

import ast
import re
from functools import cache
from io import BytesIO

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tests.architecture.sources import FLOORS, ROOT, calls, committed, product

KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")

Message = tuple[str | None, str]


@cache
def used() -> dict[Message, str]:
    """Return context and text of every message in the sources, with a file that uses it."""
    found: dict[Message, str] = {}
    for path in committed():
        name = path.relative_to(ROOT)
        if path.suffix == ".py" and name.parts[0] in FLOORS:
            source = path.read_text(encoding="utf-8")
        elif path.suffix in {".html", ".txt"} and "templates" in name.parts:
            blanked = templatize(path.read_text(encoding="utf-8"), origin=str(name))
            source = "\n".join(line.strip() for line in blanked.splitlines())  # no indentation to stumble over
        else:
            continue
        for _, message, _, context in extract("python", BytesIO(source.encode()), KEYWORDS):
            texts = message if isinstance(message, tuple) else (message,)
            text = texts[1] if context and len(texts) > 1 and texts[0] == context else texts[0]
            found[(context, text)] = str(name)
    return found


@cache
def german() -> Catalog:
    with (ROOT / "locale/de/LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file, locale="de")


def test_every_text_has_its_german() -> None:
    missing = [
        f"{where}: {text!r}"
        for (context, text), where in used().items()
        if text and ((message := german().get(text, context)) is None or not all(_strings(message.string)))
    ]

    assert missing == []


def test_no_translation_is_a_guess() -> None:
    assert [message.id for message in german() if message.id and message.fuzzy] == []


def test_translations_keep_their_placeholders() -> None:
    broken = [
        message.id
        for message in german()
        if message.id
        for text in _strings(message.string)
        if text and _placeholders(text) != _placeholders(_strings(message.id)[-1])
    ]

    assert broken == []


def test_german_says_sie() -> None:
    familiar = re.compile(r"\b(du|dein\w*|dir|dich|euch|euer)\b", re.I)
    texts = [text for message in german() if message.id for text in _strings(message.string)]

    assert [text for text in texts if familiar.search(text)] == []


def _strings(value: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (value or "",) if value is None or isinstance(value, str) else tuple(value)


def _placeholders(text: str) -> set[tuple[str, str]]:
    return set(PLACEHOLDER.findall(text))


def test_no_text_hides_in_a_formatted_string() -> None:
    """What collects the texts does not look inside of one, so such a text would never be translated."""
    hidden = [
        f"{name}:{call.lineno}"
        for name, tree in product()
        for string in ast.walk(tree)
        if isinstance(string, ast.JoinedStr)
        for call in calls(string)
        if isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
    ]
    assert hidden == []
