"""Fields: what is read, what is refused, and that nothing typed is lost."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from accounts.fields import AmountField, BerlinDateField, LongTextField, NormalisedField, normalise
from accounts.money import MAXIMUM_CENTS, format_plain
from accounts.rows import rows_of
from accounts.widgets import AmountInput, DayInput


class Entry(forms.Form):
    amount = AmountField(min_cents=100, max_cents=3_000_000)
    day = BerlinDateField(required=False)
    title = NormalisedField(max_length=10)
    text = LongTextField(max_length=20, required=False)


class Line(forms.Form):
    purpose = NormalisedField(max_length=40)
    amount = AmountField()


Lines = rows_of(Line, max_num=3)


def code_of(field: forms.Field, value: Any) -> str:
    with pytest.raises(ValidationError) as refusal:
        field.clean(value)
    return str(refusal.value.error_list[0].code)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("1.234,56", 123_456), ("1234.56", 123_456), ("1 234,56 €", 123_456), ("5", 500), (" 0,00 ", 0)],
)
def test_amount_reads(typed: str, cents: int) -> None:
    assert AmountField().clean(typed) == cents


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1e9", "format"),
        ("-5", "negative"),
        ("1,234", "decimals"),
        ("99999999999999", "size"),
        ("zwölf", "format"),
        ("<b>5</b>", "format"),
        ("", "required"),
        ("   ", "required"),
        (None, "required"),
    ],
)
def test_amount_refuses(typed: str | None, code: str) -> None:
    assert code_of(AmountField(), typed) == code


def test_amount_limits_are_named_in_euros() -> None:
    field = AmountField(min_cents=100, max_cents=3_000_000)

    assert code_of(field, "0,99") == "min"
    assert code_of(field, "30.000,01") == "max"
    assert field.clean("30.000,00") == 3_000_000
    with pytest.raises(ValidationError) as refusal:
        field.clean("30.000,01")
    assert refusal.value.error_list[0].params == {"limit": "30.000,00\xa0€"}


def test_amount_that_may_stay_empty_is_none() -> None:
    assert AmountField(required=False).clean("") is None


@given(st.integers(min_value=0, max_value=MAXIMUM_CENTS))
def test_amount_reads_what_it_shows(cents: int) -> None:
    field = AmountField()

    assert field.clean(AmountInput().format_value(cents)) == cents
    assert not field.has_changed(cents, format_plain(cents))


def test_amount_has_changed_when_it_cannot_be_read() -> None:
    assert AmountField().has_changed(500, "fünf")


@given(st.text(max_size=80))
def test_amount_never_fails_otherwise(typed: str) -> None:
    try:
        cents = AmountField().clean(typed)
    except ValidationError:
        return
    assert 0 <= cents <= MAXIMUM_CENTS


@pytest.mark.parametrize(
    "typed",
    ["22.11.2026", "22. 11. 2026", "2026-11-22", " 22.11.2026 ", "22.11.26", "22,11,2026", "22-11-2026", "22112026"],
)
def test_day_reads(typed: str) -> None:
    assert BerlinDateField().clean(typed) == date(2026, 11, 22)


def test_day_takes_dates() -> None:
    assert BerlinDateField().clean(date(2026, 11, 22)) == date(2026, 11, 22)
    assert BerlinDateField().clean(datetime(2026, 11, 22, 9, tzinfo=UTC)) == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("31.02.2027", "missing_day"),
        ("29.02.2027", "missing_day"),
        ("2027-13-01", "missing_day"),
        ("22.11.", "form"),
        ("221126", "form"),
        ("11/22/2026", "form"),
        ("morgen", "form"),
        ("01.01.0001", "range"),
        ("01.01.2200", "range"),
        ("", "required"),
    ],
)
def test_day_refuses(typed: str, code: str) -> None:
    assert code_of(BerlinDateField(), typed) == code


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_day_reads_what_it_shows(day: date) -> None:
    field = BerlinDateField()

    assert field.clean(DayInput().format_value(day)) == day
    assert field.clean(day.isoformat()) == day


@given(st.text(max_size=40))
def test_day_never_fails_otherwise(typed: str) -> None:
    try:
        BerlinDateField().clean(typed)
    except ValidationError:
        return


def test_normalise_drops_what_cannot_be_seen() -> None:
    assert normalise("A\x00\u202eb\x1b c\t d", lines=False) == "Ab c d"
    assert normalise(" eins\r\nzwei\rdrei ", lines=True) == "eins\nzwei\ndrei"
    assert normalise("a\u0308rger", lines=False) == "ärger"


def test_normalise_keeps_markup_formulas_and_foreign_letters() -> None:
    text = '=1+1 <script>alert("x")</script> جمعية מרכז Özgür 🤝'

    assert normalise(text, lines=False) == text


def test_normalise_drops_marks_and_blanks_without_width() -> None:
    assert normalise("An\u200bna\u2060 M\u00adüller\u200e\u200f\u2066\ufeff\u3164", lines=False) == "Anna Müller"


def test_normalise_keeps_joiners_that_a_script_needs() -> None:
    persian = "می\u200cخواهم"

    assert normalise(persian, lines=False) == persian


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u2060", "\u3164", "\uffa0", "\u2800", "\u200d", "\ufe0f", "\u034f \u200e"]
)
@pytest.mark.parametrize("field", [NormalisedField(max_length=5), LongTextField(max_length=5)])
def test_a_text_that_nobody_sees_is_missing(field: NormalisedField, unseen: str) -> None:
    assert code_of(field, unseen) == "required"


def test_text_limit_counts_what_is_stored() -> None:
    field = LongTextField(max_length=5)

    assert field.clean("ab\r\ncd") == "ab\ncd"
    assert code_of(field, "abcdef") == "max_length"


def test_form_keeps_what_was_typed_and_says_why_at_the_field() -> None:
    form = Entry({"amount": "1e9", "day": "31.2.2026", "title": "Ein <b>viel</b> zu langer Titel", "text": "x" * 30})

    html = str(form)

    assert set(form.errors) == {"amount", "day", "title", "text"}
    assert 'value="1e9"' in html
    assert 'value="31.2.2026"' in html
    assert 'value="Ein &lt;b&gt;viel&lt;/b&gt; zu langer Titel"' in html
    assert "x" * 30 in html
    assert "maxlength" not in html
    for name in form.errors:
        assert f'id="id_{name}_error"' in html
    assert 'aria-describedby="id_amount_error id_amount_unit"' in html


def test_hint_error_and_control_are_tied() -> None:
    class Hinted(forms.Form):
        place = NormalisedField(max_length=5, help_text="Ort")

    html = str(Hinted({"place": ""}))

    assert 'aria-describedby="id_place_helptext id_place_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'class="kern-form-input__input kern-form-input__input--error"' in html


def test_only_fields_that_may_stay_empty_say_so() -> None:
    class Two(forms.Form):
        needed = NormalisedField(max_length=5)
        spare = NormalisedField(max_length=5, required=False)
        tick = forms.BooleanField(required=False)

    assert str(Two()).count("(optional)") == 1


def rows(*lines: tuple[str, str], deleted: int | None = None, add: str = "") -> QueryDict:
    data = QueryDict(mutable=True)
    data.update({"form-TOTAL_FORMS": str(len(lines)), "form-INITIAL_FORMS": "0"})
    for number, (purpose, amount) in enumerate(lines):
        data.update({f"form-{number}-purpose": purpose, f"form-{number}-amount": amount})
    if deleted is not None:
        data[f"form-{deleted}-DELETE"] = "on"
    if add:
        data["add_row"] = add
    return data


def test_rows_add_up_without_the_removed_and_the_unreadable() -> None:
    formset = Lines(rows(("a", "10,00"), ("b", "5,50"), ("c", "1e9"), deleted=1))

    assert formset.sum_cents == 1_000
    assert not formset.wants_row()


def test_rows_add_up_before_anything_is_sent() -> None:
    formset = Lines(initial=[{"purpose": "a", "amount": 250}, {"purpose": "b", "amount": 175}])

    assert formset.sum_cents == 425


def test_another_row_keeps_what_was_typed() -> None:
    formset = Lines(rows(("Honorare", "1e9"), ("weg", "1"), deleted=1, add="form"))
    assert formset.wants_row()

    longer = formset.with_another_row()

    assert [form["purpose"].value() for form in longer] == ["Honorare", None]
    html = str(longer)
    assert 'value="1e9"' in html
    assert "kern-error" not in html


def test_another_row_stops_at_the_limit() -> None:
    formset = Lines(rows(("a", "1"), ("b", "2"), ("c", "3"), add="form"))

    assert len(formset.with_another_row().forms) == 3
