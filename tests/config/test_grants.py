"""The application's role on PostgreSQL: it owns nothing and cannot rewrite what happened."""

import pytest
from django.db import DatabaseError, connection, transaction

from config.grants import ALL, GUARDED, grant_to

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]
ROLE = "application_of_test"


@pytest.fixture
def granted() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE}")  # rolled back with the test
    return grant_to(connection, ROLE)


def rights_of(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT privilege_type FROM information_schema.role_table_grants WHERE grantee = %s AND table_name = %s",
            [ROLE, table],
        )
        return {right for (right,) in cursor.fetchall()}


def test_guarded_tables_exist(granted: list[str]) -> None:
    assert set(GUARDED) - set(granted) == set()


def test_guarded_tables_give_only_what_they_list(granted: list[str]) -> None:
    assert {table: rights_of(table) for table in GUARDED} == {
        table: {right for right in rights if "(" not in right} for table, rights in GUARDED.items()
    }


def test_other_tables_give_all_rights_on_rows(granted: list[str]) -> None:
    wrong = [table for table in granted if table not in GUARDED and rights_of(table) != set(ALL)]

    assert wrong == []


def test_role_owns_no_table(granted: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = %s", [ROLE])
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditentry SET action = 'nothing'",
        "DELETE FROM accounts_auditentry",
        "TRUNCATE accounts_auditentry",
        "ALTER TABLE accounts_auditentry DISABLE TRIGGER ALL",
        "UPDATE payments_transfer SET amount_cents = 1",
        "DELETE FROM payments_transfer",
        "TRUNCATE payments_transfer",
        "ALTER TABLE payments_transfer DISABLE TRIGGER ALL",
        "DROP TABLE payments_transfer",
        "CREATE TABLE anything (id int)",
    ],
)
def test_role_cannot_rewrite_history(granted: list[str], statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")

        with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
            cursor.execute(statement)
        cursor.execute("RESET ROLE")
