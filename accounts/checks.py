"""What an operator is told at ``migrate`` and at ``check --database default``: what the rows themselves show."""

from collections.abc import Sequence
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage
from django.db import DatabaseError, transaction

from accounts.models import BankAccount, Fund, ProposedAccount
from accounts.queries import demo_people


@checks.register(checks.Tags.database)
def invented_people(*, databases: Sequence[str] | None, **_options: Any) -> list[CheckMessage]:
    """Name the demo's people in a database that is not a demo's; they cannot sign in, but they hold roles."""
    if settings.DEMO or not _is_laid_out(databases):
        return []
    found = [str(address) for address in demo_people().values_list("email", flat=True)]
    hint = "Their sign-in is refused. Use an empty database for production."
    message = f"This database holds invented people of the demo: {', '.join(found)}."
    return [checks.Warning(message, hint=hint, id="accounts.W001")] if found else []


@checks.register(checks.Tags.database)
def closed_secrets(*, databases: Sequence[str] | None, **_options: Any) -> list[CheckMessage]:
    """Count the bank data that today's keys do not open, before somebody needs it."""
    if not _is_laid_out(databases):
        return []
    funds = sum(not _opens(fund, "debtor_iban") for fund in Fund.objects.only("debtor_iban"))
    funds += sum(not _opens(proposed, "iban") for proposed in ProposedAccount.objects.only("iban"))
    accounts = sum(not _opens(account, "iban") for account in BankAccount.objects.only("iban").iterator())
    if not funds + accounts:
        return []
    message = f"No key opens the bank data of {funds} funds and {accounts} organisations' accounts."
    hint = "Name the former key in FIELD_ENCRYPTION_KEY_FALLBACKS."
    return [checks.Error(message, hint=hint, id="accounts.E001")]


def opens_a_sample() -> bool:
    """Tell whether today's keys open the newest and the oldest bank account there is, and a fund's own."""
    accounts = BankAccount.objects.only("iban").order_by("pk")
    sample = [accounts.first(), accounts.last()]
    fund = Fund.objects.only("debtor_iban").exclude(debtor_iban="").first()
    return all(_opens(account, "iban") for account in sample if account) and (
        fund is None or _opens(fund, "debtor_iban")
    )


def _opens(row: Fund | BankAccount | ProposedAccount, field: str) -> bool:
    try:
        getattr(row, field)
    except InvalidToken:
        return False
    return True


def _is_laid_out(databases: Sequence[str] | None) -> bool:
    """Tell whether there are rows to look at; before the first migration there are not even tables."""
    if "default" not in (databases or ()):
        return False
    try:
        with transaction.atomic():
            return bool(BankAccount.objects.exists() or Fund.objects.exists())
    except DatabaseError:
        return False
