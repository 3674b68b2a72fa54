"""The payment file for the bank: pain.001.001.09, made once and stored."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import xmlschema
from sepaxml import SepaTransfer

from accounts.models import Fund
from payments.exceptions import AccountAltered, DebtorAccountMissing
from payments.models import Payment
from payments.states import NameCheck

# Results that nobody pays on without a reason.
DOUBTFUL = (NameCheck.CLOSE, NameCheck.NO_MATCH)


@dataclass(frozen=True)
class PayeeCheck:
    """What the bank said when it compared the holder's name of a payment with its own (verification of payee).

    A transfer to another name is on the payer: `note` says why it is paid all the same.
    Source: Regulation (EU) 2024/886, Art. 5c.
    """

    payment_id: int
    result: NameCheck
    note: str = ""

    @property
    def lacks_reason(self) -> bool:
        return self.result in DOUBTFUL and not self.note.strip()


_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


def plain(text: str) -> str:
    """Return free text in the letters that every bank takes (EPC217-08); an applicant's title may hold anything."""
    spelled = unicodedata.normalize("NFKD", text.translate(_GERMAN)).encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"[^A-Za-z0-9/?:().,'+ -]", " ", spelled).split())


SCHEMA = "pain.001.001.09"


@cache
def _schema() -> Any:
    """Reading the bank's schema takes a third of a second, checking a file by it almost nothing."""
    return xmlschema.XMLSchema(str(files("sepaxml") / "schemas" / f"{SCHEMA}.xsd"))


def payment_file(fund: Fund, payments: Sequence[Payment], *, on: date) -> tuple[str, bytes]:
    """Return message id and bytes of a pain.001.001.09 file, one transfer per payment (EUR, executed on `on`).

    Two calls give two message ids, which the bank takes for two orders: make it once, store it.

    Names are given exactly as at the bank (EPC allows the UTF-8 letters that the bank itself recorded).

    Raises:
        DebtorAccountMissing: the fund has no paying account.
        AccountAltered: the IBAN of one of them is not the one that was entered and checked.
    """
    if "" in (str(fund.debtor_iban), fund.debtor_name):
        raise DebtorAccountMissing
    config = {
        "name": fund.debtor_name,
        "IBAN": fund.debtor_iban,
        "batch": True,
        "currency": "EUR",
        "BIC": fund.debtor_bic or None,
    }
    given = {key: value for key, value in config.items() if value}
    # clean=True would write "u" for "ü" in the payee's name, which the bank's check of names then refuses.
    transfer = SepaTransfer(given, schema=SCHEMA, clean=False)
    for payment in payments:
        if not payment.bank_account.is_itself():
            raise AccountAltered(payment)
        transfer.add_payment(
            {
                "name": payment.bank_account.holder,
                "IBAN": payment.bank_account.iban,
                "amount": payment.amount_cents,
                "execution_date": on,
                "description": plain(f"{payment.end_to_end_id} {payment.award.application.title}")[:140],
                "endtoend_id": payment.end_to_end_id,
            }
        )
    order = bytes(transfer.export(validate=False))
    _schema().validate(order.decode())
    return str(transfer.msg_id), order
