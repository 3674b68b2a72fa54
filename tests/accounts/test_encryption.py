import pytest
from cryptography.fernet import InvalidToken
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.encryption import SecretCharField, fingerprint
from accounts.models import BankAccount, Fund
from tests import factories as make


@pytest.mark.django_db
def test_iban_is_unreadable_in_the_database_and_masked_on_pages() -> None:
    organisation = make.make_organisation()
    account = make.make_bank_account(organisation, make.make_user())

    with connection.cursor() as cursor:
        cursor.execute("SELECT iban FROM accounts_bankaccount")
        (stored,) = cursor.fetchone()

    assert make.IBAN not in stored
    assert BankAccount.objects.get().iban == make.IBAN
    assert account.masked == "•••• 2051"
    assert make.IBAN not in str(account)


@pytest.mark.django_db
def test_empty_secret_stays_empty() -> None:
    fund = make.make_fund(debtor_iban="")

    assert Fund.objects.get(pk=fund.pk).debtor_iban == ""


def test_old_key_still_reads_and_a_wrong_key_is_an_error(settings: Settings) -> None:
    secret = SecretCharField().get_prep_value("DE02")
    old = settings.FIELD_ENCRYPTION_KEY

    settings.FIELD_ENCRYPTION_KEY = "another-secret-" * 4
    with pytest.raises(InvalidToken):
        SecretCharField().from_db_value(secret)
    settings.FIELD_ENCRYPTION_KEY_FALLBACKS = [old]
    assert SecretCharField().from_db_value(secret) == "DE02"


def test_fingerprints_are_equal_for_equal_secrets_and_depend_on_the_key(settings: Settings) -> None:
    first = fingerprint("DE02")
    assert fingerprint("DE02") == first
    assert fingerprint("DE03") != first
    settings.FIELD_ENCRYPTION_KEY = "another-secret-" * 4
    assert fingerprint("DE02") != first
