"""What is on record stays as it was: SQL past the program, statement by statement, on both engines."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from accounts import audit
from accounts.models import AuditEntry, BankAccount, FundRole, Proposal
from grants.models import ApplicationVersion, CaseMessage
from grants.states import MessageSide
from notifications.models import Document, Letter
from payments.actions import payouts
from payments.models import Award, Payment, PaymentExport
from payments.states import PaymentState as P
from reviews.models import Decision
from reviews.states import DecisionOutcome
from tests import factories
from tests.payments import chain

pytestmark = pytest.mark.django_db


def refused(statement: str, values: Any = None) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError:
        return True
    return False


@pytest.fixture
def case() -> chain.Case:
    chain.at(chain.NOW)
    made = chain.make_case()
    chain.final_award(made)
    return made


# --- Payments ------------------------------------------------------------------------------------------------

REQUEST = (
    "amount_cents = amount_cents * 10", "bank_account_id = bank_account_id + 1", "award_id = award_id + 1",
    "end_to_end_id = 'x'", "requested_by_id = NULL", "planned_use_by = '2030-01-01'", "id = id + 1000",
)  # fmt: skip
ORDER = ("certified_by_id = NULL", "ordered_by_id = NULL", "ordered_at = NULL")
HANDED = ("exported_by_id = NULL", "exported_at = NULL", "export_id = NULL", "name_check = 'not_possible'")
BOOKED = ("booked_on = '2020-01-01'", "use_by = '2030-01-01'", "confirmed_by_id = NULL")


def brought_to(case: chain.Case, state: P) -> Payment:
    payment = chain.request(case, 1_000)
    if state != P.REQUESTED:
        payment = payouts.certify(payment=payment, by=case.office.finance_a)
    if state in (P.ORDERED, P.EXPORTED, P.PAID):
        payment = payouts.order(payment=payment, by=case.office.finance_b)
    if state in (P.EXPORTED, P.PAID):
        payment = chain.exported(case, payment)[0]
    if state == P.PAID:
        payment = payouts.confirm(payment=payment, by=case.office.treasury, booked_on=chain.NOW.date().replace(day=6))
    assert payment.state == state
    return payment


@pytest.mark.parametrize(
    ("state", "frozen"),
    [
        (P.REQUESTED, REQUEST),
        (P.CHECKED, REQUEST),
        (P.ORDERED, REQUEST + ORDER),
        (P.EXPORTED, REQUEST + ORDER + HANDED),
        (P.PAID, REQUEST + ORDER + HANDED + BOOKED),
    ],
)
def test_payment_is_what_three_people_saw(case: chain.Case, state: P, frozen: tuple[str, ...]) -> None:
    brought_to(case, state)
    # Another account and another award, so that nothing else refuses.
    factories.make_bank_account(case.organisation, case.owner, iban="DE89370400440532013000")

    passed = [change for change in frozen if not refused(f"UPDATE payments_payment SET {change}")]

    assert passed == []
    assert refused("DELETE FROM payments_payment")


@pytest.mark.parametrize(
    ("state", "forbidden"),
    [
        (P.REQUESTED, (P.ORDERED, P.EXPORTED, P.PAID, P.FAILED)),
        (P.CHECKED, (P.EXPORTED, P.PAID, P.FAILED, P.REFUSED, P.CANCELLED)),
        (P.ORDERED, (P.REQUESTED, P.CHECKED, P.PAID, P.FAILED, P.REFUSED)),
        (P.EXPORTED, (P.REQUESTED, P.CHECKED, P.ORDERED, P.REFUSED, P.CANCELLED)),
        (P.PAID, (P.REQUESTED, P.CHECKED, P.ORDERED, P.EXPORTED, P.REFUSED, P.CANCELLED)),
    ],
)
def test_state_of_a_payment_moves_only_along_its_life_cycle(
    case: chain.Case, state: P, forbidden: tuple[P, ...]
) -> None:
    brought_to(case, state)
    # Whatever else the database asks of the new state is there, so that only the step is refused.
    rest = ", booked_on = '2026-11-06'" if state != P.PAID else ""

    passed = [to for to in forbidden if not refused(f"UPDATE payments_payment SET state = '{to.value}'{rest}")]

    assert passed == []


def test_award_is_what_the_letter_granted(case: chain.Case) -> None:
    changes = (
        "amount_cents = amount_cents + 1", "terms = '{}'", "letter_id = letter_id + 1", "account_id = account_id + 1",
        "funding_type = 'FULL'", "id = id + 1000",
    )  # fmt: skip

    passed = [change for change in changes if not refused(f"UPDATE payments_award SET {change}")]

    assert passed == []
    assert refused("DELETE FROM payments_award")


def test_payment_file_on_record_never_changes(case: chain.Case) -> None:
    brought_to(case, P.EXPORTED)
    changes = ("sha256 = 'x'", "total_cents = 1", "file = 'x'", "count = 9", "message_id = 'x'")

    passed = [change for change in changes if not refused(f"UPDATE payments_paymentexport SET {change}")]

    assert passed == []
    assert refused("DELETE FROM payments_paymentexport")


def test_decision_is_superseded_never_edited(case: chain.Case) -> None:
    made = decision(case)
    changes = ("amount_cents = 1", "outcome = 'reserve'", "body = 'x'", "decided_on = '2020-01-01'", "reason = 'x'")

    passed = [change for change in changes if not refused(f"UPDATE reviews_decision SET {change}")]

    assert passed == []
    assert refused("DELETE FROM reviews_decision")
    Decision.objects.filter(pk=made.pk).update(superseded_at=chain.NOW)
    assert refused("UPDATE reviews_decision SET superseded_at = NULL")


def test_message_about_a_case_stays_as_it_was_sent(case: chain.Case) -> None:
    write_message(case)
    changes = ("text = 'x'", "side = 'office'", "sent_at = '2020-01-01'", "sent_by_id = sent_by_id + 1")

    passed = [change for change in changes if not refused(f"UPDATE grants_casemessage SET {change}")]

    assert passed == []
    assert refused("DELETE FROM grants_casemessage")


def write_message(case: chain.Case) -> None:
    CaseMessage.objects.create(
        application=case.application, side=MessageSide.APPLICANT, text="Wann kommt das Geld?", sent_by=case.owner
    )


def test_announced_letter_keeps_its_day(case: chain.Case) -> None:
    assert refused("UPDATE notifications_letter SET announced_on = '2020-01-01'")


def decision(case: chain.Case) -> Decision:
    return Decision.objects.create(
        application=case.application, body="Regionsausschuss", outcome=DecisionOutcome.FUND, amount_cents=250_000,
        decided_on=chain.TODAY, recorded_by=case.office.officer,
    )  # fmt: skip


# --- INSERT OR REPLACE, which fires no delete trigger ----------------------------------------------------------

KEPT: tuple[type[Model], ...] = (
    AuditEntry, FundRole, Proposal, BankAccount, Letter, Document, ApplicationVersion, CaseMessage, Award, Payment,
    PaymentExport, Decision,
)  # fmt: skip


# Those that could also be pushed out by another unique value than the primary key.
UNIQUE = (FundRole, Proposal, Letter, Document, ApplicationVersion, Award, Payment, PaymentExport, Decision)


@pytest.mark.once
@pytest.mark.parametrize("model", KEPT, ids=lambda model: model.__name__)
def test_sqlite_replaces_no_row(case: chain.Case, model: type[Model]) -> None:
    brought_to(case, P.EXPORTED)
    decision(case)
    write_message(case)
    audit.propose("drop", case.application, by=case.office.officer, payload={})
    ApplicationVersion.objects.create(
        application=case.application, number=7, data={}, made_by=case.owner, made_at=chain.NOW, reason="submit"
    )
    row = model._default_manager.order_by("pk").last()
    assert row is not None
    table, columns = model._meta.db_table, [str(field.column) for field in model._meta.concrete_fields]
    with connection.cursor() as cursor:
        # As any tool opens the file.
        cursor.execute("PRAGMA recursive_triggers = OFF")

    def replaces(names: list[str]) -> bool:
        listed = ", ".join(names)
        return not refused(
            f"INSERT OR REPLACE INTO {table} ({listed}) SELECT {listed} FROM {table} WHERE id = %s", [row.pk]
        )

    assert not replaces(columns)
    if model in UNIQUE:
        assert not replaces([name for name in columns if name != "id"])
