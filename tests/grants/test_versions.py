import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from grants import steps
from grants.models import ApplicationVersion
from grants.receipts import receipt, sections
from grants.snapshots import digest, snapshot
from grants.states import ApplicationState as S
from notifications.pdf import build_receipt
from tests.factories import IBAN, make_application, make_bank_account
from tests.grants.factories import make_sendable, organisation_of, sender_of

pytestmark = pytest.mark.django_db


def frozen() -> ApplicationVersion:
    sent = make_sendable(state=S.SUBMITTED)
    with transaction.atomic():
        return steps.freeze(sent, reason="submit", by=sender_of(sent), now=sent.edited_at)


@pytest.mark.parametrize(
    "statement", ["UPDATE grants_applicationversion SET data = '{}'", "DELETE FROM grants_applicationversion"]
)
def test_database_refuses_to_change_what_was_sent(statement: str) -> None:
    version = frozen()

    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert ApplicationVersion.objects.get().sha256 == version.sha256


def test_application_with_versions_cannot_be_deleted() -> None:
    version = frozen()

    with pytest.raises(ProtectedError):
        version.application.delete()


def test_versions_count_up() -> None:
    version = frozen()
    application = version.application

    second = steps.freeze(application, reason="resubmit", by=sender_of(application), now=application.edited_at)

    assert (version.number, second.number) == (1, 2)


def test_hash_follows_the_content() -> None:
    application = make_application()
    before = digest(snapshot(application))

    assert digest(snapshot(application)) == before
    application.title += "."
    assert digest(snapshot(application)) != before


def test_account_number_is_not_in_the_copy() -> None:
    application = make_application()
    application.bank_account = make_bank_account(organisation_of(application), sender_of(application))

    data = snapshot(application)

    assert IBAN not in str(data)
    assert data["bank_account"]["masked"] == f"•••• {IBAN[-4:]}"


def test_receipt_can_be_drawn() -> None:
    sent = make_sendable(state=S.SUBMITTED, title="<b>Fest</b> & {Feier} قانون")
    data = receipt(sent, version=1, data=snapshot(sent))

    assert build_receipt(data).startswith(b"%PDF-")
    assert data.project_title == sent.title
    assert data.sections[0].rows[0].value


def test_copy_shows_every_section() -> None:
    titles = [part.title for part in sections(snapshot(make_application()))]

    assert len(titles) == 6
