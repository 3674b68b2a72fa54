"""What the database refuses even when nobody goes through the ledger's door."""

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import Error, connection, transaction
from django.db.models import Model

from config.grants import grant_to
from payments import guards, ledger
from payments.models import Budget, CaseAccount, Transfer
from tests import factories
from tests.payments.books import NEW_YEAR, NEXT_YEAR, SIGNED, close, commit_to, make_case

pytestmark = pytest.mark.django_db

TRIGGERS = {
    "sqlite": {
        "ledger_budget_guarded", "ledger_budget_no_twin", "ledger_budget_starts_empty", "ledger_budget_undeleted",
        "ledger_case_guarded", "ledger_case_no_twin", "ledger_case_starts_empty", "ledger_case_undeleted",
        "ledger_transfer_moves", "ledger_transfer_no_twin", "ledger_transfer_unchanged",
        "ledger_transfer_undeleted",
    },
    "postgresql": {
        "ledger_budget_guarded", "ledger_budget_not_emptied", "ledger_budget_starts_empty",
        "ledger_budget_undeleted", "ledger_case_guarded", "ledger_case_not_emptied", "ledger_case_starts_empty",
        "ledger_case_undeleted", "ledger_transfer_locks", "ledger_transfer_moves",
        "ledger_transfer_not_emptied", "ledger_transfer_unchanged",
    },
}  # fmt: skip


@pytest.fixture
def budget() -> Budget:
    return factories.make_budget(factories.make_fund(), 2026, 1_000_000)


@pytest.fixture
def case(budget: Budget) -> CaseAccount:
    made = make_case(budget, 300_000)
    commit_to(made, 200_000, rest_cents=10_000)
    return made


def run(statement: str, **values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def refusal(statement: str, **values: Any) -> str:
    """The name under which the database refuses a statement."""
    with pytest.raises(Error) as error:
        run(statement, **values)
    message = str(error.value).splitlines()[0]
    names: list[str] = re.findall(r"\b(?:ledger|budget|caseaccount|transfer|payments_transfer)_[a-z_]+", message)
    return names[-1] if names else message


def raw(row: Model, **changes: Any) -> Callable[[], object]:
    """A copy of a row with changes, to be inserted past the ledger."""
    values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields} | {"id": None} | changes
    return lambda: type(row)._base_manager.create(**values)


def installed_triggers(engine: str) -> set[str]:
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger%'",
        "postgresql": "SELECT DISTINCT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'ledger%'",
    }
    with connection.cursor() as cursor:
        cursor.execute(query[engine])
        return {name for (name,) in cursor.fetchall()}


def test_the_installed_triggers_are_these(engine: str) -> None:
    assert installed_triggers(engine) == TRIGGERS[engine]
    assert guards.TRIGGERS[engine] >= TRIGGERS[engine]


def test_the_triggers_can_be_taken_away_and_put_back(engine: str) -> None:
    migration = import_module("payments.migrations.0002_ledger_triggers")
    editor = connection.schema_editor()

    migration.remove(apps, editor)
    assert installed_triggers(engine) == set()
    migration.install(apps, editor)

    assert installed_triggers(engine) == TRIGGERS[engine]


@pytest.mark.parametrize("change", ["amount_cents = 1", "key = 'x'", "reason = 'x'", "on_date = '2020-01-01'"])
def test_a_transfer_is_never_changed(change: str, case: CaseAccount) -> None:
    assert refusal(f"UPDATE payments_transfer SET {change}") == "ledger_append_only"


def test_a_transfer_is_never_deleted(case: CaseAccount) -> None:
    assert refusal("DELETE FROM payments_transfer") == "ledger_append_only"


@pytest.mark.postgresql
@pytest.mark.parametrize("table", ["payments_transfer", "payments_budget", "payments_caseaccount"])
def test_no_table_of_the_books_is_emptied(table: str, case: CaseAccount) -> None:
    # What hangs on deferred constraints comes first, else PostgreSQL refuses for that reason.
    run("SET CONSTRAINTS ALL IMMEDIATE")

    assert refusal(f"TRUNCATE {table} CASCADE") == "ledger_append_only"


