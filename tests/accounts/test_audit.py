import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django_fsm import FSMField
from pytest_django.asserts import assertNumQueries

from accounts import audit, clock
from accounts.exceptions import Busy, LostRace, NotPermitted, NotPossible, SecondPersonNeeded
from accounts.models import SYSTEM, AuditEntry, Proposal
from accounts.states import Outcome, Role
from grants.models import Application, Round
from grants.states import ApplicationState as S
from grants.states import RoundState
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Application:
    return make.make_application(state=S.SUBMITTED)


def test_perform_changes_state_and_writes_one_line(case: Application) -> None:
    officer = make.make_staff(case.fund, Role.CASE_OFFICER)

    fresh = audit.perform(case.start_check, by=officer, officer=officer, reason="first look")

    assert (fresh.state, fresh.version, fresh.officer) == (S.FORMAL_CHECK, 2, officer)
    line = AuditEntry.objects.get()
    assert (line.action, line.from_state, line.to_state) == ("start_check", S.SUBMITTED, S.FORMAL_CHECK)
    assert (line.actor, line.acting_for, line.fund, line.case_key) == (officer, None, case.fund, case.case_key)
    assert (line.subject_type, line.subject_id, line.reason) == ("grants.application", case.pk, "first look")
    assert line.data == {}


def test_perform_keeps_plain_arguments(case: Application) -> None:
    officer = make.make_staff(case.fund, Role.CASE_OFFICER)
    checked = audit.perform(case.start_check, by=officer, officer=officer)

    audit.perform(checked.request_documents, by=officer, due=clock.today())

    assert AuditEntry.objects.last().data == {"due": clock.today().isoformat()}  # type: ignore[union-attr]


def test_perform_when_somebody_was_faster_is_a_lost_race(case: Application) -> None:
    officer = make.make_staff(case.fund, Role.CASE_OFFICER)
    stale = Application.objects.get(pk=case.pk)
    audit.perform(case.start_check, by=officer, officer=officer)

    with pytest.raises(LostRace):
        audit.perform(stale.start_check, by=officer, officer=officer)

    assert AuditEntry.objects.count() == 1


def test_perform_on_a_deleted_record_is_a_lost_race() -> None:
    round_ = make.make_round(state=RoundState.DRAFT)
    round_.criteria.all().delete()
    Round.objects.get(pk=round_.pk).delete()

    with pytest.raises(LostRace):
        audit.perform(round_.publish, by=SYSTEM)


def test_perform_without_the_role_is_not_permitted(case: Application) -> None:
    stranger = make.make_staff(make.make_fund(), Role.CASE_OFFICER)

    with pytest.raises(NotPermitted):
        audit.perform(case.start_check, by=stranger, officer=stranger)

    assert AuditEntry.objects.count() == 0


def test_perform_asks_for_the_right_before_the_condition() -> None:
    round_ = make.make_round(state=RoundState.DRAFT, guideline="")

    with pytest.raises(NotPermitted):
        audit.perform(round_.publish, by=make.make_user())
    with pytest.raises(NotPossible):
        audit.perform(round_.publish, by=make.make_staff(round_.fund, Role.HEAD_OF_UNIT))


def test_perform_from_another_state_is_not_possible(case: Application) -> None:
    officer = make.make_staff(case.fund, Role.CASE_OFFICER)

    with pytest.raises(NotPossible):
        audit.perform(case.accept, by=officer)


def test_perform_hands_the_person_to_a_transition_that_takes_it() -> None:
    draft = make.make_application()
    owner = draft.created_by

    sent = audit.perform(draft.submit, by=owner, at=clock.now(), late=False, case_number="F-1")

    assert (sent.submitted_by, sent.case_number) == (owner, "F-1")
    assert set(AuditEntry.objects.get().data) == {"at", "late", "case_number"}


def test_perform_sees_a_role_that_ended_meanwhile(case: Application) -> None:
    officer = make.make_staff(case.fund, Role.CASE_OFFICER)
    assert "start_check" in audit.available(case, officer)
    officer.fund_roles.update(ended_at=clock.now(), ended_by=make.make_user())

    with pytest.raises(NotPermitted):
        audit.perform(case.start_check, by=officer, officer=officer)


@pytest.mark.committing
def test_perform_outside_a_transaction_is_a_programming_error() -> None:
    case = make.make_application(state=S.SUBMITTED)

    with pytest.raises(RuntimeError):
        audit.perform(case.start_check, by=SYSTEM, officer=None)


