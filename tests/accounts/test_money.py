"""Amounts: what is read, what is refused, and that nothing is lost on the way there and back."""

from contextlib import suppress
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.money import (
    MAXIMUM_CENTS,
    BadAmount,
    format_cents,
    format_plain,
    in_words,
    parse_cents,
    share,
    split,
)

amounts = st.integers(min_value=0, max_value=MAXIMUM_CENTS)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1.234,56", 123456),
        ("1234,56", 123456),
        ("1234.56", 123456),
        ("1 234,56 €", 123456),
        ("1\u00a0234,56\u00a0€", 123456),
        ("1\u202f234,56", 123456),
        ("€ 1.234,56", 123456),
        ("EUR 1234", 123400),
        ("1234 Euro", 123400),
        ("1234 eur", 123400),
        ("1.234", 123400),
        ("1.234.567,8", 123456780),
        ("0,05", 5),
        ("0", 0),
        ("007", 700),
        ("12.5", 1250),
        ("12.50", 1250),
        ("12,5", 1250),
        ("  300  ", 30000),
        ("１２３４，５６", 123456),
        ("１．２３４", 123400),
        ("10.000.000.000,00", MAXIMUM_CENTS),
    ],
)
def test_parse_reads(text: str, cents: int) -> None:
    assert parse_cents(text) == cents


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        (" " * 100, "empty"),
        ("€", "empty"),
        ("-5", "negative"),
        ("\u22125", "negative"),
        ("€ -5", "negative"),
        ("-", "negative"),
        ("1,234", "decimals"),
        ("12.3456", "decimals"),
        ("1.234,567", "decimals"),
        ("1234.567", "decimals"),
        ("10.000.000.000,01", "size"),
        ("99999999999999999999", "size"),
        ("1e9", "format"),
        ("1,234.567", "format"),
        ("1,234.56", "format"),
        ("1.23.456", "format"),
        ("1.2345,00", "format"),
        ("12 34", "format"),
        ("1 234.567,00", "format"),
        ("1.234 567", "format"),
        (",50", "format"),
        ("50,", "format"),
        ("50.", "format"),
        ("0x10", "format"),
        ("NaN", "format"),
        ("inf", "format"),
        ("1_000", "format"),
        ("+5", "format"),
        ("12²", "format"),
        ("½", "format"),
        ("١٢٣", "format"),
        ("5 $", "format"),
        ("€ 5 €", "format"),
        ("=1+1", "format"),
        ("1\n2", "format"),
        ("9" * 100_000, "format"),
    ],
)
def test_parse_refuses(text: str, code: str) -> None:
    with pytest.raises(BadAmount) as refused:
        parse_cents(text)
    assert refused.value.code == code


@given(amounts)
def test_parse_inverts_format(cents: int) -> None:
    assert parse_cents(format_cents(cents)) == cents
    assert parse_cents(format_plain(cents)) == cents
    assert parse_cents(f"{cents // 100}.{cents % 100:02d}") == cents


@given(st.text(max_size=80))
def test_parse_of_any_text_is_an_amount_or_a_named_refusal(text: str) -> None:
    with suppress(BadAmount):
        assert 0 <= parse_cents(text) <= MAXIMUM_CENTS


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (0, "0,00\u00a0€"),
        (5, "0,05\u00a0€"),
        (123456, "1.234,56\u00a0€"),
        (-123456, "-1.234,56\u00a0€"),
        (-5, "-0,05\u00a0€"),
        (100000000, "1.000.000,00\u00a0€"),
    ],
)
def test_format_cents(cents: int, text: str) -> None:
    assert format_cents(cents) == text


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (0, "null Euro"),
        (100, "ein Euro"),
        (101, "ein Euro und ein Cent"),
        (230050, "zweitausenddreihundert Euro und fünfzig Cent"),
        (100100, "eintausendein Euro"),
        (450000, "viertausendfünfhundert Euro"),
        (3000021, "dreißigtausend Euro und einundzwanzig Cent"),
        (100000000, "eine Million Euro"),
        (200000100, "zwei Millionen ein Euro"),
    ],
)
def test_in_words_german(cents: int, words: str) -> None:
    assert in_words(cents) == words


def test_in_words_english() -> None:
    assert in_words(101, "en") == "one euro and one cent"
    assert in_words(230050, "en") == "two thousand, three hundred euros and fifty cents"
    assert in_words(200, "en") == "two euros"


def test_in_words_refuses_negative() -> None:
    with pytest.raises(ValueError, match="never negative"):
        in_words(-1)


@given(amounts, st.integers(0, 10**9), st.integers(1, 10**9))
def test_share_is_the_exact_quotient_rounded_half_up(amount: int, numerator: int, denominator: int) -> None:
    exact = Decimal(amount * numerator) / Decimal(denominator)
    part = share(amount, numerator, denominator)
    assert abs(part * denominator - amount * numerator) * 2 <= denominator
    if exact == exact.to_integral_value() + Decimal("0.5"):
        assert part == int(exact.to_integral_value(ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("amount", "numerator", "denominator", "part"),
    [(1, 1, 2, 1), (3, 1, 2, 2), (10000, 1, 3, 3333), (10000, 2, 3, 6667), (0, 5, 7, 0), (7, 0, 3, 0)],
)
def test_share_rounds_half_up(amount: int, numerator: int, denominator: int, part: int) -> None:
    assert share(amount, numerator, denominator) == part


@pytest.mark.parametrize("arguments", [(-1, 1, 1), (1, -1, 1), (1, 1, 0), (1, 1, -1)])
def test_share_refuses(arguments: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="share"):
        share(*arguments)


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_split_adds_up_and_each_part_is_within_one_cent(amount: int, weights: list[int]) -> None:
    parts = split(amount, weights)
    total = sum(weights)
    assert sum(parts) == amount
    assert all(abs(p * total - amount * w) < total for p, w in zip(parts, weights, strict=True))


def test_split_gives_the_rest_to_the_largest_remainder_then_the_first() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(100, [1, 2, 3]) == [17, 33, 50]


@pytest.mark.parametrize(("amount", "weights"), [(-1, [1]), (1, []), (1, [0, 0]), (1, [2, -1])])
def test_split_refuses(amount: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="split"):
        split(amount, weights)