@pytest.mark.parametrize("table", ["payments_budget", "payments_caseaccount"])
def test_books_are_never_deleted(table: str, case: CaseAccount) -> None:
    assert refusal(f"DELETE FROM {table}") == "ledger_append_only"


@pytest.mark.parametrize(
    "change",
    [
        "available_cents = available_cents + 1, appropriation_cents = appropriation_cents + 1",
        "lapsed_cents = available_cents, available_cents = 0",
        "last_transfer_id = 0",
        "last_transfer_id = last_transfer_id + 1",
        "reserved_cents = 0, lapsed_cents = reserved_cents, last_transfer_id = last_transfer_id + 1",
    ],
)
def test_a_balance_of_a_budget_moves_only_by_a_transfer(change: str, case: CaseAccount) -> None:
    # Transfers of another budget with higher numbers give no right to this one.
    commit_to(make_case(factories.make_budget(factories.make_fund(), 2026)), 5)

    refused = refusal(f"UPDATE payments_budget SET {change} WHERE id = %(id)s", id=case.budget_id)

    assert refused == "ledger_only_by_transfer"


@pytest.mark.parametrize(
    "change",
    [
        "committed_cents = 0",
        "disbursed_cents = 10",
        "claimed_cents = 5",
        "carried_cents = 5",
        "committed_decision = 0",
        "origin_year = 2025",
        "reserved_cents = 0, last_transfer_id = last_transfer_id + 1",
    ],
)
def test_a_balance_of_a_case_moves_only_by_a_transfer(change: str, case: CaseAccount) -> None:
    commit_to(make_case(case.budget), 5)

    refused = refusal(f"UPDATE payments_caseaccount SET {change} WHERE id = %(id)s", id=case.pk)

    assert refused == "ledger_only_by_transfer"


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("limit_cents = 209999", "caseaccount_within_limit"),
        ("decided_cents = 199999", "caseaccount_within_decision"),
        ("decided_cents = 300001", "caseaccount_decision_within_limit"),
        ("decided_cents = NULL", "caseaccount_within_decision"),
        ("decision = 0", "ledger_one_way"),
        ("application_id = application_id + 1", "ledger_identity"),
        ("repaid_returns = NOT repaid_returns", "ledger_identity"),
    ],
)
def test_limits_of_a_case_stay_above_its_money(change: str, name: str, case: CaseAccount) -> None:
    assert refusal(f"UPDATE payments_caseaccount SET {change} WHERE id = %(id)s", id=case.pk) == name


def test_the_year_of_a_budget_never_changes(budget: Budget) -> None:
    assert refusal("UPDATE payments_budget SET year = 2030") == "ledger_identity"


def test_a_closed_year_never_opens_again(budget: Budget) -> None:
    close(budget)

    assert refusal("UPDATE payments_budget SET closed_at = NULL") == "ledger_one_way"


@pytest.mark.parametrize("balance", ["available_cents", "carried_in_cents", "last_transfer_id"])
def test_a_new_budget_starts_empty(balance: str, budget: Budget) -> None:
    copy = Budget(fund=budget.fund, year=2030, **{balance: 5})

    with pytest.raises(Error, match="ledger_starts_empty"):
        copy.save()


@pytest.mark.parametrize("balance", ["reserved_cents", "carried_cents", "origin_year"])
def test_a_new_case_starts_empty(balance: str, budget: Budget) -> None:
    other = factories.make_budget(budget.fund, 2030)
    copy = CaseAccount(budget=other, application=make_case(budget).application, limit_cents=9, **{balance: 5})

    with pytest.raises(Error, match="ledger_starts_empty"):
        copy.save()


