"""A sent version: everything an application said at one moment, as plain data with a hash."""

import hashlib
import json
from datetime import date, datetime
from typing import Any, Final

from accounts.models import BankAccount, Organisation
from grants.models import Application
from grants.queries import files_of
from grants.sections import FIELDS, Section

# Version of the shape of a snapshot; readers of old versions look at it.
FORMAT: Final = 1
# In the order in which they are read; the database may give the keys back in another one.
ORGANISATION: Final = (
    "kind",
    "name",
    "legal_form",
    "register_court",
    "register_number",
    "tax_exempt_date",
    "deducts_input_tax",
    "representatives",
    "street",
    "postcode",
    "city",
    "website",
)
_ELSEWHERE: Final = ("organisation", "bank_account", "follows")
SUMS: Final = ("cost_cents", "eligible_cents", "funding_cents", "requested_cents", "smallest_cents")
_COST_LINE: Final = ("position", "kind", "label", "quantity_hundredths", "unit_cents", "amount_cents", "eligible")
_FUNDING_LINE: Final = ("position", "kind", "label", "status", "hours_hundredths", "amount_cents")
_FILE: Final = ("id", "kind", "name", "size", "content_type", "sha256")


def text_fields() -> list[str]:
    """Return the plain fields of the form, in its order."""
    parts = (Section.APPLICANT, Section.PROJECT, Section.CONTENT, Section.EFFECT, Section.DECLARATIONS)
    return [name for part in parts for name in FIELDS[part] if name not in _ELSEWHERE]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _take(record: object, names: tuple[str, ...] | list[str]) -> dict[str, Any]:
    return {name: _plain(getattr(record, name)) for name in names}


def _organisation(organisation: Organisation | None) -> dict[str, Any] | None:
    return None if organisation is None else {"id": organisation.pk, **_take(organisation, ORGANISATION)}


def _account(account: BankAccount | None) -> dict[str, Any] | None:
    # The number itself stays where it is encrypted; the fingerprint proves which one was meant.
    if account is None:
        return None
    return {
        "id": account.pk,
        "holder": account.holder,
        "masked": account.masked,
        "fingerprint": account.iban_fingerprint,
    }


def snapshot(application: Application) -> dict[str, Any]:
    """Return everything the application says now, as JSON values."""
    return {
        "format": FORMAT,
        "application": application.pk,
        "round": {
            "id": application.round_id,
            "name": application.round.name,
            "guideline": application.round.guideline,
        },
        "fields": _take(application, text_fields()),
        "sums": _take(application, SUMS),
        "follows": application.follows.case_number if application.follows else "",
        "organisation": _organisation(application.organisation),
        "bank_account": _account(application.bank_account),
        "cost_lines": [_take(line, _COST_LINE) for line in application.cost_lines.all()],
        "funding_lines": [_take(line, _FUNDING_LINE) for line in application.funding_lines.all()],
        "attachments": [_take(file, _FILE) for file in files_of(application)],
    }


def digest(data: dict[str, Any]) -> str:
    """Return the SHA-256 of the data in canonical form: the same data always gives the same hash."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