def test_deputy_acts_for_the_principal(case: Application) -> None:
    officer = make.make_staff(case.fund, Role.CASE_OFFICER)
    deputy = make.make_user()
    make.make_deputy(case.fund, principal=officer, deputy=deputy, named_by=officer)

    audit.perform(case.start_check, by=deputy, officer=deputy)

    line = AuditEntry.objects.get()
    assert (line.actor, line.acting_for) == (deputy, officer)


def test_deputy_with_the_right_of_their_own_acts_for_nobody(case: Application) -> None:
    officer, colleague = (make.make_staff(case.fund, Role.CASE_OFFICER) for _ in range(2))
    make.make_deputy(case.fund, principal=officer, deputy=colleague, named_by=officer)

    audit.perform(case.start_check, by=colleague, officer=colleague)

    assert AuditEntry.objects.get().acting_for is None


def test_deputy_of_two_acts_for_the_one_whose_role_is_needed() -> None:
    round_ = make.make_round(state=RoundState.DRAFT)
    clerk = make.make_staff(round_.fund, Role.COMMITTEE_CLERK)
    head = make.make_staff(round_.fund, Role.HEAD_OF_UNIT)
    deputy = make.make_staff(round_.fund, Role.CASE_OFFICER)
    for principal in (clerk, head):
        make.make_deputy(round_.fund, principal=principal, deputy=deputy, named_by=principal)

    audit.perform(round_.publish, by=deputy)

    assert AuditEntry.objects.get().acting_for == head


def test_history_and_case_history_have_a_constant_number_of_queries(case: Application) -> None:
    officer = make.make_staff(case.fund, Role.CASE_OFFICER)
    for number in range(5):
        audit.record("edit", case, by=officer, reason=str(number))

    with assertNumQueries(1):
        assert [str(e.actor) for e in audit.history(case)] == [str(officer)] * 5
    with assertNumQueries(1):
        assert [e.reason for e in audit.case_history(case.case_key)] == list("01234")


# --- Guards of the database ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_auditentry SET reason = 'x'", "DELETE FROM accounts_auditentry"]
)
def test_history_cannot_be_changed(case: Application, statement: str) -> None:
    audit.record("edit", case, by=SYSTEM)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert AuditEntry.objects.get().reason == ""


@pytest.mark.postgresql
def test_history_cannot_be_truncated(case: Application) -> None:
    audit.record("edit", case, by=SYSTEM)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_auditentry")


def installed_triggers() -> set[str]:
    names = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'accounts\\_%' ESCAPE '\\'",
        "postgresql": "SELECT tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
        " WHERE NOT tgisinternal AND c.relname LIKE 'accounts\\_%'",
    }
    with connection.cursor() as cursor:
        cursor.execute(names[connection.vendor])
        return {name for (name,) in cursor.fetchall()}


def test_triggers_of_this_floor_are_installed() -> None:
    expected = {
        "audit_no_delete", "audit_no_update", "bankaccount_checked_once", "bankaccount_iban_frozen",
        "bankaccount_no_delete", "bankaccount_no_edit", "bankaccount_replaced_once", "bankaccount_usable_when_checked",
        "fundrole_exclusive", "fundrole_no_delete", "fundrole_no_edit", "letterhead_kept", "letterhead_unchanged",
        "proposal_no_delete", "proposal_no_edit",
    }  # fmt: skip
    if connection.vendor == "postgresql":
        expected.add("audit_no_truncate")
    else:
        expected |= {f"{name}_no_twin" for name in ("audit", "bankaccount", "fundrole", "letterhead", "proposal")}
    assert installed_triggers() == expected


# --- Four eyes -----------------------------------------------------------------------------------------


def test_proposal_is_recorded_and_open(case: Application) -> None:
    officer = make.make_staff(case.fund, Role.CASE_OFFICER)

    proposal = audit.propose("drop", case, by=officer, payload={"cents": 5}, reason="why")

    assert audit.open_proposal("drop", case) == proposal
    assert (proposal.fund, proposal.case_key, proposal.payload) == (case.fund, case.case_key, {"cents": 5})
    assert AuditEntry.objects.get().action == "propose_drop"


