"""A letter that comes back after it counted: no money, one task, an address first, and pages that agree."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.exceptions import LostRace, NeedsReason, NotPermitted, NotPossible
from accounts.models import User
from notifications.actions import letters as office
from notifications.exceptions import AddressOpen
from notifications.models import Letter
from notifications.states import LetterState
from payments.actions import awards, letters, payouts
from payments.exceptions import LetterBack
from payments.models import Award, Payment
from payments.states import AwardState, PaymentState
from reviews.queries.tasks import tasks_of
from tests.payments import chain

pytestmark = pytest.mark.earnest

ENVELOPE = "Verein e. V.\nc/o Yıldız\nNeue Straße 5\n30159 Hannover"


@pytest.fixture(autouse=True)
def monday(db: None) -> None:
    chain.at(chain.NOW)


@pytest.fixture
def case() -> chain.Case:
    """A final award whose grantee has requested two payments."""
    made = chain.make_case()
    chain.final_award(made)
    return made


def came_back(case: chain.Case) -> Letter:
    letter = Letter.objects.get(award__application=case.application)
    return office.return_letter(letter=letter, by=case.office.mail_room, returned_on=date(2026, 11, 6))


def post(case: chain.Case, letter: Letter) -> Letter:
    return office.post(letters=[(letter, letter.version)], by=case.office.mail_room, posted_on=date(2026, 11, 6))[0]


def address_found(case: chain.Case, letter: Letter) -> Letter:
    return letters.confirm_address(
        letter=letter, envelope=ENVELOPE, reason="Telefonat mit dem Vorstand", by=case.office.officer
    )


def as_(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="accounts.backends.AuthenticationBackend")
    return client


def text(client: Client, name: str, *args: Any) -> str:
    return client.get(reverse(name, args=args)).content.decode()


# --- Money ---------------------------------------------------------------------------------------------------


def test_no_money_moves_from_the_moment_the_letter_is_back(case: chain.Case) -> None:
    requested = chain.request(case, 1_000)
    certified = payouts.certify(payment=chain.request(case, 2_000), by=case.office.finance_a)
    ordered = chain.ordered(case, 3_000)
    came_back(case)

    for act in (
        lambda: chain.request(case, 500),
        lambda: payouts.certify(payment=requested, by=case.office.finance_a),
        lambda: payouts.order(payment=certified, by=case.office.finance_b),
        lambda: chain.hand_over(case, ordered),
    ):
        with pytest.raises(LetterBack):
            act()

    states = list(Payment.objects.order_by("pk").values_list("state", flat=True))
    assert states == [PaymentState.REQUESTED, PaymentState.CHECKED, PaymentState.ORDERED]
    assert case.books == (0, 247_000, 3_000, 0)


def test_money_goes_on_when_the_letter_is_announced_again_and_final(case: chain.Case) -> None:
    payment = payouts.certify(payment=chain.request(case, 2_000), by=case.office.finance_a)
    back = came_back(case)
    chain.all_sweeps()
    found = address_found(case, back)
    assert chain.award_of(case).state == AwardState.NOTIFIED
    chain.post(case, found)
    chain.days_later(9)
    chain.all_sweeps()
    award = chain.award_of(case)
    assert (award.notified_on, award.on_hold, award.sue_until) == (date(2026, 11, 10), False, date(2026, 12, 10))
    with pytest.raises(NotPossible):
        payouts.order(payment=payment, by=case.office.finance_b)

    chain.days_later(40)
    chain.all_sweeps()

    assert chain.award_of(case).state == AwardState.FINAL
    assert payouts.order(payment=payment, by=case.office.finance_b).state == PaymentState.ORDERED


def test_running_project_is_not_paid_while_the_letter_is_back(case: chain.Case) -> None:
    awards.start_project(award=chain.award_of(case), by=case.owner, on=date(2026, 11, 6))
    payment = chain.request(case, 2_000)
    back = came_back(case)
    with pytest.raises(LetterBack):
        payouts.certify(payment=payment, by=case.office.finance_a)

    chain.post(case, address_found(case, back))
    chain.days_later(9)
    chain.all_sweeps()

    assert chain.award_of(case).state == AwardState.ACTIVE
    assert payouts.certify(payment=payment, by=case.office.finance_a).state == PaymentState.CHECKED


# --- The address ---------------------------------------------------------------------------------------------


def test_letter_is_not_posted_again_before_the_address_is_confirmed(case: chain.Case) -> None:
    back = came_back(case)
    with pytest.raises(AddressOpen):
        post(case, back)

    found = address_found(case, back)

    assert (found.state, found.envelope, found.address_confirmed_by) == (
        LetterState.RETURNED, ENVELOPE, case.office.officer,
    )  # fmt: skip
    assert post(case, found).state == LetterState.POSTED


def test_second_return_asks_for_the_address_again(case: chain.Case) -> None:
    posted = post(case, address_found(case, came_back(case)))

    again = office.return_letter(letter=posted, by=case.office.mail_room, returned_on=date(2026, 11, 6))

    assert again.address_confirmed_at is None
    with pytest.raises(AddressOpen):
        post(case, again)


def test_address_needs_words_and_a_case_officer(case: chain.Case) -> None:
    back = came_back(case)
    for envelope, reason in (("", "x"), (ENVELOPE, " ")):
        with pytest.raises(NeedsReason):
            letters.confirm_address(letter=back, envelope=envelope, reason=reason, by=case.office.officer)
    for person in (case.office.mail_room, case.office.head, case.office.finance_a, case.owner):
        with pytest.raises(NotPermitted):
            letters.confirm_address(letter=back, envelope=ENVELOPE, reason="x", by=person)
    assert chain.award_of(case).state == AwardState.FINAL


def test_desks_name_who_acts_next(case: chain.Case) -> None:
    def titles(person: User) -> set[str]:
        with translation.override("en"):
            return {str(task.title) for task in tasks_of(person)}

    back = came_back(case)
    assert "Letters that came back: find the address" in titles(case.office.officer)
    assert titles(case.office.mail_room) == set()

    address_found(case, back)

    assert "Letters that came back: find the address" not in titles(case.office.officer)
    assert titles(case.office.mail_room) == {"Letters to post"}


# --- Pages ---------------------------------------------------------------------------------------------------


def test_mail_room_is_asked_before_an_effect_is_taken_back(case: chain.Case) -> None:
    letter = Letter.objects.get()
    client = as_(case.office.mail_room)
    page = reverse("notifications:dispatch_return", args=[letter.pk])
    data = {"version": str(letter.version), "returned_on": "06.11.2026"}
    assert "payments stop at once" in text(client, "notifications:dispatch_letter", letter.pk)

    unsure = client.post(page, data)
    assert unsure.status_code == 200
    assert list(unsure.context["form"].errors) == ["sure"]
    assert Letter.objects.get().state == LetterState.ANNOUNCED

    assert client.post(page, data | {"sure": "on"}).status_code == 302
    assert Letter.objects.get().state == LetterState.RETURNED
    shown = text(client, "notifications:dispatch_letter", letter.pk)
    assert "The case officer finds out the address" in shown
    assert "Record the dispatch" not in shown


def test_officer_confirms_the_address_on_the_page_of_the_letter(case: chain.Case) -> None:
    back = came_back(case)
    client, page = as_(case.office.officer), reverse("payments:letter_office", args=[back.pk])
    assert "Confirm the address" in client.get(page).content.decode()

    data = {"step": "confirm_address", "version": str(back.version), "envelope": ENVELOPE, "reason": "Telefonat"}
    assert client.post(page, data).status_code == 302

    shown = text(as_(case.office.mail_room), "notifications:dispatch_letter", back.pk)
    assert "Neue Straße 5" in shown
    assert "Record the dispatch" in shown


def test_pages_of_a_payment_say_why_instead_of_offering_the_step(case: chain.Case) -> None:
    payment = chain.request(case, 2_000)
    client = as_(case.office.finance_a)
    assert "Certify the payment" in text(client, "payments:payment", payment.pk)

    came_back(case)

    shown = text(client, "payments:payment", payment.pk)
    assert "Certify the payment" not in shown
    assert "came back by post. No money goes out" in shown
    assert "came back by post. No money goes out" in text(client, "payments:payments")


def test_pages_of_the_grantee_agree_with_each_other(case: chain.Case) -> None:
    client = as_(case.owner)
    back = came_back(case)

    def agree() -> None:
        shown = client.get(reverse("payments:application", args=[case.application.pk]))
        phases = {step.title: step.phase for step in shown.context["timeline"]}
        assert shown.context["words"] == "Granted"
        assert (phases["Letter"], phases["The award becomes final"]) == ("now", "next")
        assert "Your award is final" not in shown.content.decode()
        assert "Our letter came back" in shown.content.decode()
        assert "The letter has to reach you once more" in text(client, "payments:award", chain.award_of(case).pk)

    agree()
    awards.letter_came_back(award=chain.award_of(case), by=case.office.officer, reason="x")
    agree()
    assert Letter.objects.get(pk=back.pk).state == LetterState.RETURNED


def test_page_of_the_grantee_shows_a_request_under_way_before_the_form(case: chain.Case) -> None:
    page = text(as_(case.owner), "payments:award", chain.award_of(case).pk)
    assert page.index("Request money") < page.index("Your payments")

    chain.request(case, 1_000)

    page = text(as_(case.owner), "payments:award", chain.award_of(case).pk)
    assert page.index("Your payments") < page.index("Request money")


# --- Two at once ---------------------------------------------------------------------------------------------


@pytest.mark.committing
def test_return_and_export_at_once_never_pay_after_the_return(
    committed_db: None, in_threads: Callable[[Sequence[Callable[[], Any]]], list[Any]]
) -> None:
    chain.at(datetime(2026, 11, 2, 9, tzinfo=UTC))
    made = chain.make_case()
    chain.final_award(made)
    payment = chain.ordered(made, 1_000)

    results = in_threads([lambda: chain.hand_over(made, payment), lambda: came_back(made)])

    refused = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(result, LetterBack | LostRace) for result in refused)
    assert Letter.objects.get().state == LetterState.RETURNED
    paid = Payment.objects.get().state == PaymentState.EXPORTED
    assert len(refused) == (0 if paid else 1)
    assert Award.objects.get().state == AwardState.FINAL