@pytest.mark.parametrize(
    "changes",
    [
        {"credit": "DISBURSED"},
        {"debit": "AVAILABLE"},
        {"posting": "release"},
        {"posting": "gift"},
        {"case_id": None},
        {"amount_cents": 0},
        {"amount_cents": -5},
        {"decision": 1},
    ],
)
def test_only_the_moves_of_the_table_are_possible(changes: dict[str, Any], case: CaseAccount) -> None:
    order = ledger.order(case, 100, key="o", by=factories.make_user(), on=SIGNED)

    with pytest.raises(Error, match=r"transfer_(legal|moves_something|commit_names_decision|known_posting)"):
        raw(order, key="n", **changes)()


def test_a_case_of_another_budget_is_refused(case: CaseAccount) -> None:
    other = factories.make_budget(factories.make_fund(), 2026)
    order = ledger.order(case, 100, key="o", by=factories.make_user(), on=SIGNED)

    with pytest.raises(Error, match="ledger_case_of_other_budget"):
        raw(order, key="n", budget_id=other.pk)()


def test_raw_transfers_keep_the_balances_and_the_bounds(case: CaseAccount) -> None:
    order = ledger.order(case, 150_000, key="o", by=factories.make_user(), on=SIGNED)
    raw(order, key="n", amount_cents=50_000)()
    case.refresh_from_db()

    assert (case.committed_cents, case.ordered_cents) == (0, 200_000)
    with pytest.raises(Error, match=r"(budget|caseaccount)_nothing_below_zero"):
        raw(order, key="m", amount_cents=1)()


@pytest.mark.parametrize("missing", ["budget_id", "case_id", "other_case_id"])
def test_a_transfer_before_its_book_is_refused(missing: str, case: CaseAccount) -> None:
    # The foreign key would be content with a book that is made later in the same transaction.
    order = ledger.order(case, 100, key="o", by=factories.make_user(), on=SIGNED)
    year_after = factories.make_budget(case.budget.fund, 2027)
    later = CaseAccount.objects.create(budget=year_after, application=case.application, limit_cents=0)
    carry = {"posting": "carry", "debit": "COMMITTED", "credit": "CARRIED_OUT", "other_case_id": later.pk}

    with pytest.raises(Error, match="ledger_no_such_book"):
        raw(order, key="n", **carry | {missing: 999_999})()


def test_a_commit_without_its_decision_is_refused(case: CaseAccount) -> None:
    other = make_case(case.budget)
    ledger.reserve_to(other, target_cents=100, key="r", by=factories.make_user())
    ledger.set_decided(other, 100, by=factories.make_user())

    with pytest.raises(Error, match=r"committed_decision|decision"):
        raw(Transfer.objects.get(posting="commit"), key="n", case_id=other.pk, amount_cents=1, decision=None)()


def test_a_decision_commits_once_over_the_turn_of_the_year(case: CaseAccount) -> None:
    """Paid in the old year, the rest carried and decommitted: the decision is carried out, not undone."""
    by = factories.make_user()
    ledger.order(case, 50_000, key="o", by=by, on=SIGNED)
    ledger.pay(case, 50_000, key="p", by=by)
    ledger.carry_all(case, key="y", by=by)
    later = CaseAccount.objects.get(application=case.application_id, budget__year=2027)
    ledger.decommit(later, 150_000, key="d", by=by)
    ledger.reserve_to(later, target_cents=150_000, key="r", by=by)

    with pytest.raises(ledger.CommittedBefore), transaction.atomic():
        ledger.commit(later, 1, key="c", by=by, on=NEXT_YEAR)

    ledger.set_decided(later, 60_000, by=by)
    assert ledger.commit(later, 10_000, key="c", by=by, on=NEXT_YEAR).decision == 2


@pytest.mark.parametrize("amount", [0.5, "100x", "x"])
def test_an_amount_is_whole_cents(amount: object, case: CaseAccount, engine: str) -> None:
    order = ledger.order(case, 100, key="o", by=factories.make_user(), on=SIGNED)
    columns = [f.attname for f in Transfer._meta.concrete_fields if f.attname != "id"]
    values = {name: getattr(order, name) for name in columns} | {"key": "n", "amount_cents": amount}
    places = ", ".join(f"%({name})s" for name in columns)

    if engine == "postgresql" and amount == 0.5:
        values["amount_cents"] = 0.4  # rounded to nothing, which is no amount
    with pytest.raises(Error, match=r"transfer_whole_cents|transfer_moves_something|invalid input syntax"):
        run(
            f"INSERT INTO payments_transfer ({', '.join(chr(34) + c + chr(34) for c in columns)}) VALUES ({places})",
            **values,
        )


