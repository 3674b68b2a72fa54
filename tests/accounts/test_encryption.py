from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import InvalidToken
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.checks import closed_secrets
from accounts.encryption import Sealed, SecretCharField, fingerprint
from accounts.guards import lifted
from accounts.models import AuditEntry, BankAccount, Fund
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
        _opened(secret)
    settings.FIELD_ENCRYPTION_KEY_FALLBACKS = [old]
    assert _opened(secret) == "DE02"


def _opened(stored: str) -> str:
    return SecretCharField().open(Sealed(stored))


@pytest.mark.django_db
def test_a_row_is_saved_without_touching_its_secret() -> None:
    fund = make.make_fund()
    before = _stored_iban()

    again: Any = Fund.objects.get(pk=fund.pk)
    again.purpose = "Begegnung"
    again.save()

    assert _stored_iban() == before
    again.debtor_iban = "DE89370400440532013000"
    again.save()
    assert Fund.objects.get().debtor_iban == "DE89370400440532013000"
    assert "DE89" not in _stored_iban() != before


def _stored_iban() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT debtor_iban FROM accounts_fund")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_a_deferred_secret_is_read_when_asked_for() -> None:
    make.make_fund()

    assert Fund.objects.defer("debtor_iban").get().debtor_iban == make.IBAN


@pytest.fixture
def lost_key(settings: Settings) -> Iterator[None]:
    """Everything was written with a key that nobody names any more."""
    organisation = make.make_organisation()
    make.make_bank_account(organisation, make.make_user())
    make.make_round(make.make_fund())
    settings.FIELD_ENCRYPTION_KEY = "another-secret-" * 4
    fields: list[Any] = [Fund._meta.get_field("debtor_iban"), BankAccount._meta.get_field("iban")]
    for field in fields:
        _forget_keys(field)
    yield
    for field in fields:
        _forget_keys(field)


def _forget_keys(field: Any) -> None:
    """Keys are derived once in the life of a process; a new one begins."""
    for name in ("keys", "f"):
        field.__dict__.pop(name, None)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/calls/", "/konto/login/"])
def test_pages_without_bank_data_do_not_need_the_key(client: Client, lost_key: None, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.django_db
def test_a_lost_key_is_named_by_the_check(lost_key: None) -> None:
    assert [m.id for m in closed_secrets(databases=["default"])] == ["accounts.E001"]
    assert "1 funds and 1 " in closed_secrets(databases=["default"])[0].msg
    assert closed_secrets(databases=None) == []


@pytest.mark.django_db
def test_the_check_is_content_with_todays_key() -> None:
    make.make_bank_account(make.make_organisation(), make.make_user())
    make.make_fund()

    assert closed_secrets(databases=["default"]) == []


def test_fingerprints_are_equal_for_equal_secrets_and_depend_on_the_key(settings: Settings) -> None:
    first = fingerprint("DE02")
    assert fingerprint("DE02") == first
    assert fingerprint("DE03") != first
    settings.FIELD_ENCRYPTION_KEY = "another-secret-" * 4
    assert fingerprint("DE02") != first


# --- A new key ---------------------------------------------------------------------------------------------


def _new_key(settings: Settings, *, fallbacks: list[str]) -> None:
    settings.FIELD_ENCRYPTION_KEY_FALLBACKS = fallbacks
    settings.FIELD_ENCRYPTION_KEY = "another-secret-" * 4
    _read_keys_anew()


def _read_keys_anew() -> None:
    for model, name in ((BankAccount, "iban"), (Fund, "debtor_iban")):
        field = model._meta.get_field(name)
        for cached in ("keys", "f"):
            field.__dict__.pop(cached, None)


@pytest.fixture
def keys_of_today() -> Iterator[None]:
    yield
    _read_keys_anew()


@pytest.mark.django_db
@pytest.mark.usefixtures("keys_of_today")
def test_all_bank_data_is_written_anew_with_a_new_key(settings: Settings) -> None:
    account = make.make_bank_account(make.make_organisation(), make.make_user())
    fund = make.make_fund()
    _new_key(settings, fallbacks=[settings.FIELD_ENCRYPTION_KEY])

    call_command("rotate_field_key", stdout=StringIO())
    _new_key(settings, fallbacks=[])

    account, fund = BankAccount.objects.get(pk=account.pk), Fund.objects.get(pk=fund.pk)
    assert (account.iban, fund.debtor_iban, account.is_itself()) == (make.IBAN, make.IBAN, True)
    assert account.iban_fingerprint == fingerprint(make.IBAN)
    assert AuditEntry.objects.filter(action="rotate_field_key", subject_id=fund.pk).count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        BankAccount.objects.update(iban="DE89370400440532013000")


@pytest.mark.django_db
@pytest.mark.usefixtures("keys_of_today")
def test_an_iban_that_was_swapped_is_not_made_right_by_a_new_key(settings: Settings) -> None:
    make.make_bank_account(make.make_organisation(), make.make_user())
    with lifted("bankaccount_iban_frozen", "accounts_bankaccount"):
        BankAccount.objects.update(iban="DE89370400440532013000")
    _new_key(settings, fallbacks=[settings.FIELD_ENCRYPTION_KEY])

    with pytest.raises(CommandError, match="Not the IBAN that was entered"):
        call_command("rotate_field_key", stdout=StringIO())
    _new_key(settings, fallbacks=[])
    with pytest.raises(CommandError, match="no key opens it"):
        call_command("rotate_field_key", stdout=StringIO())
