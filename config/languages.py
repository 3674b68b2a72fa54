"""The languages of the pages: English, in which the sources are written, and every folder in locale/.

A folder with a catalogue is enough for a language that Django knows by name (ar, fa, tr, uk, …). One that it does not
know says in ``language.toml`` beside its catalogue how it calls itself (``name``), how the web calls it (``tag``) and
whether it runs from right to left (``rtl``).
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf.locale import LANG_INFO
from django.utils.translation import to_language, to_locale

LOCALE = Path(__file__).resolve().parents[1] / "locale"


@dataclass(frozen=True)
class Language:
    """A language: its code, how it calls itself, what the web calls it, its direction."""

    code: str
    name: str
    tag: str
    rtl: bool = False

    @property
    def info(self) -> dict[str, Any]:
        """What Django wants to know of a language."""
        return {"code": self.code, "name": self.name, "name_local": self.name, "bidi": self.rtl}


def found(folder: Path = LOCALE) -> tuple[Language, ...]:
    """Return the languages: German, its plain form, English, then the others by code."""
    codes = {to_language(path.parents[1].name) for path in folder.glob("*/LC_MESSAGES/django.po")}
    return tuple(_language(folder, code) for code in sorted(codes | {"en"}, key=_order))


def _order(code: str) -> tuple[bool, bool, str]:
    base = code.partition("-")[0]
    return base != "de", base != "en", code


def _language(folder: Path, code: str) -> Language:
    described = folder / to_locale(code) / "language.toml"
    own = tomllib.loads(described.read_text(encoding="utf-8")) if described.exists() else {}
    known = LANG_INFO.get(code) or LANG_INFO.get(code.partition("-")[0]) or {}
    name = str(own.get("name") or known.get("name_local") or code)
    return Language(
        code, name[:1].upper() + name[1:], str(own.get("tag") or code), bool(own.get("rtl", known.get("bidi")))
    )