def test_a_second_commit_of_a_decision_is_refused(case: CaseAccount) -> None:
    commit = Transfer.objects.get(posting="commit")

    with pytest.raises(Error, match="ledger_committed_before"):
        raw(commit, key="n", amount_cents=1)()


def test_a_commit_for_another_decision_is_refused(case: CaseAccount) -> None:
    commit = Transfer.objects.get(posting="commit")

    with pytest.raises(Error, match="ledger_other_decision"):
        raw(commit, key="n", amount_cents=1, decision=2)()


def test_two_commits_in_one_statement_are_refused(case: CaseAccount) -> None:
    other = make_case(case.budget)
    ledger.reserve_to(other, target_cents=100, key="r", by=factories.make_user())
    ledger.set_decided(other, 100, by=factories.make_user())
    values = {f.attname: getattr(Transfer.objects.get(posting="commit"), f.attname) for f in Transfer._meta.fields}
    rows = [
        Transfer(**values | {"id": None, "key": key, "case_id": other.pk, "amount_cents": 50, "decision": 1})
        for key in ("a", "b")
    ]

    with pytest.raises(Error, match="ledger_committed_before"):
        Transfer.objects.bulk_create(rows)


def test_a_second_appropriation_is_refused(budget: Budget) -> None:
    first = Transfer.objects.get(posting="appropriate")

    with pytest.raises(Error, match=r"transfer_(twin|appropriates_once)"):
        raw(first, key="n")()


def test_orders_of_a_closed_or_ended_year_are_refused(case: CaseAccount) -> None:
    order = ledger.order(case, 100, key="o", by=factories.make_user(), on=SIGNED)
    with pytest.raises(Error, match="ledger_year_over"), transaction.atomic():
        raw(order, key="n", on_date="2027-01-01")()
    Budget.objects.filter(pk=case.budget_id).update(closed_at=NEW_YEAR)

    with pytest.raises(Error, match="ledger_year_closed"):
        raw(order, key="m")()


