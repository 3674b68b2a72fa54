"""A language that nobody speaks and that runs from right to left: it shows what a page still says by itself.

Every text of the sources is written with Arabic letters, a third longer than the English; marks for values stay. The
code is Android's for such a language. A real one would be added in the same way: as a catalogue alone.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation import to_locale
from pytest_django.fixtures import Settings

from config import languages

CODE = "ar-xb"
NAME = "لغة"
_KEPT = re.compile(r"(%\(\w+\)[sd]|%[sd%]|\{\w*\}|<[^>]+>|&\w+;|\n)")
_LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZäöüßÄÖÜ",
    "ابثدعفغهيجكلمنوپقرستطڤحخيزابثدعفغهيجكلمنوپقرستطڤحخيزاوشصاوش",
)


def pseudo(text: str) -> str:
    """Return the text in letters of another direction, a third longer; values and line breaks stay."""
    parts = [part if _KEPT.fullmatch(part) else part.translate(_LETTERS) for part in _KEPT.split(text)]
    return "⟦" + "".join(parts) + " " + "ـ" * (len(text) // 3) + "⟧"


def write_catalogue(folder: Path, code: str = CODE) -> None:
    """Write the compiled catalogue of the pseudo-language into a folder like locale/."""
    with (languages.LOCALE / "de/LC_MESSAGES/django.po").open("rb") as file:
        known = read_po(file)
    made = Catalog()
    for message in known:
        if message.id and isinstance(message.id, str):
            made.add(message.id, pseudo(message.id), context=message.context)
        elif message.id:
            made.add(message.id, tuple(pseudo(text) for text in message.id), context=message.context)
    target = folder / to_locale(code) / "LC_MESSAGES/django.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_mo(file, made)
    # What makes a folder a language.
    target.with_suffix(".po").touch()


@contextmanager
def spoken(settings: Settings, folder: Path) -> Iterator[str]:
    """Add the pseudo-language to the product while the block runs; return its code."""
    write_catalogue(folder)
    language = next(language for language in languages.found(folder) if language.code == CODE)
    settings.LANGUAGES = [*settings.LANGUAGES, (language.code, language.name)]
    settings.LANGUAGES_BIDI = ["ar"] if language.rtl else []
    settings.LANGUAGE_TAGS = {**settings.LANGUAGE_TAGS, language.code: language.tag}
    settings.LOCALE_PATHS = [*settings.LOCALE_PATHS, folder]
    yield language.code