def test_second_open_proposal_is_refused_and_leaves_the_transaction_usable(case: Application) -> None:
    officer = make.make_staff(case.fund, Role.CASE_OFFICER)
    audit.propose("drop", case, by=officer, payload={})

    with pytest.raises(NotPossible):
        audit.propose("drop", case, by=officer, payload={})

    assert Proposal.objects.count() == 1


@pytest.mark.parametrize(
    ("outcome", "own", "refusal"),
    [
        (Outcome.CONFIRMED, False, None),
        (Outcome.DECLINED, False, None),
        (Outcome.WITHDRAWN, True, None),
        (Outcome.CONFIRMED, True, SecondPersonNeeded),
        (Outcome.DECLINED, True, SecondPersonNeeded),
        (Outcome.WITHDRAWN, False, NotPermitted),
    ],
)
def test_who_decides_a_proposal(case: Application, outcome: Outcome, own: bool, refusal: Any) -> None:
    author, other = make.make_user(), make.make_user()
    proposal = audit.propose("drop", case, by=author, payload={})

    if refusal:
        with pytest.raises(refusal):
            audit.decide(proposal, by=author if own else other, outcome=outcome)
        assert Proposal.objects.get().outcome == Outcome.OPEN
    else:
        audit.decide(proposal, by=author if own else other, outcome=outcome, note="so be it")
        assert Proposal.objects.get().outcome == outcome
        assert AuditEntry.objects.last().reason == "so be it"  # type: ignore[union-attr]


def test_a_proposal_is_decided_once(case: Application) -> None:
    proposal = audit.propose("drop", case, by=make.make_user(), payload={})
    audit.decide(proposal, by=make.make_user(), outcome=Outcome.DECLINED)

    with pytest.raises(LostRace):
        audit.decide(proposal, by=make.make_user(), outcome=Outcome.CONFIRMED)


def test_database_refuses_one_person_for_both_halves(case: Application) -> None:
    author = make.make_user()
    audit.propose("drop", case, by=author, payload={})

    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.update(outcome=Outcome.CONFIRMED, decided_by=author, decided_at=clock.now())


def test_database_keeps_what_was_proposed(case: Application) -> None:
    audit.propose("drop", case, by=make.make_user(), payload={"cents": 5})

    with pytest.raises(DatabaseError), transaction.atomic():
        Proposal.objects.update(payload={"cents": 500})


# --- Reloading a protected state -----------------------------------------------------------------------


def test_refresh_reads_the_state_of_the_database(case: Application) -> None:
    other = Application.objects.get(pk=case.pk)
    officer = make.make_staff(case.fund, Role.CASE_OFFICER)
    audit.perform(case.start_check, by=officer, officer=officer)

    other.refresh_from_db()

    assert other.state == S.FORMAL_CHECK


def test_refresh_never_switches_the_protection_off(case: Application) -> None:
    field = Application._meta.get_field("state")
    assert isinstance(field, FSMField)
    seen: list[bool] = []

    def spy(execute: Any, *args: Any) -> Any:
        seen.append(field.protected)
        return execute(*args)

    with connection.execute_wrapper(spy):
        case.refresh_from_db()

    assert seen == [True]
    with pytest.raises(AttributeError):
        case.state = S.APPROVED


def test_failed_refresh_keeps_the_state(case: Application) -> None:
    ghost = Application(pk=case.pk + 1, state=S.SUBMITTED)

    with pytest.raises(Application.DoesNotExist):
        ghost.refresh_from_db()

    assert ghost.state == S.SUBMITTED
    with pytest.raises(AttributeError):
        ghost.state = S.APPROVED


def test_refresh_of_other_fields_keeps_the_state(case: Application) -> None:
    case.refresh_from_db(fields=["title"])

    assert case.__dict__["state"] == S.SUBMITTED


# --- Waiting -------------------------------------------------------------------------------------------


@pytest.mark.postgresql
@pytest.mark.committing
def test_a_lock_that_takes_too_long_is_an_answer(
    in_threads: Callable[[Sequence[Callable[[], Any]]], list[Any]],
) -> None:
    case = make.make_application(state=S.SUBMITTED)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            audit.locked(case)
            held.set()
            done.wait(30)

    def want() -> None:
        held.wait(30)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '50ms'")
                audit.locked(case)
        finally:
            done.set()

    _, refused = in_threads([hold, want])

    assert isinstance(refused, Busy)
