"""The formal check: who may do what from which state, and what follows."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from accounts import audit, clock
from accounts.exceptions import LostRace, NeedsReason, NotPermitted, NotPossible, SecondPersonNeeded
from accounts.models import FundRole, User
from accounts.permissions import has_role
from accounts.states import Outcome, Role
from grants import actions as applicant_actions
from grants.actions import office as actions
from grants.exceptions import (
    CheckChanged,
    CheckIncomplete,
    DayTooEarly,
    LetterBegun,
    NoFailedItem,
    NothingAsked,
    NotLate,
    NotReminded,
    ProposalWaits,
    RoundStillOpen,
)
from grants.models import Application, DocumentRequest, FormalCheck
from grants.office import rejection_proposal
from grants.queries import open_fields
from grants.states import ApplicationState as S
from grants.states import LatePolicy, RoundState
from grants.tasks import sweep
from notifications.models import Document, Letter, Notice, Timer
from tests.factories import give_role, make_fund, make_member, make_staff
from tests.grants.office_world import ALL_YES, Office, make_office

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


@pytest.fixture
def office() -> Office:
    return make_office()


def later(days: int) -> date:
    return clock.today() + timedelta(days=days)


def ask(office: Office, case: Application, **fields: Any) -> DocumentRequest:
    known: dict[str, Any] = {"fields": ["summary"], "message": "Bitte ergänzen.", "due_date": later(14)}
    return actions.request_documents(application=case, by=office.officer, **known | fields)


def codes(case: Application) -> list[str]:
    return sorted(Notice.objects.filter(case_key=case.case_key).values_list("code", flat=True))


# --- every act from every state by every role --------------------------------------------------------------

ACTS = {
    "start_check": (S.SUBMITTED, {Role.CASE_OFFICER}),
    "accept": (S.FORMAL_CHECK, {Role.CASE_OFFICER}),
    "request_documents": (S.FORMAL_CHECK, {Role.CASE_OFFICER}),
    "extend_deadline": (S.RETURNED, {Role.CASE_OFFICER}),
    "reject_formally": (S.FORMAL_CHECK, {Role.CASE_OFFICER, Role.COORDINATOR}),
    "documents_missing": (S.RETURNED, {Role.CASE_OFFICER, Role.COORDINATOR}),
    "reject_late": (S.SUBMITTED, {Role.CASE_OFFICER, Role.COORDINATOR}),
    "reopen": (S.INELIGIBLE, {Role.HEAD_OF_UNIT}),
}
ARGUMENTS: dict[str, dict[str, Any]] = {
    "request_documents": {"due": date(2026, 12, 1)},
    "extend_deadline": {"due": date(2026, 12, 1)},
}


def perform(case: Application, act: str, by: User) -> None:
    more = {"officer": by} if act == "start_check" else ARGUMENTS.get(act, {})
    with transaction.atomic():
        audit.perform(getattr(case, act), by=by, **more)


@pytest.mark.parametrize("act", ACTS)
def test_each_act_has_its_roles(office: Office, act: str) -> None:
    source, allowed = ACTS[act]
    for role in Role.values:
        case, person = office.case(source), make_staff(office.fund, role)
        if role in allowed:
            perform(case, act, person)
        else:
            with pytest.raises(NotPermitted):
                perform(case, act, person)


@pytest.mark.parametrize("act", ACTS)
def test_each_act_has_its_state(office: Office, act: str) -> None:
    source, _ = ACTS[act]
    person = make_staff(office.fund, Role.CASE_OFFICER, Role.HEAD_OF_UNIT)
    for state in S:
        if state in (source, S.DRAFT, S.DISCARDED):
            continue
        with pytest.raises(NotPossible):
            perform(office.case(state), act, person)


def test_nobody_handles_the_case_of_the_own_organisation(office: Office) -> None:
    case = office.case()
    member = make_member(case.organisation)  # type: ignore[arg-type]
    make_staff_of(office, member)

    with pytest.raises(NotPermitted):
        actions.start_check(application=case, by=member)


def make_staff_of(office: Office, person: User) -> None:
    office.fund.roles.create(user=person, role=Role.CASE_OFFICER, starts_on=date(2020, 1, 1))


def test_an_officer_of_another_fund_may_nothing(office: Office) -> None:
    stranger = make_staff(make_fund(), Role.CASE_OFFICER)

    with pytest.raises(NotPermitted):
        actions.start_check(application=office.case(), by=stranger)
    with pytest.raises(NotPermitted):
        actions.propose_rejection(
            application=office.case(S.FORMAL_CHECK), kind="reject_formally", by=stranger, reason="x"
        )


# --- taking up and accepting ---------------------------------------------------------------------------------


def test_a_check_names_its_officer_and_lays_out_the_list(office: Office) -> None:
    started = actions.start_check(application=office.case(), by=office.officer)

    assert (started.state, started.officer) == (S.FORMAL_CHECK, office.officer)
    assert FormalCheck.objects.get(application=started).answers == {}


def test_a_case_in_time_waits_for_the_deadline_a_late_one_does_not() -> None:
    office = make_office(RoundState.OPEN)

    with pytest.raises(RoundStillOpen):
        actions.start_check(application=office.case(), by=office.officer)
    assert actions.start_check(application=office.case(late=True), by=office.officer).state == S.FORMAL_CHECK


def test_after_the_deadline_the_check_begins_even_before_the_clock_closed_the_round() -> None:
    now = clock.now()
    office = make_office(RoundState.OPEN, opens_at=now - timedelta(days=9), deadline_at=now - timedelta(minutes=1))

    assert actions.start_check(application=office.case(), by=office.officer).state == S.FORMAL_CHECK


def test_acceptance_tells_the_applicant(office: Office) -> None:
    accepted = actions.accept(
        application=office.case(S.FORMAL_CHECK),
        by=office.officer,
        seen_version=1,
        answers=ALL_YES,
        costs_note="Notwendig und angemessen.",
        note="",
    )

    assert accepted.state == S.ELIGIBLE
    assert codes(accepted) == ["N06"]


@pytest.mark.parametrize(
    ("answers", "note", "missing"),
    [
        ({**ALL_YES, "plan": "no"}, "Gut.", ["plan"]),
        (dict.fromkeys(list(ALL_YES)[1:], "yes"), "Gut.", ["applicant"]),
        (ALL_YES, "  ", ["costs_note"]),
        ({**ALL_YES, "earlier": "na"}, "Gut.", None),
    ],
)
def test_acceptance_needs_every_answer_and_the_note_on_costs(
    office: Office, answers: dict[str, str], note: str, missing: list[str] | None
) -> None:
    case = office.case(S.FORMAL_CHECK)

    def accept() -> Application:
        return actions.accept(
            application=case, by=office.officer, seen_version=1, answers=answers, costs_note=note, note=""
        )

    if missing is None:
        assert accept().state == S.ELIGIBLE
        return
    with pytest.raises(CheckIncomplete) as caught:
        accept()
    assert caught.value.codes == missing
    # Both or neither: the list is not kept either.
    assert FormalCheck.objects.get(application=case).version == 1


def test_a_stale_checklist_is_refused_and_unknown_answers_fall_away(office: Office) -> None:
    case = office.case(S.FORMAL_CHECK)
    saved = actions.save_check(
        application=case,
        by=office.officer,
        seen_version=1,
        answers={"plan": "no", "nonsense": "yes", "bank": "maybe"},
        costs_note="a",
        note="",
    )

    assert (saved.answers, saved.version) == ({"plan": "no"}, 2)
    with pytest.raises(CheckChanged):
        actions.save_check(application=case, by=office.second, seen_version=1, answers={}, costs_note="b", note="")


# --- missing documents ---------------------------------------------------------------------------------------


def test_only_what_is_asked_for_opens(office: Office) -> None:
    case = office.case(S.FORMAL_CHECK)
    request = ask(office, case, fields=["summary", "statutes"])
    case.refresh_from_db()

    assert (case.state, case.due_date) == (S.RETURNED, request.due_date)
    assert open_fields(case) == {"summary", "statutes"}
    assert codes(case) == ["N04"]


def test_one_part_of_the_plan_opens_the_whole_plan(office: Office) -> None:
    case = office.case(S.FORMAL_CHECK)
    ask(office, case, fields=["plan"])
    case.refresh_from_db()

    assert open_fields(case) == {"cost_lines", "funding_lines", "requested_cents", "smallest_cents"}


def test_a_request_needs_something_to_open_a_text_and_a_future_day(office: Office) -> None:
    case = office.case(S.FORMAL_CHECK)

    with pytest.raises(NothingAsked):
        ask(office, case, fields=["nonsense"])
    with pytest.raises(NeedsReason):
        ask(office, case, message=" ")
    with pytest.raises(DayTooEarly):
        ask(office, case, due_date=clock.today())
    assert ask(office, case, due_date=later(1)).due_date == later(1)


def test_the_answer_brings_the_case_back_and_stops_the_reminder(office: Office) -> None:
    case = office.case(S.FORMAL_CHECK)
    ask(office, case)
    case.refresh_from_db()
    returned = applicant_actions.resubmit(application=case, by=case.created_by, seen_version=case.version)

    assert returned.state == S.FORMAL_CHECK
    assert not Timer.objects.filter(kind="documents_due", done_at=None).exists()


@pytest.mark.parametrize(
    ("due_date", "last_second"), [("2026-10-25", "2026-10-25T22:59:59Z"), ("2027-03-28", "2027-03-28T21:59:59Z")]
)
@pytest.mark.parametrize(("seconds", "late"), [(0, False), (0.999, False), (1, True)])
def test_an_answer_is_in_time_to_the_last_second_of_its_day_when_the_clocks_change(
    office: Office, due_date: str, last_second: str, seconds: float, late: bool
) -> None:
    case = office.case(S.FORMAL_CHECK)
    request = ask(office, case)
    DocumentRequest.objects.filter(pk=request.pk).update(due_date=due_date)
    case.refresh_from_db()

    with clock.hold(datetime.fromisoformat(last_second) + timedelta(seconds=seconds)):
        applicant_actions.resubmit(application=case, by=case.created_by, seen_version=case.version)

    request.refresh_from_db()
    assert request.answered_late is late


def test_the_reminder_comes_once_three_days_before(office: Office) -> None:
    case = office.case(S.FORMAL_CHECK)
    request = ask(office, case, due_date=later(10))
    clock.shift(days=6)
    sweep()
    assert codes(case) == ["N04"]

    clock.shift(days=8)
    sweep()
    sweep()
    request.refresh_from_db()
    assert codes(case) == ["N04", "N04"]
    assert request.reminded_at is not None


def test_more_time_also_after_the_day_and_with_a_reminder_of_its_own(office: Office) -> None:
    case = office.case(S.FORMAL_CHECK)
    ask(office, case, due_date=later(2))
    clock.shift(days=5)
    sweep()
    case.refresh_from_db()
    with pytest.raises(NeedsReason):
        actions.extend_deadline(application=case, by=office.officer, due_date=later(7), reason="")
    with pytest.raises(DayTooEarly):
        actions.extend_deadline(application=case, by=office.officer, due_date=clock.today(), reason="Krank.")
    request = actions.extend_deadline(application=case, by=office.officer, due_date=later(7), reason="Krank.")
    case.refresh_from_db()

    assert (case.due_date, request.reminded_at) == (later(7), None)
    assert codes(case) == ["N04", "N04", "N04"]
    assert Timer.objects.filter(kind="documents_due", done_at=None, subject_id=request.pk).count() == 1


# --- rejection by two people ---------------------------------------------------------------------------------


def failed_case(office: Office) -> Application:
    case = office.case(S.FORMAL_CHECK)
    FormalCheck.objects.filter(application=case).update(answers={**ALL_YES, "region": "no"})
    return case


def propose(office: Office, case: Application, kind: str = "reject_formally") -> Any:
    return actions.propose_rejection(application=case, kind=kind, by=office.officer, reason="Sitz in Berlin.")


def test_a_second_person_confirms_a_formal_rejection(office: Office) -> None:
    case = failed_case(office)
    proposal = propose(office, case)
    assert proposal.payload == {"codes": ["region"]}

    with pytest.raises(SecondPersonNeeded):
        actions.confirm_rejection(application=case, proposal=proposal, by=office.officer)
    rejected = actions.confirm_rejection(application=case, proposal=proposal, by=office.second)
    assert rejected.state == S.INELIGIBLE
    assert audit.history(rejected).last().reason == "Sitz in Berlin."  # type: ignore[union-attr]
    # The applicant learns it by letter only.
    assert codes(case) == []


def test_a_coordinator_is_a_second_person_a_head_is_not(office: Office) -> None:
    case = failed_case(office)
    proposal = propose(office, case)

    with pytest.raises(NotPermitted):
        actions.confirm_rejection(application=case, proposal=proposal, by=office.head)
    assert actions.confirm_rejection(application=case, proposal=proposal, by=office.coordinator).state == S.INELIGIBLE


def test_while_a_rejection_waits_nothing_else_is_done(office: Office) -> None:
    case = failed_case(office)
    propose(office, case)

    with pytest.raises(ProposalWaits):
        ask(office, case)
    with pytest.raises(ProposalWaits):
        propose(office, case)
    with pytest.raises(ProposalWaits):
        actions.accept(application=case, by=office.officer, seen_version=1, answers=ALL_YES, costs_note="x", note="")


def test_a_declined_rejection_needs_a_note_and_leaves_the_case(office: Office) -> None:
    case = failed_case(office)
    proposal = propose(office, case)

    with pytest.raises(NeedsReason):
        actions.decline_rejection(application=case, proposal=proposal, by=office.second, note=" ")
    with pytest.raises(SecondPersonNeeded):
        actions.decline_rejection(application=case, proposal=proposal, by=office.officer, note="Nein.")
    declined = actions.decline_rejection(application=case, proposal=proposal, by=office.second, note="Sitz ist hier.")
    case.refresh_from_db()
    assert (declined.outcome, case.state) == (Outcome.DECLINED, S.FORMAL_CHECK)


def test_the_author_takes_a_proposal_back(office: Office) -> None:
    case = failed_case(office)
    proposal = propose(office, case)

    with pytest.raises(NotPermitted):
        actions.withdraw_rejection(application=case, proposal=proposal, by=office.second)
    actions.withdraw_rejection(application=case, proposal=proposal, by=office.officer)
    assert rejection_proposal(case) is None


def test_a_confirmation_that_was_overtaken_loses(office: Office) -> None:
    case = failed_case(office)
    proposal = propose(office, case)
    actions.confirm_rejection(application=case, proposal=proposal, by=office.second)

    with pytest.raises(LostRace):
        actions.confirm_rejection(application=case, proposal=proposal, by=office.coordinator)


def test_a_formal_rejection_needs_a_failed_mandatory_item(office: Office) -> None:
    with pytest.raises(NoFailedItem):
        propose(office, office.checked())
    with pytest.raises(NeedsReason):
        actions.propose_rejection(
            application=failed_case(office), kind="reject_formally", by=office.officer, reason="  "
        )


@pytest.mark.parametrize(
    ("late", "policy", "possible"),
    [
        (True, LatePolicy.REJECT, True),
        (True, LatePolicy.ACCEPT_FLAGGED, False),
        (False, LatePolicy.REJECT, False),
    ],
)
def test_late_is_a_ground_only_where_the_round_says_so(late: bool, policy: str, possible: bool) -> None:
    office = make_office(late_policy=policy)
    case = office.case(late=late)

    if possible:
        proposal = propose(office, case, "reject_late")
        rejected = actions.confirm_rejection(application=case, proposal=proposal, by=office.second)
        assert rejected.state == S.INELIGIBLE
    else:
        with pytest.raises(NotLate):
            propose(office, case, "reject_late")


def test_missing_documents_are_a_ground_after_the_day_and_a_reminder(office: Office) -> None:
    case = office.case(S.FORMAL_CHECK)
    ask(office, case, due_date=later(5))
    case.refresh_from_db()
    with pytest.raises(NotReminded):
        propose(office, case, "documents_missing")
    clock.shift(days=5)
    sweep()
    with pytest.raises(NotReminded):
        propose(office, case, "documents_missing")
    clock.shift(days=6)
    proposal = propose(office, case, "documents_missing")
    rejected = actions.confirm_rejection(application=case, proposal=proposal, by=office.second)
    assert (rejected.state, rejected.due_date) == (S.INELIGIBLE, None)


def test_a_head_of_unit_reopens_before_the_letter(office: Office) -> None:
    with pytest.raises(NeedsReason):
        actions.reopen(application=office.case(S.INELIGIBLE), by=office.head, reason="")
    assert actions.reopen(application=office.case(S.INELIGIBLE), by=office.head, reason="Neu.").state == S.FORMAL_CHECK


def test_who_had_a_hand_in_the_rejection_does_not_take_it_back(office: Office) -> None:
    case = failed_case(office)
    for person in (office.officer, office.second):
        give_role(person, office.fund, Role.HEAD_OF_UNIT)
    rejected = actions.confirm_rejection(application=case, proposal=propose(office, case), by=office.second)

    for person in (office.officer, office.second):
        with pytest.raises(SecondPersonNeeded):
            actions.reopen(application=rejected, by=person, reason="Neu.")
    assert actions.reopen(application=rejected, by=office.head, reason="Neu.").state == S.FORMAL_CHECK


def test_a_letter_in_preparation_keeps_the_case_closed(office: Office) -> None:
    case = office.case(S.INELIGIBLE)
    document = Document.objects.create(kind="L02", key="d", fund=office.fund, case_key=case.case_key, data={})
    Letter.objects.create(
        kind="L02", fund=office.fund, case_key=case.case_key, number="x-L02-1", title="Bescheid", document=document,
        author=office.officer, signatory=office.head, letter_date=clock.today(),
    )  # fmt: skip

    with pytest.raises(LetterBegun):
        actions.reopen(application=case, by=office.head, reason="Neu.")


@pytest.mark.committing
@pytest.mark.parametrize("seed", range(3))
def test_two_officers_at_the_same_moment(in_threads: Callable[..., list[Any]], seed: int) -> None:
    office = make_office()
    case = office.checked()
    people = [office.officer, office.second] if seed % 2 else [office.second, office.officer]

    def accept(by: User) -> Application:
        fresh = Application.objects.get(pk=case.pk)
        return actions.accept(
            application=fresh, by=by, seen_version=1, answers=ALL_YES, costs_note="Angemessen.", note=""
        )

    results = in_threads([partial(accept, person) for person in people])

    assert sorted(isinstance(result, Application) for result in results) == [False, True]
    assert any(isinstance(result, LostRace) for result in results)
    assert codes(case) == ["N06"]


@pytest.mark.committing
def test_confirmed_and_declined_at_the_same_moment(in_threads: Callable[..., list[Any]]) -> None:
    office = make_office()
    case = failed_case(office)
    proposal = propose(office, case)
    people = office.second, office.coordinator
    results = in_threads(
        [
            lambda: actions.confirm_rejection(application=case, proposal=proposal, by=people[0]),
            lambda: actions.decline_rejection(application=case, proposal=proposal, by=people[1], note="Nein."),
        ]
    )
    case.refresh_from_db()
    proposal.refresh_from_db()

    assert len([result for result in results if isinstance(result, LostRace)]) == 1
    assert (case.state == S.INELIGIBLE) == (proposal.outcome == Outcome.CONFIRMED)


# --- three months --------------------------------------------------------------------------------------------


def start_clock(case: Application) -> None:
    Timer.objects.create(
        kind="decision_due", key=f"decision_due:{case.pk}", fund=case.fund, case_key=case.case_key,
        subject_id=case.pk, due_at=clock.now() - timedelta(minutes=1),
    )  # fmt: skip


def test_the_officer_is_warned_of_three_months_once(office: Office) -> None:
    case = office.case(S.IN_REVIEW, officer=office.officer)
    start_clock(case)
    sweep()
    sweep()

    assert [n.user for n in Notice.objects.filter(code="N30")] == [office.officer]


def test_without_an_officer_the_coordinators_are_warned(office: Office) -> None:
    coordinator = office.coordinator
    start_clock(office.case())
    sweep()

    assert [n.user for n in Notice.objects.filter(code="N30")] == [coordinator]


def test_without_officer_and_coordinator_the_head_of_unit_is_warned(office: Office) -> None:
    head = make_staff(office.fund, Role.HEAD_OF_UNIT)
    start_clock(office.case())
    FundRole.objects.filter(fund=office.fund, role=Role.COORDINATOR).delete()
    sweep()

    warned = {notice.user for notice in Notice.objects.filter(code="N30")}
    assert head in warned
    assert all(has_role(user, office.fund.pk, Role.HEAD_OF_UNIT) for user in warned if user)


def test_a_clock_that_fails_stops_no_other(office: Office) -> None:
    case = office.case(S.IN_REVIEW, officer=office.officer)
    start_clock(case)
    # Due before all others, and of a record that there is not.
    Timer.objects.create(
        kind="documents_due", key="gone", fund=case.fund, subject_id=0, due_at=clock.now() - timedelta(days=1)
    )

    sweep()

    assert [n.user for n in Notice.objects.filter(code="N30")] == [office.officer]
    assert Timer.objects.get(key="gone").done_at is None


@pytest.mark.parametrize("state", [S.AWARDED, S.REJECTED, S.WITHDRAWN])
def test_a_decided_case_warns_nobody(office: Office, state: str) -> None:
    start_clock(office.case(state, officer=office.officer))
    sweep()

    assert not Notice.objects.filter(code="N30").exists()
