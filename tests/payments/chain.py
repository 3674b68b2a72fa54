"""One case from the decision to the paid award, with everybody it takes."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import clock
from accounts.models import BankAccount, Fund, Organisation, User
from accounts.states import Role
from grants.models import Application, Round
from grants.states import ApplicationState, RoundState
from notifications.actions import letters as letter_actions
from notifications.models import Letter
from notifications.rendering import render_due
from notifications.tasks import sweep as notification_sweep
from payments import ledger
from payments.actions import awards, letters, payouts
from payments.bank import PayeeCheck
from payments.models import Award, Budget, CaseAccount, Payment, PaymentExport
from payments.states import NameCheck
from payments.tasks import sweep
from payments.terms import Basis
from tests import factories
from tests.factories import make_budget

# A Monday, so that the days of the tests can be counted on one's fingers.
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)
BASIS = Basis("Regionsausschuss", date(2026, 10, 27))


@dataclass
class Office:
    """The people of one fund."""

    fund: Fund
    officer: User
    second: User
    head: User
    signatory: User
    mail_room: User
    finance_a: User
    finance_b: User
    treasury: User
    auditor: User


def make_office(fund: Fund | None = None) -> Office:
    fund = fund or factories.make_fund()

    def one(*roles: Role) -> User:
        return factories.make_staff(fund, *roles)

    return Office(
        fund=fund,
        officer=one(Role.CASE_OFFICER),
        second=one(Role.CASE_OFFICER),
        head=one(Role.HEAD_OF_UNIT),
        signatory=one(Role.SIGNATORY),
        mail_room=one(Role.MAIL_ROOM),
        finance_a=one(Role.FINANCE_A),
        finance_b=one(Role.FINANCE_B),
        treasury=one(Role.TREASURY),
        auditor=factories.make_auditor(fund),
    )


@dataclass
class Case:
    """A case and who acts in it."""

    office: Office
    budget: Budget
    organisation: Organisation
    owner: User
    application: Application
    account: BankAccount
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def books(self) -> tuple[int, int, int, int]:
        """Reserved, committed, ordered, disbursed of the case."""
        books = CaseAccount.objects.get(application=self.application)
        return books.reserved_cents, books.committed_cents, books.ordered_cents, books.disbursed_cents

    @property
    def available(self) -> int:
        return Budget.objects.get(pk=self.budget.pk).available_cents

    def reload(self) -> Application:
        self.application = Application.objects.get(pk=self.application.pk)
        return self.application


def at(moment: datetime) -> None:
    """Stop the clock there."""
    clock.freeze(moment)


def days_later(days: int, *, hour: int = 9) -> datetime:
    """Stop the clock so many days after NOW and return the moment."""
    moment = NOW.replace(hour=hour) + timedelta(days=days)
    at(moment)
    return moment


def make_case(
    office: Office | None = None,
    *,
    state: str = ApplicationState.APPROVED,
    decided_cents: int = 250_000,
    requested_cents: int | None = None,
    reserved_cents: int | None = None,
    budget: Budget | None = None,
    round: Round | None = None,
    round_state: str = RoundState.DECIDED,
    electronic: bool = False,
    checked: bool = True,
    usable_from: date = TODAY,
    **fields: Any,
) -> Case:
    """A decided case with reserved money, a checked bank account and an owner who represents."""
    office = office or make_office()
    budget = budget or make_budget(office.fund, 2026, 1_000_000)
    round_ = round or factories.make_round(
        office.fund, state=round_state, budget_year=2026, announcement="portal" if electronic else "post"
    )
    organisation = factories.make_organisation()
    owner = factories.make_member(organisation)
    asked = requested_cents or decided_cents
    application = factories.make_application(
        round=round_, organisation=organisation, by=owner, state=state, requested_cents=asked,
        **{"applied_cents": asked, "electronic_announcement": electronic} | fields,
    )  # fmt: skip
    if state in (ApplicationState.APPROVED, ApplicationState.PLAN_REVISION):
        with transaction.atomic():
            account = ledger.open_case(application, budget)
            target = reserved_cents or decided_cents
            ledger.reserve_to(account, target_cents=target, key=f"r:{application.pk}", by=office.officer)
            ledger.set_decided(account, decided_cents, by=office.officer)
    checks = {"checked_by": office.officer, "checked_at": clock.now(), "usable_from": usable_from} if checked else {}
    bank = factories.make_bank_account(organisation, owner, holder="Müller & Söhne Verein e. V.", **checks)
    return Case(office, budget, organisation, owner, application, bank)


def draft(case: Case, **options: Any) -> Letter:
    """The drafted and rendered award letter."""
    fields: dict[str, Any] = {"conditions": (), "partial_reasons": ()}
    return rendered(letters.draft_award_letter(**_common(case) | fields | options))


def draft_rejection(case: Case, **options: Any) -> Letter:
    """The drafted and rendered rejection letter."""
    fields: dict[str, Any] = {"kind": "merit", "reasons": ("Andere Vorhaben wurden höher bewertet.",)}
    return rendered(letters.draft_rejection_letter(**_common(case) | fields | options))


def _common(case: Case) -> dict[str, Any]:
    return {
        "application": case.application,
        "by": case.office.officer,
        "basis": BASIS,
        "signatory": case.office.signatory,
        "letter_date": clock.today(),
    }


def rendered(letter: Letter) -> Letter:
    render_due(seconds=30)
    return Letter.objects.select_related("document").get(pk=letter.pk)


def approve(case: Case, letter: Letter) -> Letter:
    return letter_actions.approve(letter=letter, by=case.office.second, seen_sha256=letter.document.sha256)


def sign(case: Case, letter: Letter) -> Letter:
    return letters.sign_letter(letter=letter, by=case.office.signatory, seen_sha256=letter.document.sha256)


def signed(case: Case, **options: Any) -> Letter:
    return sign(case, approve(case, draft(case, **options)))


def released(case: Case, **options: Any) -> Letter:
    """A signed award letter that went out with its round."""
    letter = signed(case, **options)
    letters.release_letters(round_=case.application.round, by=case.office.head)
    return Letter.objects.get(pk=letter.pk)


def post(case: Case, letter: Letter) -> Letter:
    """Give the letter to the post, after its address was found where it had come back."""
    fresh = Letter.objects.select_related("document").get(pk=letter.pk)
    if not fresh.has_address():
        found = {"envelope": "Neue Straße 5\n30159 Hannover", "reason": "Telefonat"}
        fresh = letters.confirm_address(letter=fresh, by=case.office.officer, **found)
    return letter_actions.post(letters=[(fresh, fresh.version)], by=case.office.mail_room, posted_on=clock.today())[0]


def all_sweeps() -> None:
    """What the scheduler does, on the floors up to this one."""
    notification_sweep()
    sweep()


def award_of(case: Case) -> Award:
    return Award.objects.get(application=case.application)


def final_award(case: Case) -> Award:
    """Announced by post on 6 November and waived on that day."""
    post(case, released(case))
    days_later(4)
    all_sweeps()
    return awards.waive_remedy(award=award_of(case), by=case.owner)


def request(case: Case, cents: int, award: Award | None = None) -> Payment:
    return ask(case, cents, Award.objects.get(pk=(award or award_of(case)).pk))


def ask(case: Case, cents: int, award: Award) -> Payment:
    """Request money from a page that shows the award as it was then."""
    return payouts.request_payment(
        award=award,
        amount_cents=cents,
        purpose="Honorare",
        planned_use_by=clock.today() + timedelta(days=30),
        by=case.owner,
    )


def ordered(case: Case, cents: int, award: Award | None = None) -> Payment:
    certified = payouts.certify(payment=request(case, cents, award), by=case.office.finance_a)
    return payouts.order(payment=certified, by=case.office.finance_b)


def checks(*payments: Payment, result: NameCheck = NameCheck.MATCH, note: str = "") -> list[PayeeCheck]:
    return [PayeeCheck(payment.pk, result, note) for payment in payments]


def hand_over(case: Case, *payments: Payment, by: User | None = None, fund: Fund | None = None) -> PaymentExport:
    return payouts.export(fund=fund or case.office.fund, checks=checks(*payments), by=by or case.office.treasury)


def exported(case: Case, *payments: Payment) -> list[Payment]:
    hand_over(case, *payments)
    return list(Payment.objects.filter(pk__in=[p.pk for p in payments]).order_by("pk"))
