"""Filters and tags of the pages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.paginator import Paginator
from django.core.validators import RegexValidator
from django.http import HttpRequest
from django.template import Context, RequestContext, Template
from django.test import RequestFactory, override_settings
from django.utils.datastructures import MultiValueDict
from django.utils.translation import override

from accounts.context import NavItem, frame, nav_item, present
from accounts.fields import AmountField
from accounts.templatetags.miteinander import (
    berlin,
    berlin_long,
    day,
    day_long,
    euros,
    page_window,
)
from accounts.tones import tone_of

SUMMER = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
WINTER = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    with override("de"):
        yield


def draw(source: str, request: HttpRequest | None = None, **context: object) -> str:
    template = Template("{% load miteinander %}" + source)
    return template.render(RequestContext(request, context) if request else Context(context)).strip()


@pytest.mark.parametrize(("cents", "words"), [(123_456, "1.234,56\xa0€"), (0, "0,00\xa0€"), (None, "–")])
def test_euros(cents: int | None, words: str) -> None:
    assert euros(cents) == words


def test_instants_are_shown_in_hannover() -> None:
    assert berlin(WINTER) == "22.11.2026, 14:05 Uhr"
    assert berlin(SUMMER) == "02.07.2026, 00:30 Uhr"
    assert berlin_long(WINTER) == "Sonntag, 22. November 2026, 14:05 Uhr"
    assert berlin(None) == berlin_long(None) == "–"


def test_days() -> None:
    assert day(date(2026, 11, 22)) == "22.11.2026"
    assert day(SUMMER) == "02.07.2026"
    assert day_long(date(2026, 11, 22)) == "Sonntag, 22. November 2026"
    assert day(None) == day_long(None) == "–"


def test_days_in_english() -> None:
    with override("en"):
        assert day(date(2026, 11, 22)) == "22 November 2026"
        assert day_long(date(2026, 11, 22)) == "Sunday, 22 November 2026"
        assert berlin(WINTER) == "22 November 2026, 14:05"
        assert berlin_long(WINTER) == "Sunday, 22 November 2026, 14:05"


@pytest.mark.parametrize(
    ("state", "tone"),
    [("AWARDED", "success"), ("IN_REVIEW", "info"), ("RETURNED", "warning"), ("VOID", "danger"), ("DRAFT", "neutral")],
)
def test_state_has_a_tone(state: str, tone: str) -> None:
    assert tone_of(state) == tone


def test_badge_says_the_word_and_leaves_the_shape_to_the_style_sheet() -> None:
    html = draw('{% state_badge "AWARDED" label %}', label="<Bewilligt>")

    assert html == '<span class="mt-badge mt-badge--success">&lt;Bewilligt&gt;</span>'


def test_query_keeps_filters_and_goes_to_the_first_page() -> None:
    request = RequestFactory().get("/list/?state=OPEN&q=a+b&page=7")

    assert draw('{% query state="PAID" %}', request) == "?state=PAID&amp;q=a+b"
    assert draw("{% query page=8 %}", request) == "?state=OPEN&amp;q=a+b&amp;page=8"
    assert draw('{% query state="" q=None %}', request) == "?"


def test_sort_turns_around() -> None:
    first = draw('{% sort_link "at" "Eingang" %}', RequestFactory().get("/list/?q=x"))
    second = draw('{% sort_link "at" "Eingang" %}', RequestFactory().get("/list/?sort=at"))
    third = draw('{% sort_link "at" "Eingang" %}', RequestFactory().get("/list/?sort=-at"))

    assert 'href="?q=x&amp;sort=at"' in first
    assert 'href="?sort=-at"' in second
    assert "mt-sort--ascending" in second
    assert 'href="?sort=at"' in third
    assert "mt-sort--descending" in third


def test_page_window_marks_gaps() -> None:
    assert page_window(Paginator(range(300), 25), 6) == [1, 0, 5, 6, 7, 0, 12]
    assert page_window(Paginator(range(300), 25), 1) == [1, 2, 0, 12]
    assert page_window(Paginator(range(30), 25), 2) == [1, 2]


def test_table_scrolls_by_keyboard_and_has_a_name() -> None:
    html = draw(
        "{% table caption=caption %}<tbody><tr><td>{{ cell }}</td></tr></tbody>{% endtable %}",
        caption="Anträge & mehr",
        cell="<1>",
    )

    assert 'role="region" aria-label="Anträge &amp; mehr" tabindex="0"' in html
    assert "<tbody><tr><td>&lt;1&gt;</td></tr></tbody>" in html


def test_button_is_a_link_with_href_only() -> None:
    assert draw('{% button "Weiter" href="/x/" %}').startswith("<a class=")
    assert '<button class="kern-btn kern-btn--primary" type="submit" name="go" value="1">' in draw(
        '{% button "Weiter" kind="primary" name="go" value=1 %}', form="leaks not", href="/leaks-not/"
    )


def test_notice_escapes_and_knows_message_levels() -> None:
    html = draw('{% notice "error" text live=True %}', text="<b>")

    assert "mt-notice--danger" in html
    assert 'role="alert"' in html
    assert "&lt;b&gt;" in html


class Line(forms.Form):
    amount = AmountField(label="Betrag")
    kind = forms.ChoiceField(label="Art", choices=[("a", "A")], widget=forms.RadioSelect)

    def clean(self) -> None:
        raise forms.ValidationError("Zusammen passt es nicht.")


def test_summary_links_to_each_field() -> None:
    html = draw("{% error_summary form %}{{ form }}", form=Line({"amount": "x"}))

    for target in ("id_amount", "id_kind_0"):
        assert f'href="#{target}"' in html
        assert f'id="{target}"' in html
    assert "Bitte prüfen Sie 3 Angaben" in html
    assert html.count("Zusammen passt es nicht.") == 1


def test_form_without_a_summary_tells_its_refusal_itself() -> None:
    assert draw("{{ form }}", form=Line({"amount": "x"})).count("Zusammen passt es nicht.") == 1


def test_summary_of_a_mere_refusal_asks_for_no_entry() -> None:
    html = draw("{% error_summary form %}", form=Line({"amount": "5", "kind": "a"}))

    assert "Das hat nicht geklappt" in html
    assert "Zusammen passt es nicht." in html
    assert "Eingaben" not in html
    assert "<a " not in html


class Twice(forms.Form):
    name = forms.CharField(max_length=2, validators=[RegexValidator("^[a-z]*$", "Nur Buchstaben.")])


def test_summary_counts_a_field_with_two_errors_once() -> None:
    html = draw("{% error_summary form %}", form=Twice({"name": "123"}))

    assert "Bitte prüfen Sie eine Angabe" in html
    assert html.count("<li>") == 2


class Upload(Line):
    file = forms.FileField(label="Datei")


class Secret(Line):
    password = forms.CharField(label="Passwort", widget=forms.PasswordInput)


def test_summary_tells_what_a_browser_does_not_keep() -> None:
    file: MultiValueDict[str, UploadedFile[Any]] = MultiValueDict({"file": [SimpleUploadedFile("a.pdf", b"x")]})
    sent = Upload({"amount": "x"}, file)

    assert "Bitte wählen Sie die Dateien noch einmal aus." in draw("{% error_summary form %}", form=sent)
    assert "Ihre Eingaben sind noch da." in draw("{% error_summary form %}", form=Upload({"amount": "x"}))
    html = draw("{% error_summary form %}", form=Secret({"amount": "x", "password": "geheim"}))
    assert "Bitte geben Sie das Passwort noch einmal ein." in html
    assert "noch da" not in html


def test_confirmation_without_a_form_has_nothing_but_its_button() -> None:
    html = draw('{% include "components/confirm_panel.html" with title="Weg damit" submit="Löschen" danger=True %}')

    assert "None" not in html
    assert "Löschen" in html


def test_summary_names_the_row() -> None:
    lines = forms.formset_factory(Line)
    data = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-amount": "x", "form-0-kind": "a"}

    html = draw("{% error_summary lines nothing %}", lines=lines(data), nothing=None)

    assert 'href="#id_form-0-amount"' in html
    assert "1, Betrag: " in html


def test_summary_is_silent_without_errors() -> None:
    assert draw("{% error_summary form %}", form=Line()) == ""


def test_navigation_leaves_out_pages_that_do_not_exist() -> None:
    request = RequestFactory().get("/gallery/")

    items = present(
        [nav_item(request, "Bausteine", "accounts:gallery", count=3), nav_item(request, "Nichts", "no:such-page")]
    )

    assert items == [NavItem("Bausteine", "/gallery/", active=True, count=3)]


def test_navigation_marks_the_most_exact_entry_only() -> None:
    items = present([NavItem("Alles", "/a/", active=True), NavItem("Eins", "/a/b/", active=True)])

    assert [item.active for item in items] == [False, True]


def test_demo_links_only_in_the_demo() -> None:
    with override_settings(DEMO=False):
        assert frame(RequestFactory().get("/"))["demo_links"] == []
