"""Letters that bind: what may be drafted, who signs, what a signature moves, how it is undone."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts import audit, clock
from accounts.exceptions import LostRace, NeedsReason, NotPermitted, NotPossible, SecondPersonNeeded
from accounts.states import Outcome, Role
from grants.models import Application
from grants.states import ApplicationState, RoundState
from notifications import permissions as may
from notifications.actions import letters as office
from notifications.exceptions import BadDay, BadLetter, TextChanged
from notifications.models import Letter, Notice
from notifications.states import LetterState
from payments import ledger
from payments.actions import letters, plans, recalls
from payments.exceptions import (
    AboveEligible,
    AboveLimit,
    BankNotChecked,
    DayInThePast,
    LetterAlreadyDrafted,
    LetterDateAhead,
    LetterDatePassed,
    LetterDateTooEarly,
    LettersMissing,
    NothingDecided,
    NothingToRelease,
    PlanNotAtAmount,
    ReasonsMissing,
    RoundNotDecided,
    SignatoryMayNot,
    SignerReleases,
    WrongRejectionKind,
    WrongSignatory,
)
from payments.models import Award, CaseAccount
from payments.queries.letters import signatories
from payments.states import RECALL, AwardState
from payments.steps.letters.data import recipient_of
from tests import factories
from tests.payments import chain

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


@pytest.fixture(autouse=True)
def monday(db: None) -> None:
    chain.at(chain.NOW)


# --- Drafting -----------------------------------------------------------------------------------------------


def test_draft_freezes_amount_basis_and_version() -> None:
    case = chain.make_case()

    letter = chain.draft(case, conditions=("Bitte laden Sie die Presse ein.",))

    data = letter.document.data
    assert (letter.amount_cents, letter.state, letter.letter_date) == (250_000, "GENERATED", chain.TODAY)
    assert (data["amount_cents"], data["decided_by"], data["decided_on"]) == (250_000, "Regionsausschuss", "2026-10-27")
    assert (data["application_version"], data["special_conditions"]) == (1, ["Bitte laden Sie die Presse ein."])


def test_number_of_a_letter_does_not_tell_award_from_rejection() -> None:
    award, rejection = chain.make_case(), chain.make_case(state=ApplicationState.DECLINED)

    numbers = [chain.draft(award).number, chain.draft_rejection(rejection).number]

    assert numbers == [f"{award.application.case_number}-1", f"{rejection.application.case_number}-1"]


def test_partial_award_needs_reasons() -> None:
    case = chain.make_case(requested_cents=250_000, applied_cents=300_000)

    with pytest.raises(ReasonsMissing):
        chain.draft(case)

    assert chain.draft(case, partial_reasons=("Das Budget ist begrenzt.",)).document.data["requested_cents"] == 300_000


def test_award_letter_needs_a_plan_at_the_decided_amount() -> None:
    case = chain.make_case(decided_cents=200_000, requested_cents=250_000)

    with pytest.raises(PlanNotAtAmount):
        chain.draft(case, partial_reasons=("x",))


def test_award_letter_refuses_lines_that_do_not_add_up_in_friendly_words() -> None:
    case = chain.make_case()
    case.application.cost_lines.update(amount_cents=1)

    with pytest.raises(BadLetter):
        chain.draft(case)


def test_award_above_eligible_costs_is_refused() -> None:
    case = chain.make_case(eligible_cents=250_000)
    Application.objects.filter(pk=case.application.pk).update(eligible_cents=249_999)

    with pytest.raises(AboveEligible):
        chain.draft(case)


@pytest.mark.parametrize("state", ["IN_COMMITTEE", "DECLINED", "PLAN_REVISION", "AWARDED"])
def test_award_letter_needs_an_approved_case(state: str) -> None:
    case = chain.make_case(state=state)

    with pytest.raises(NothingDecided):
        chain.draft(case)


def test_second_letter_is_refused_until_the_first_is_void() -> None:
    case = chain.make_case()
    first = chain.draft(case)
    with pytest.raises(LetterAlreadyDrafted):
        chain.draft(case)

    office.void(letter=first, by=case.office.officer, reason="Tippfehler")

    assert chain.draft(case).number == f"{case.application.case_number}-2"


def test_letter_dated_yesterday_is_refused() -> None:
    with pytest.raises(LetterDateTooEarly):
        chain.draft(chain.make_case(), letter_date=chain.TODAY - timedelta(days=1))


def test_signatory_needs_the_role_and_the_limit() -> None:
    case = chain.make_case()
    limited = factories.make_staff(case.office.fund, Role.SIGNATORY, limit_cents=249_999)

    for person in (limited, case.office.officer):
        with pytest.raises(SignatoryMayNot):
            chain.draft(case, signatory=person)


def test_only_a_case_officer_outside_the_organisation_drafts() -> None:
    case = chain.make_case()
    for by in (case.office.head, case.owner, case.office.finance_a):
        with pytest.raises(NotPermitted):
            letters.draft_award_letter(
                application=case.application, basis=chain.BASIS, signatory=case.office.signatory,
                letter_date=chain.TODAY, conditions=(), partial_reasons=(), by=by,
            )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "kind", "fits"),
    [
        ("INELIGIBLE", "formal", True), ("INELIGIBLE", "late", False), ("INELIGIBLE", "merit", False),
        ("DECLINED", "merit", True), ("DECLINED", "budget", True), ("DECLINED", "formal", True),
    ],
)  # fmt: skip
def test_rejection_kinds_fit_the_state(state: str, kind: str, fits: bool) -> None:
    case = chain.make_case(state=state)

    if fits:
        assert chain.draft_rejection(case, kind=kind).document.data["kind"] == kind
    else:
        with pytest.raises(WrongRejectionKind):
            chain.draft_rejection(case, kind=kind)


def test_late_rejection_of_a_late_application_states_both_instants() -> None:
    case = chain.make_case(state=ApplicationState.INELIGIBLE, late=True)

    data = chain.draft_rejection(case, kind="late").document.data

    assert data["received_at"] is not None
    assert data["deadline_at"] is not None


def test_rejection_needs_reasons() -> None:
    with pytest.raises(ReasonsMissing):
        chain.draft_rejection(chain.make_case(state=ApplicationState.DECLINED), reasons=(" ",))


# --- Signing ------------------------------------------------------------------------------------------------


def test_signature_commits_releases_the_rest_and_makes_the_award() -> None:
    case = chain.make_case(requested_cents=300_000, decided_cents=300_000)
    with_rest = chain.make_case(case.office, budget=case.budget, decided_cents=100_000)
    assert (case.books, case.available) == ((300_000, 0, 0, 0), 600_000)

    chain.signed(case)

    award = chain.award_of(case)
    assert (case.books, case.available) == ((0, 300_000, 0, 0), 600_000)
    assert (award.state, award.amount_cents, award.funding_type) == (AwardState.ISSUED, 300_000, "FIXED")
    assert award.terms["use_by_months"] == 2
    assert case.reload().state == ApplicationState.AWARDED
    assert with_rest.books == (100_000, 0, 0, 0)


def test_signature_releases_what_was_reserved_above_the_award() -> None:
    case = chain.make_case(
        requested_cents=250_000, decided_cents=200_000, reserved_cents=250_000, applied_cents=250_000
    )
    Application.objects.filter(pk=case.application.pk).update(requested_cents=200_000, cost_cents=220_000)
    case.application.cost_lines.update(amount_cents=220_000)
    Application.objects.filter(pk=case.application.pk).update(eligible_cents=220_000)

    chain.signed(case, partial_reasons=("Das Budget ist begrenzt.",))

    assert (case.books, case.available) == ((0, 200_000, 0, 0), 800_000)


def test_signature_of_other_bytes_is_refused_and_nothing_moves() -> None:
    case = chain.make_case()
    letter = chain.approve(case, chain.draft(case))

    with pytest.raises(TextChanged):
        letters.sign_letter(letter=letter, by=case.office.signatory, seen_sha256="0" * 64)

    assert Letter.objects.get(pk=letter.pk).state == LetterState.APPROVED
    assert case.books == (250_000, 0, 0, 0)
    assert not Award.objects.exists()


def test_only_the_named_signatory_signs() -> None:
    case = chain.make_case()
    letter = chain.approve(case, chain.draft(case))

    with pytest.raises(WrongSignatory):
        letters.sign_letter(letter=letter, by=case.office.head, seen_sha256=letter.document.sha256)


def test_author_is_never_the_signatory(client: Client) -> None:
    case = chain.make_case()
    both = case.office.officer
    factories.give_role(both, case.office.fund, Role.SIGNATORY)
    client.force_login(both)

    page = client.get(reverse("reviews:draft_letter", args=[case.application.pk]))

    offered = {pk for pk, _name in page.context["form"].fields["signatory"].choices}
    assert case.office.signatory.pk in offered
    assert both.pk not in offered
    with pytest.raises(SignatoryMayNot):
        chain.draft(case, signatory=both)
    letter = chain.approve(case, chain.draft(case))
    assert not may.signs(letter, both)
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(signed_by=both, signed_at=chain.NOW, signed_sha256="0" * 64)


def test_approver_never_signs_and_author_never_approves() -> None:
    case = chain.make_case()
    both = factories.make_staff(case.office.fund, Role.CASE_OFFICER, Role.SIGNATORY)
    letter = chain.draft(case, signatory=both)
    with pytest.raises(NotPermitted):
        office.approve(letter=letter, by=case.office.officer, seen_sha256=letter.document.sha256)
    approved = office.approve(letter=letter, by=both, seen_sha256=letter.document.sha256)

    with pytest.raises(NotPermitted):
        letters.sign_letter(letter=approved, by=both, seen_sha256=letter.document.sha256)


def test_limit_is_checked_again_when_signing() -> None:
    case = chain.make_case()
    signatory = factories.make_staff(case.office.fund, Role.SIGNATORY, limit_cents=250_000)
    letter = chain.approve(case, chain.draft(case, signatory=signatory))
    signatory.fund_roles.update(ended_at=chain.NOW, ended_by=case.office.head)
    factories.give_role(signatory, case.office.fund, Role.SIGNATORY, limit_cents=249_999)

    with pytest.raises(AboveLimit):
        letters.sign_letter(letter=letter, by=signatory, seen_sha256=letter.document.sha256)


def test_letter_can_be_signed_on_its_day_but_not_after() -> None:
    case = chain.make_case()
    letter = chain.approve(case, chain.draft(case, letter_date=date(2026, 11, 3)))
    chain.days_later(2)
    with pytest.raises(LetterDatePassed):
        chain.sign(case, letter)

    chain.days_later(1)

    assert chain.sign(case, letter).state == LetterState.SIGNED


def test_signature_needs_a_checked_bank_account() -> None:
    case = chain.make_case(checked=False)
    letter = chain.approve(case, chain.draft(case))

    with pytest.raises(BankNotChecked):
        chain.sign(case, letter)

    assert case.books == (250_000, 0, 0, 0)


def test_signature_waits_for_the_budget_to_be_in_force() -> None:
    office_ = chain.make_office()
    budget = factories.make_budget(office_.fund, 2026, 1_000_000, in_force_from=date(2026, 12, 1))
    case = chain.make_case(office_, budget=budget)
    letter = chain.approve(case, chain.draft(case))

    with pytest.raises(ledger.NotInForce):
        chain.sign(case, letter)

    assert Letter.objects.get(pk=letter.pk).state == LetterState.APPROVED


def test_amount_decided_anew_after_the_draft_is_not_signed() -> None:
    case = chain.make_case()
    letter = chain.approve(case, chain.draft(case))
    ledger.set_decided(CaseAccount.objects.get(application=case.application), 240_000, by=case.office.officer)

    with pytest.raises(PlanNotAtAmount):
        chain.sign(case, letter)


def test_signed_rejection_moves_no_money() -> None:
    case = chain.make_case(state=ApplicationState.DECLINED)

    chain.sign(case, chain.approve(case, chain.draft_rejection(case)))

    assert case.reload().state == ApplicationState.REJECTED
    assert case.available == 1_000_000


# --- Release ------------------------------------------------------------------------------------------------


def test_letters_of_a_round_go_out_together() -> None:
    first = chain.make_case()
    second = chain.make_case(first.office, budget=first.budget, round=first.application.round)
    chain.signed(first)
    with pytest.raises(LettersMissing):
        letters.release_letters(round_=first.application.round, by=first.office.head)
    chain.signed(second)

    assert letters.release_letters(round_=first.application.round, by=first.office.head) == 2
    assert set(Letter.objects.values_list("state", flat=True)) == {LetterState.RELEASED}


def test_reserve_list_and_postponed_cases_are_left_out() -> None:
    case = chain.make_case()
    for state in (ApplicationState.RESERVE_LISTED, ApplicationState.IN_COMMITTEE, ApplicationState.RANKED):
        factories.make_application(round=case.application.round, state=state)
    chain.signed(case)

    assert letters.release_letters(round_=case.application.round, by=case.office.head) == 1


def test_letter_goes_out_on_the_day_it_bears_at_the_earliest() -> None:
    chain.at(chain.NOW)
    case = chain.make_case()
    letter = chain.signed(case, letter_date=clock.today() + timedelta(days=3))
    assert letter.state == LetterState.SIGNED

    chain.days_later(2)
    with pytest.raises(LetterDateAhead, match=f"{letter.letter_date:%d.%m.%Y}"):
        letters.release_letters(round_=case.application.round, by=case.office.head)
    chain.days_later(3)
    assert letters.release_letters(round_=case.application.round, by=case.office.head) == 1

    out = Letter.objects.get(pk=letter.pk)
    with pytest.raises(BadDay):
        office.post(
            letters=[(out, out.version)], by=case.office.mail_room, posted_on=letter.letter_date - timedelta(days=1)
        )
    assert chain.post(case, out).posted_on == letter.letter_date


def test_who_signed_does_not_release() -> None:
    case = chain.make_case()
    both = factories.make_staff(case.office.fund, Role.HEAD_OF_UNIT, Role.SIGNATORY)
    letter = chain.approve(case, chain.draft(case, signatory=both))
    signed = letters.sign_letter(letter=letter, by=both, seen_sha256=letter.document.sha256)

    with pytest.raises(SignerReleases):
        letters.release_letters(round_=case.application.round, by=both)
    with pytest.raises(NotPermitted):
        letters.release_letters(round_=case.application.round, by=case.office.officer)

    assert "release" not in audit.available(signed, both)
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=signed.pk).update(released_by=both)
    assert letters.release_letters(round_=case.application.round, by=case.office.head) == 1


def test_release_needs_a_decided_round_and_something_to_release() -> None:
    case = chain.make_case(round_state=RoundState.COMMITTEE)
    chain.signed(case)
    with pytest.raises(RoundNotDecided):
        letters.release_letters(round_=case.application.round, by=case.office.head)
    empty = factories.make_round(case.office.fund, state=RoundState.DECIDED)
    with pytest.raises(NothingToRelease):
        letters.release_letters(round_=empty, by=case.office.head)


def test_formal_rejection_goes_out_alone_and_an_award_does_not() -> None:
    award = chain.make_case()
    formal = chain.make_case(award.office, state=ApplicationState.INELIGIBLE, round=award.application.round)
    rejection = chain.sign(formal, chain.approve(formal, chain.draft_rejection(formal, kind="formal")))
    signed = chain.signed(award)

    assert letters.release_letter(letter=rejection, by=award.office.head).state == LetterState.RELEASED
    with pytest.raises(LettersMissing):
        letters.release_letter(letter=signed, by=award.office.head)


def test_moved_up_case_gets_its_letter_alone_after_the_round_is_out() -> None:
    case = chain.make_case()
    chain.released(case)
    late = chain.make_case(case.office, budget=case.budget, round=case.application.round)
    signed = chain.signed(late)

    assert letters.release_letter(letter=signed, by=case.office.head).state == LetterState.RELEASED


def test_only_the_head_of_unit_releases() -> None:
    case = chain.make_case()
    chain.signed(case)

    with pytest.raises(NotPermitted):
        letters.release_letters(round_=case.application.round, by=case.office.signatory)


# --- Recall -------------------------------------------------------------------------------------------------


def test_recall_by_two_people_restores_the_books() -> None:
    case = chain.make_case()
    letter = chain.signed(case)
    proposal = recalls.propose_recall(letter=letter, by=case.office.signatory, reason="Falscher Betrag")
    assert case.books == (0, 250_000, 0, 0)

    recalls.confirm_recall(proposal=proposal, by=case.office.head)

    assert (case.books, case.available) == ((250_000, 0, 0, 0), 750_000)
    assert Letter.objects.get(pk=letter.pk).state == LetterState.VOID
    assert chain.award_of(case).state == AwardState.VOID
    assert case.reload().state == ApplicationState.APPROVED


def test_after_a_recall_the_next_letter_can_be_signed() -> None:
    case = chain.make_case()
    letter = chain.signed(case)
    proposal = recalls.propose_recall(letter=letter, by=case.office.head, reason="Falscher Name")
    recalls.confirm_recall(proposal=proposal, by=case.office.signatory)
    case.reload()

    chain.signed(case)

    assert case.books == (0, 250_000, 0, 0)
    assert Award.objects.filter(application=case.application).count() == 2


def test_recall_needs_two_people_and_a_reason() -> None:
    case = chain.make_case()
    letter = chain.signed(case)
    with pytest.raises(NeedsReason):
        recalls.propose_recall(letter=letter, by=case.office.head, reason=" ")
    with pytest.raises(NotPermitted):
        recalls.propose_recall(letter=letter, by=case.office.officer, reason="x")
    proposal = recalls.propose_recall(letter=letter, by=case.office.head, reason="x")
    with pytest.raises(SecondPersonNeeded):
        recalls.confirm_recall(proposal=proposal, by=case.office.head)
    with pytest.raises(NotPermitted):
        recalls.confirm_recall(proposal=proposal, by=case.office.officer)
    with pytest.raises(NotPossible):
        recalls.propose_recall(letter=letter, by=case.office.signatory, reason="y")

    assert case.books == (0, 250_000, 0, 0)


def test_posted_letter_is_not_recalled_any_more() -> None:
    case = chain.make_case()
    letter = chain.released(case)
    proposal = recalls.propose_recall(letter=letter, by=case.office.head, reason="x")
    chain.post(case, letter)

    with pytest.raises(NotPossible):
        recalls.confirm_recall(proposal=proposal, by=case.office.signatory)

    assert case.books == (0, 250_000, 0, 0)


def test_declined_recall_keeps_the_letter() -> None:
    case = chain.make_case()
    letter = chain.signed(case)
    proposal = recalls.propose_recall(letter=letter, by=case.office.head, reason="x")
    with pytest.raises(NotPermitted):
        recalls.decline_recall(proposal=proposal, by=case.office.officer, note="")

    recalls.decline_recall(proposal=proposal, by=case.office.signatory, note="Der Bescheid stimmt.")

    proposal.refresh_from_db()
    assert proposal.outcome == Outcome.DECLINED
    assert audit.open_proposal(RECALL, letter) is None


def test_recalled_rejection_is_declined_again() -> None:
    case = chain.make_case(state=ApplicationState.DECLINED)
    letter = chain.sign(case, chain.approve(case, chain.draft_rejection(case)))
    proposal = recalls.propose_recall(letter=letter, by=case.office.head, reason="x")

    recalls.confirm_recall(proposal=proposal, by=case.office.signatory)

    assert case.reload().state == ApplicationState.DECLINED


# --- Plans --------------------------------------------------------------------------------------------------


def revised(case: chain.Case, cents: int) -> Application:
    """Hand in a plan that asks for so much."""
    application = case.application
    application.cost_lines.update(amount_cents=cents + 20_000)
    fields: dict[str, Any] = {"requested_cents": cents, "cost_cents": cents + 20_000, "eligible_cents": cents + 20_000}
    Application.objects.filter(pk=application.pk).update(plan_sent_at=chain.NOW, **fields)
    return case.reload()


def test_accepted_plan_takes_the_decided_amount_down_and_frees_the_rest() -> None:
    case = chain.make_case(decided_cents=200_000, requested_cents=250_000)
    plans.request_plan(application=case.application, due=date(2026, 11, 16), by=case.office.officer)
    assert Notice.objects.get(code="N12").user == case.owner

    plans.accept_plan(application=revised(case, 180_000), by=case.office.officer)

    account = CaseAccount.objects.get(application=case.application)
    assert (case.books, account.decided_cents, case.available) == ((180_000, 0, 0, 0), 180_000, 820_000)
    assert case.reload().state == ApplicationState.APPROVED
    assert chain.draft(case, partial_reasons=("Das Budget ist begrenzt.",)).amount_cents == 180_000


def test_plan_above_the_decided_amount_is_refused() -> None:
    case = chain.make_case(decided_cents=200_000, requested_cents=250_000)
    plans.request_plan(application=case.application, due=date(2026, 11, 16), by=case.office.officer)

    with pytest.raises(PlanNotAtAmount):
        plans.accept_plan(application=revised(case, 200_001), by=case.office.officer)


def test_plan_that_was_not_handed_in_is_not_accepted() -> None:
    case = chain.make_case(decided_cents=200_000, requested_cents=200_000, applied_cents=250_000)
    plans.request_plan(application=case.application, due=date(2026, 11, 16), by=case.office.officer)

    with pytest.raises(NotPossible):
        plans.accept_plan(application=case.reload(), by=case.office.officer)


def test_plan_is_not_due_in_the_past() -> None:
    case = chain.make_case()

    with pytest.raises(DayInThePast):
        plans.request_plan(application=case.application, due=date(2026, 11, 1), by=case.office.officer)


def test_no_other_plan_is_asked_for_while_a_letter_holds_the_present_one() -> None:
    case = chain.make_case()
    letter = chain.draft(case)
    with pytest.raises(LetterAlreadyDrafted):
        plans.request_plan(application=case.application, due=date(2026, 11, 16), by=case.office.officer)

    office.void(letter=letter, by=case.office.officer, reason="Auflage vergessen")

    plans.request_plan(application=case.application, due=date(2026, 11, 16), by=case.office.officer)
    assert case.reload().state == ApplicationState.PLAN_REVISION


def test_step_from_an_old_page_loses() -> None:
    case = chain.make_case()
    old = chain.approve(case, chain.draft(case))
    chain.sign(case, old)

    with pytest.raises(LostRace):
        letters.sign_letter(letter=old, by=case.office.signatory, seen_sha256=old.document.sha256)

    assert case.books == (0, 250_000, 0, 0)


def test_deputy_is_offered_after_those_who_sign_in_own_right() -> None:
    case = chain.make_case()
    signatory = case.office.signatory
    deputy = factories.make_user(full_name="Anton Aal")
    factories.make_deputy(case.office.fund, principal=signatory, deputy=deputy, named_by=factories.make_user())

    offered = signatories(case.office.fund.pk, 100_00, author=case.office.officer)

    assert (len(offered), offered[-1]) == (3, deputy)


@pytest.mark.parametrize(("unit", "extra"), [("Grundschule am See", "Grundschule am See"), ("", "Erika Beispiel")])
def test_the_letter_goes_to_the_legal_entity_with_the_unit_that_runs_the_project(unit: str, extra: str) -> None:
    address = recipient_of(factories.make_organisation(name="Schulverein e. V."), unit)

    assert (address.name, address.extra, address.city) == ("Schulverein e. V.", extra, "Hannover")