def test_carry_into_a_wrong_year_or_case_is_refused(case: CaseAccount) -> None:
    order = ledger.order(case, 100, key="o", by=factories.make_user(), on=SIGNED)
    year_after = factories.make_budget(case.budget.fund, 2028, 100)
    too_late = CaseAccount.objects.create(budget=year_after, application=case.application, limit_cents=0)
    stranger = CaseAccount.objects.create(
        budget=factories.make_budget(case.budget.fund, 2027), application=make_case(case.budget).application,
        limit_cents=0,
    )  # fmt: skip
    carry = {"posting": "carry", "debit": "COMMITTED", "credit": "CARRIED_OUT"}

    with pytest.raises(Error, match="ledger_wrong_year"), transaction.atomic():
        raw(order, key="n", other_case_id=too_late.pk, **carry)()
    with pytest.raises(Error, match="ledger_other_case"), transaction.atomic():
        raw(order, key="m", other_case_id=stranger.pk, **carry)()


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("payments_transfer", "SELECT * FROM payments_transfer LIMIT 1"),
        ("payments_budget", "SELECT * FROM payments_budget LIMIT 1"),
        ("payments_caseaccount", "SELECT * FROM payments_caseaccount LIMIT 1"),
    ],
)
def test_replace_does_not_take_a_row_away(table: str, row: str, case: CaseAccount, engine: str) -> None:
    statement = {
        "sqlite": f"INSERT OR REPLACE INTO {table} {row}",
        "postgresql": f"INSERT INTO {table} {row} ON CONFLICT (id) DO UPDATE SET id = 0",
    }

    # PostgreSQL draws a new number for a transfer; its key is what stands in the way.
    expected = {
        "payments_transfer": {"transfer_twin", "payments_transfer_key_key", "transfer_appropriates_once"},
        "payments_budget": {"budget_once", "ledger_starts_empty"},
        "payments_caseaccount": {"caseaccount_once", "ledger_starts_empty"},
    }
    assert refusal(statement[engine]) in expected[table]


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("statement", "passes"),
    [
        ("SELECT 1 FROM payments_budget FOR NO KEY UPDATE", True),
        ("SELECT 1 FROM payments_caseaccount FOR NO KEY UPDATE", True),
        ("UPDATE payments_budget SET decree = 'x'", True),
        ("UPDATE payments_budget SET available_cents = available_cents", False),
        ("UPDATE payments_caseaccount SET decided_cents = decided_cents", True),
        ("UPDATE payments_caseaccount SET reserved_cents = reserved_cents", False),
        ("UPDATE payments_caseaccount SET repaid_returns = true", False),
        ("SELECT setval('payments_transfer_id_seq', 1)", False),
        ("CREATE TEMP TABLE mine () INHERITS (payments_transfer)", False),
        ("CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", False),
        ("UPDATE payments_transfer SET reason = 'x'", False),
        ("DELETE FROM payments_transfer", False),
        ("ALTER TABLE payments_transfer DISABLE TRIGGER ALL", False),
        ("DROP TRIGGER ledger_transfer_moves ON payments_transfer", False),
        ("SET session_replication_role = replica", False),
    ],
)
def test_the_role_of_the_application_owns_nothing(
    statement: str, passes: bool, case: CaseAccount, role_of_the_application: str
) -> None:
    run(f"SET LOCAL ROLE {role_of_the_application}")
    if passes:
        run(statement)
    else:
        with pytest.raises(Error, match=r"permission denied|must be owner"):
            run(statement)


@pytest.mark.postgresql
@pytest.mark.parametrize("function", ["ledger_transfer_moves", "ledger_transfer_locks"])
def test_the_functions_of_the_books_hang_on_no_other_table(function: str, role_of_the_application: str) -> None:
    """They run as the owner: on a table of one's own they would move the real balances."""
    run(f"SET LOCAL ROLE {role_of_the_application}")
    run("CREATE TEMP TABLE mine (LIKE payments_transfer)")

    with pytest.raises(Error, match="permission denied for function"):
        run(f"CREATE TRIGGER mine AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION {function}()")


@pytest.mark.postgresql
def test_a_table_of_the_same_name_does_not_deceive_the_books(case: CaseAccount, role_of_the_application: str) -> None:
    run(f"SET LOCAL ROLE {role_of_the_application}")
    for table in ("payments_budget", "payments_caseaccount"):
        run(f"CREATE TEMP TABLE {table} AS SELECT * FROM public.{table}")
    run("UPDATE pg_temp.payments_caseaccount SET committed_cents = 900000, decided_cents = 900000")

    with pytest.raises(Error, match=r"nothing_below_zero"):
        run(
            "INSERT INTO public.payments_transfer (posting, debit, credit, budget_id, case_id, amount_cents, key,"
            " reason, at, on_date) VALUES ('order', 'COMMITTED', 'ORDERED', %(budget)s, %(case)s, 900000, 'n', '',"
            " now(), '2026-11-02')",
            budget=case.budget_id, case=case.pk,
        )  # fmt: skip


@pytest.mark.postgresql
def test_the_role_of_the_application_can_do_every_posting(budget: Budget, role_of_the_application: str) -> None:
    case = make_case(budget)
    run(f"SET LOCAL ROLE {role_of_the_application}")

    commit_to(case, 100)
    ledger.carry_all(case, key="y", by=factories.make_user())

    assert CaseAccount.objects.get(application=case.application_id, budget__year=2027).committed_cents == 100


@pytest.fixture
def role_of_the_application(engine: str) -> str:
    """A role with the rights that `grant_roles` gives; it goes with the transaction."""
    run("CREATE ROLE ledger_application")
    grant_to(connection, "ledger_application")
    return "ledger_application"
