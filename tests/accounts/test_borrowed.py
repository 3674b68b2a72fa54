"""Texts of the libraries that our catalogue overrides."""

from pathlib import Path

import allauth
import django
import pytest
from babel.messages.mofile import read_mo
from django.utils.translation import gettext, override

from accounts.borrowed import FORMS, SIGN_IN


def texts_of(*catalogues: Path) -> set[str]:
    found: set[str] = set()
    for path in catalogues:
        with path.open("rb") as file:
            found |= {message.id for message in read_mo(file) if isinstance(message.id, str)}
    return found


def test_sign_in_texts_are_still_those_of_the_library() -> None:
    known = texts_of(Path(allauth.__file__).parent / "locale/de/LC_MESSAGES/django.mo")

    assert [text for text in SIGN_IN if text not in known] == []


def test_form_texts_are_still_those_of_the_framework() -> None:
    root = Path(django.__file__).parent
    known = texts_of(
        root / "conf/locale/de/LC_MESSAGES/django.mo", root / "contrib/auth/locale/de/LC_MESSAGES/django.mo"
    )

    assert [text for text in FORMS if text not in known] == []


@pytest.mark.parametrize(
    ("text", "german"),
    [
        ("This field is required.", "Bitte füllen Sie dieses Feld aus."),
        ("Your primary email address must be verified.", "Bitte bestätigen Sie zuerst Ihre E-Mail-Adresse."),
    ],
)
def test_our_german_wins_over_that_of_the_library(text: str, german: str) -> None:
    with override("de"):
        assert gettext(text) == german
