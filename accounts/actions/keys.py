"""A new key for bank data: every secret is written anew, and stays the same secret."""

from django.db import transaction

from accounts import audit
from accounts.encryption import fingerprint
from accounts.exceptions import Refused
from accounts.guards import lifted
from accounts.models import SYSTEM, BankAccount, Fund


def rotate_field_key() -> int:
    """Encrypt all bank data with today's key and return how many accounts of organisations there are.

    The former key must still be named among the fallbacks. The trigger that keeps an IBAN as it was entered is off
    only inside this transaction, because no condition in SQL could tell a new ciphertext from another IBAN.

    Raises:
        Refused: an IBAN is not the one that was entered, or no key opens it; nothing is changed.
    """
    with transaction.atomic(durable=True):
        accounts = list(BankAccount.objects.select_for_update().order_by("pk"))
        strange = [str(account.pk) for account in accounts if not account.is_itself()]
        if strange:
            raise Refused(f"Not the IBAN that was entered, or no key opens it: accounts {', '.join(strange)}.")
        with lifted("bankaccount_iban_frozen", "accounts_bankaccount"):
            for account in accounts:
                BankAccount.objects.filter(pk=account.pk).update(
                    iban=str(account.iban), iban_fingerprint=fingerprint(account.iban)
                )
        for fund in Fund.objects.order_by("pk"):
            Fund.objects.filter(pk=fund.pk).update(debtor_iban=str(fund.debtor_iban))
            audit.record("rotate_field_key", fund, by=SYSTEM, data={"accounts": len(accounts)})
        return len(accounts)
