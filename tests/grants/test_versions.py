from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from grants import steps
from grants.models import ApplicationVersion, Round
from grants.receipts import next_dates, receipt, sections
from grants.snapshots import digest, snapshot
from grants.states import ApplicationState as S
from notifications.pdf import build_receipt
from tests.factories import IBAN, make_application, make_bank_account
from tests.grants.factories import make_sendable, organisation_of, sender_of

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


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


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, []),
        ({"jury_on": date(2027, 2, 3)}, [("Sitzung der Jury", "3. Februar 2027")]),
        ({"jury_on": date(2027, 2, 3), "jury_size": 0}, []),
        (
            {"jury_on": date(2027, 2, 3), "committee_chain": [{"body": "Rat", "on": "2027-03-01", "decides": True}]},
            [("Sitzung der Jury", "3. Februar 2027"), ("Rat", "1. März 2027")],
        ),
    ],
)
def test_receipt_names_every_session_whose_day_is_known(fields: dict[str, Any], told: list[tuple[str, str]]) -> None:
    round_ = Round(deadline_at=datetime(2026, 12, 14, 22, 59, 59, tzinfo=UTC), **fields)

    rows = [(row.label, row.value) for row in next_dates(round_, datetime(2026, 12, 1, 12, tzinfo=UTC))]

    # Three months after receipt (VwGO § 75) is the day of the last session here.
    end = [("Ende der Antragsfrist", "14. Dezember 2026")]
    assert rows == [*end, *told, ("Entscheidung voraussichtlich bis", "1. März 2027")]


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
