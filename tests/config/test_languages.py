"""Languages are folders with a catalogue; a kind of a language holds only what it says differently."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.test import Client
from django.urls import reverse
from django.utils.translation import get_language_bidi, gettext, override
from pytest_django.fixtures import Settings

from accounts import days
from accounts.languages import choices, name_of, tag_of
from accounts.templatetags.miteinander import euros
from config import languages
from config.messages import compile_messages, is_stale
from notifications.dates import fmt_deadline, fmt_instant
from tests import pseudo
from tests.factories import make_user

NOON = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)


def catalogue(folder: Path, name: str, **texts: str) -> Path:
    path = folder / name / "LC_MESSAGES/django.po"
    path.parent.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'
    path.write_text(head + "".join(f'\nmsgid "{key}"\nmsgstr "{text}"\n' for key, text in texts.items()))
    return path


def test_languages_of_the_product() -> None:
    assert [(language.code, language.name, language.tag, language.rtl) for language in languages.found()] == [
        ("de", "Deutsch", "de", False),
        ("de-easy", "Einfache Sprache", "de-simple", False),
        ("en", "English", "en", False),
    ]


def test_a_catalogue_alone_is_a_language(tmp_path: Path) -> None:
    catalogue(tmp_path, "fa")
    catalogue(tmp_path, "tr")

    found = {language.code: language for language in languages.found(tmp_path)}

    assert list(found) == ["en", "fa", "tr"]
    assert (found["fa"].name, found["fa"].rtl) == ("فارسی", True)
    assert (found["tr"].name, found["tr"].rtl) == ("Türkçe", False)


def test_a_language_unknown_to_the_library_describes_itself(tmp_path: Path) -> None:
    catalogue(tmp_path, "kmr")
    (tmp_path / "kmr/language.toml").write_text('name = "kurmancî"\nrtl = false\n')
    catalogue(tmp_path, "ps")
    (tmp_path / "ps/language.toml").write_text('name = "پښتو"\nrtl = true\n')

    found = {language.code: language for language in languages.found(tmp_path)}

    assert (found["kmr"].name, found["kmr"].tag, found["kmr"].rtl) == ("Kurmancî", "kmr", False)
    assert found["ps"].rtl


def test_a_sparse_catalogue_is_compiled_whole(tmp_path: Path) -> None:
    wide = catalogue(tmp_path, "de", Yes="Ja", No="Nein")
    sparse = catalogue(tmp_path, "de_Easy", No="Nein, das geht nicht")

    assert compile_messages(tmp_path) == 2
    assert compile_messages(tmp_path) == 0

    compiled = sparse.with_suffix(".mo").read_bytes()
    assert b"Ja" in compiled
    assert b"Nein, das geht nicht" in compiled
    later = sparse.with_suffix(".mo").stat().st_mtime + 5
    os.utime(wide, (later, later))
    assert is_stale(sparse)


def test_plain_german_reads_german_where_it_says_nothing_else() -> None:
    compile_messages()
    with (languages.LOCALE / "de_Easy/LC_MESSAGES/django.po").open("rb") as file:
        assert read_po(file).get("Save") is None

    with override("de-easy"):
        assert gettext("Save") == "Speichern"
        assert gettext("The amount is too large.") == "Das ist zu viel Geld. Bitte prüfen Sie die Zahl."
        assert days.instant(NOON) == "22.11.2026, 12:00 Uhr"
        assert not get_language_bidi()


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("de", "Sonntag, 22. November 2026"), ("de-easy", "Sonntag, 22. November 2026"),
        ("en", "Sunday, 22 November 2026"), ("ar-xb", "الأحد, 22 نوفمبر، 2026"),
    ],
)  # fmt: skip
def test_days_are_told_in_any_language(language: str, told: str) -> None:
    assert fmt_deadline(date(2026, 11, 22), language) == told
    assert "2026" in fmt_instant(NOON, language)


def test_one_message_tells_each_reader_the_day_in_their_language() -> None:
    told = days.later(days.day_long, date(2026, 11, 22))

    with override("en"):
        assert str(told) == "Sunday, 22 November 2026"
    with override("de"):
        assert str(told) == "Sonntag, 22. November 2026"
    assert days.later(days.day, None) == ""


def test_a_name_for_what_is_gone() -> None:
    assert name_of("de-easy") == "Einfache Sprache"
    assert name_of("xx") == tag_of("xx") == "xx"


@pytest.mark.django_db
def test_plain_german_is_a_choice_on_every_page(client: Client) -> None:
    user = make_user(language="de")
    client.force_login(user)

    client.post(reverse("set_language"), {"language": "de-easy", "next": "/profile/"})

    user.refresh_from_db()
    assert user.language == "de-easy"
    answer = client.get("/profile/")
    page = answer.content.decode()
    assert answer["Content-Language"] == "de-simple"
    assert '<html lang="de-simple" dir="ltr"' in page
    assert "Einfache Sprache" in page
    assert '<button class="mt-linkbutton" type="submit" name="language" value="en" lang="en">English</button>' in page


@pytest.mark.django_db
def test_a_language_from_right_to_left_needs_no_code(client: Client, settings: Settings, tmp_path: Path) -> None:
    with pseudo.spoken(settings, tmp_path) as code:
        assert (code, "العربيّة") in choices()
        client.cookies["django_language"] = code

        page = client.get("/").content.decode()

        assert f'<html lang="{code}" dir="rtl"' in page
        with override(code):
            assert euros(-123_456) == "\u2066-1.234,56\xa0€\u2069"


@pytest.mark.django_db
def test_what_was_just_typed_is_not_lost_by_the_language_switch(client: Client) -> None:
    client.force_login(make_user())

    refused = client.post(reverse("accounts:profile_edit"), {"full_name": "", "language": "de", "phone": "1"})

    assert refused.status_code == 200
    assert 'action="/sprache/" method="post" target="_blank">' in refused.content.decode()
    assert "target=" not in client.get(reverse("accounts:profile_edit")).content.decode()
