"""The file for the bank: valid by the library's schema, names as at the bank, sums right."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings

from payments.bank import plain
from payments.models import PaymentExport
from tests.payments import chain

pytestmark = pytest.mark.django_db
SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


def tree_of(record: PaymentExport) -> Any:
    # Our own file, made a moment ago.
    return ET.fromstring((Path(settings.MEDIA_ROOT) / record.file).read_bytes())  # noqa: S314


def texts(tree: Any, path: str) -> list[str]:
    return [node.text for node in tree.findall(path, SPACE)]


def test_file_holds_each_payment_once_with_name_amount_and_id() -> None:
    chain.at(chain.NOW)
    case = chain.make_case(title="Café «Täglich» – مرحبا <b>&amp;")
    chain.final_award(case)
    payments = [chain.ordered(case, cents) for cents in (100_001, 49_999, 1)]

    record = chain.hand_over(case, *payments)

    tree = tree_of(record)
    assert (record.total_cents, record.count) == (150_001, 3)
    assert texts(tree, ".//p:GrpHdr/p:CtrlSum") == ["1500.01"]
    assert texts(tree, ".//p:GrpHdr/p:NbOfTxs") == ["3"]
    assert sorted(texts(tree, ".//p:InstdAmt")) == ["0.01", "1000.01", "499.99"]
    assert sorted(texts(tree, ".//p:EndToEndId")) == sorted(payment.end_to_end_id for payment in payments)
    assert set(texts(tree, ".//p:Cdtr/p:Nm")) == {"Müller & Söhne Verein e. V."}
    assert all(plain(text) == text for text in texts(tree, ".//p:Ustrd"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Größe & Übung", "Groesse Uebung"),
        ("Café – José", "Cafe Jose"),
        ("مرحبا", ""),
        ("=1+1\n<b>", "1+1 b"),
    ],
)
def test_free_text_is_spelled_in_letters_every_bank_takes(text: str, told: str) -> None:
    assert plain(text) == told
