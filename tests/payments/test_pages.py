"""The pages of letters, awards and payouts: who sees which, what a press does, what a refusal keeps."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from accounts.states import MemberRole, Role
from grants.states import ApplicationState
from notifications.models import Document, Letter, Notice
from notifications.states import LetterState, NoticeState
from payments.models import Award, CaseLetter, Payment, PaymentExport
from payments.states import AwardState, PaymentState
from tests import factories
from tests.payments import chain
from tests.payments.chain import Case

# What a page shows and asks back is decided in Python; statements are counted on PostgreSQL elsewhere.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def monday(db: None) -> None:
    chain.at(chain.NOW)


def as_(person: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def get(person: User, name: str, *args: int, query: str = "") -> Any:
    return as_(person).get(reverse(f"payments:{name}", args=args) + query)


def press(person: User, name: str, pk: int, step: str, **data: Any) -> Any:
    """Open the page, then send the step with what the page remembers."""
    client, address = as_(person), reverse(f"payments:{name}", args=[pk])
    page = client.get(address)
    if page.status_code != 200:
        return page
    remembered = {"version": page.context["version"], "step": step}
    act = next((act for act in page.context["acts"] if act.name == step), None)
    hidden = {field.name: field.value() for field in act.shown.hidden_fields()} if act else {}
    return client.post(address, {**remembered, **hidden, **data})


def steps(person: User, name: str, pk: int) -> list[str]:
    page = get(person, name, pk)
    return [act.name for act in page.context["acts"]] if page.status_code == 200 else [str(page.status_code)]


# --- The whole way through the pages --------------------------------------------------------------------------


def test_from_the_decision_to_the_booked_payment_by_pressing_buttons() -> None:
    case = chain.make_case()
    people, round_ = case.office, case.application.round
    drafted = as_(people.officer).post(
        reverse("reviews:draft_letter", args=[case.application.pk]),
        {"signatory": people.signatory.pk, "letter_date": "02.11.2026", "conditions": "Bitte Presse einladen."},
    )
    letter = chain.rendered(Letter.objects.get())
    assert drafted.headers["Location"] == reverse("payments:letter_office", args=[letter.pk])
    press(people.second, "letter_office", letter.pk, "approve")
    press(people.signatory, "letter_office", letter.pk, "sign")
    press(people.head, "letters_release", round_.pk, "release_all")
    assert Letter.objects.get().state == LetterState.RELEASED
    chain.post(case, letter)
    chain.days_later(4)
    chain.all_sweeps()

    award = Award.objects.get()
    press(case.owner, "award", award.pk, "waive", sure="on")
    press(
        case.owner, "award", award.pk, "request",
        amount_cents="1.000,01", purpose="Honorare", planned_use_by="31.12.2026",
    )  # fmt: skip
    payment = Payment.objects.get()
    press(people.finance_a, "payment", payment.pk, "certify")
    press(people.finance_b, "payment", payment.pk, "order")
    made = as_(people.treasury).post(
        reverse("payments:export"), {"payment": [payment.pk], f"p{payment.pk}-result": "match"}
    )
    record = PaymentExport.objects.get()
    assert made.headers["Location"] == reverse("payments:export_page", args=[record.pk])
    press(people.treasury, "payment", payment.pk, "confirm", on="06.11.2026")

    payment.refresh_from_db()
    assert (payment.state, payment.amount_cents) == (PaymentState.PAID, 100_001)
    assert case.books == (0, 149_999, 0, 100_001)


# --- Who may press what ---------------------------------------------------------------------------------------


# As it stands on paper.
GROUPED = " ".join(re.findall(r".{1,4}", factories.IBAN))
PEOPLE = ("officer", "second", "head", "signatory", "mail_room", "finance_a", "finance_b", "treasury", "auditor")


def table(case: Case, name: str, pk: int) -> dict[str, list[str]]:
    """What each person is offered on a page; only those who are offered something, or nothing at all."""
    everybody = {person: getattr(case.office, person) for person in PEOPLE}
    everybody |= {"owner": case.owner, "stranger": factories.make_staff(factories.make_fund(), *list(Role)[:9])}
    return {who: found for who, person in everybody.items() if (found := steps(person, name, pk)) != ["404"]}


def nothing(*blind: str) -> dict[str, list[str]]:
    """Everybody reads the page and may press nothing, but those who do not see it."""
    return {who: [] for who in PEOPLE if who not in blind}


def offered(**said: list[str]) -> dict[str, list[str]]:
    return {**nothing("finance_a", "finance_b", "treasury"), **said}


def test_letter_state_by_role() -> None:
    case = chain.make_case()
    letter = chain.draft(case)
    assert table(case, "letter_office", letter.pk) == offered(officer=["void"], second=["approve", "void"])
    letter = chain.approve(case, letter)
    assert table(case, "letter_office", letter.pk) == offered(signatory=["sign"], officer=["void"], second=["void"])
    letter = chain.sign(case, letter)
    recall = {"head": ["propose_recall"], "signatory": ["propose_recall"]}
    assert table(case, "letter_office", letter.pk) == offered(**recall)
    press(case.office.head, "letters_release", case.application.round_id, "release_all")
    assert table(case, "letter_office", letter.pk) == offered(**recall)
    chain.post(case, letter)
    assert table(case, "letter_office", letter.pk) == offered()


def test_recall_by_role() -> None:
    case = chain.make_case()
    letter = chain.signed(case)
    press(case.office.head, "letter_office", letter.pk, "propose_recall", reason="Falscher Name")

    assert table(case, "letter_office", letter.pk) == offered(
        head=["decline_recall"], signatory=["confirm_recall", "decline_recall"]
    )
    press(case.office.signatory, "letter_office", letter.pk, "confirm_recall")

    assert Letter.objects.get().state == LetterState.VOID


def test_award_state_by_role() -> None:
    case = chain.make_case()
    chain.post(case, chain.released(case))
    award = chain.award_of(case)
    assert steps(case.owner, "award", award.pk) == ["404"]
    chain.days_later(4)
    chain.all_sweeps()
    reader = factories.make_member(case.organisation, role=MemberRole.READER)
    assert steps(case.owner, "award", award.pk) == ["waive", "relinquish"]
    assert steps(reader, "award", award.pk) == []
    for person in PEOPLE:
        assert steps(getattr(case.office, person), "award", award.pk) == ["404"]
    readers = nothing("mail_room")
    sue = {
        **readers,
        "officer": ["lawsuit_filed", "instruction_wrong"],
        "second": ["lawsuit_filed", "instruction_wrong"],
    }
    assert table(case, "award_office", award.pk) == sue

    press(case.office.officer, "award_office", award.pk, "lawsuit_filed", reason="1 A 1/26")
    assert steps(case.owner, "award", award.pk) == ["relinquish"]
    assert table(case, "award_office", award.pk) == {**readers, "head": ["lawsuit_ended"]}

    press(case.office.head, "award_office", award.pk, "lawsuit_ended", reason="abgewiesen")
    assert steps(case.owner, "award", award.pk) == ["request", "start", "relinquish"]
    assert table(case, "award_office", award.pk) == readers


def test_payment_state_by_role() -> None:
    case = chain.make_case()
    chain.final_award(case)
    payment = chain.request(case, 1_000)
    readers = nothing("mail_room", "signatory")

    def says(**said: list[str]) -> None:
        assert table(case, "payment", payment.pk) == {**readers, **said}

    says(finance_a=["certify", "refuse"])
    press(case.office.finance_a, "payment", payment.pk, "certify")
    says(finance_b=["order", "give_back"])
    press(case.office.finance_b, "payment", payment.pk, "order")
    says(finance_b=["cancel"])
    chain.exported(case, payment)
    says(treasury=["confirm", "bounce"])
    press(case.office.treasury, "payment", payment.pk, "confirm", on="6.11.2026")
    says(treasury=["late_return"])
    press(case.office.treasury, "payment", payment.pk, "late_return", reason="AC04")
    says(finance_b=["give_up"])
    assert steps(case.owner, "award_payment", payment.pk) == ["correct_account"]


def test_staff_never_handle_the_case_of_their_own_organisation() -> None:
    case = chain.make_case()
    letter = chain.signed(case)
    member = factories.make_member(case.organisation)
    for role in (Role.CASE_OFFICER, Role.HEAD_OF_UNIT, Role.FINANCE_A, Role.TREASURY):
        factories.give_role(member, case.office.fund, role)

    assert get(member, "letter_office", letter.pk).status_code == 404
    assert get(member, "award_office", chain.award_of(case).pk).status_code == 404


def test_anonymous_is_sent_to_sign_in() -> None:
    for name, args in (("letters", []), ("payments", []), ("bank_accounts", []), ("letter", [1]), ("award", [1])):
        answer = Client().get(reverse(f"payments:{name}", args=args))
        assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["letters", "payments", "bank_accounts", "letters_sign"])
def test_lists_are_hidden_from_applicants(name: str) -> None:
    assert get(chain.make_case().owner, name).status_code == 404


# --- Old pages, bad input -------------------------------------------------------------------------------------


def test_old_page_gets_409_and_keeps_the_text() -> None:
    case = chain.make_case()
    letter = chain.draft(case)
    client, address = as_(case.office.officer), reverse("payments:letter_office", args=[letter.pk])
    version = client.get(address).context["version"]
    chain.approve(case, letter)

    answer = client.post(address, {"step": "void", "version": version, "reason": "Mein langer Grund"})

    assert answer.status_code == 409
    assert "Mein langer Grund" in answer.content.decode()
    assert Letter.objects.get().state == LetterState.APPROVED


@pytest.mark.parametrize("data", [{}, {"step": "fly"}, {"step": "sign"}, {"version": "x"}])
def test_forged_posts_are_answered_without_harm(data: dict[str, str]) -> None:
    case = chain.make_case()
    letter = chain.draft(case)

    answer = as_(case.office.officer).post(reverse("payments:letter_office", args=[letter.pk]), data)

    assert answer.status_code in (404, 409)
    assert Letter.objects.get().state == LetterState.GENERATED


@pytest.mark.parametrize("typed", ["", "1e9", "-5", "0", "2.500,01", "12,345", "<b>", "=1+1"])
def test_bad_amount_keeps_what_was_typed(typed: str) -> None:
    case = chain.make_case()
    award = chain.final_award(case)

    answer = press(case.owner, "award", award.pk, "request", amount_cents=typed, purpose="Honorare <b>für</b> alle")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Honorare &lt;b&gt;für&lt;/b&gt; alle" in page
    assert "data-error-summary" in page
    assert not Payment.objects.exists()


def test_refusal_of_a_step_is_told_on_the_page() -> None:
    case = chain.make_case(checked=False)
    letter = chain.approve(case, chain.draft(case))

    answer = press(case.office.signatory, "letter_office", letter.pk, "sign")

    assert answer.status_code == 200
    assert "The bank account has not been checked" in answer.content.decode()


@pytest.mark.parametrize("query", ["?tab=nonsense", "?tab=certify&page=99", "?page=x", "?tab=%00"])
def test_odd_addresses_of_the_work_list_do_no_harm(query: str) -> None:
    assert get(chain.make_office().finance_a, "payments", query=query).status_code in (200, 404)


def test_letters_filter_takes_only_what_it_knows() -> None:
    case = chain.make_case()
    chain.draft(case)

    for query in ("?state=nonsense", "?round=x", "?kind=L99", f"?round={case.application.round_id}&state=GENERATED"):
        answer = get(case.office.officer, "letters", query=query)
        assert (answer.status_code, len(answer.context["rows"])) == (200, 1)
    assert len(get(case.office.officer, "letters", query="?state=SIGNED").context["rows"]) == 0


# --- Signing what was read ------------------------------------------------------------------------------------


def test_only_opened_letters_are_signed_together_and_each_refusal_is_told() -> None:
    first = chain.make_case()
    second = chain.make_case(first.office, budget=first.budget, checked=False)
    unread = chain.make_case(first.office, budget=first.budget)
    letters = [chain.approve(case, chain.draft(case)) for case in (first, second, unread)]
    client = as_(first.office.signatory)
    for letter in letters[:2]:
        client.get(reverse("payments:letter_office", args=[letter.pk]))
    page = client.get(reverse("payments:letters_sign"))
    assert [letter.pk for letter in page.context["ready"]] == [letter.pk for letter in letters[:2]]
    assert page.context["unread"] == [letters[2]]

    answer = client.post(reverse("payments:letters_sign"), {"letter": [letter.pk for letter in letters]}, follow=True)

    told = [str(message) for message in answer.context["messages"]]
    assert len(told) == 2
    assert letters[1].number in told[0]
    assert told[1] == "Letters signed: 1."
    states = [Letter.objects.get(pk=letter.pk).state for letter in letters]
    assert states == [LetterState.SIGNED, LetterState.APPROVED, LetterState.APPROVED]


# --- The portal -----------------------------------------------------------------------------------------------


def test_letter_in_the_portal_shows_nothing_before_it_is_opened() -> None:
    case = chain.make_case(electronic=True)
    letter = chain.released(case)
    Notice.objects.filter(code="N27").update(state=NoticeState.SENT, sent_at=chain.NOW)
    reader = factories.make_member(case.organisation, role=MemberRole.READER)
    for person in (case.owner, reader):
        page = get(person, "letter", letter.pk).content.decode()
        assert "2.500,00" not in page
        assert "Zuwendungsbescheid" not in page
        assert get(person, "letter_copy", letter.pk).status_code == 404
    assert press(reader, "letter", letter.pk, "retrieve", sure="on").status_code == 404
    unsure = press(case.owner, "letter", letter.pk, "retrieve")
    assert (unsure.status_code, Letter.objects.get().state) == (200, LetterState.PUBLISHED)

    press(case.owner, "letter", letter.pk, "retrieve", sure="on")

    assert Letter.objects.get().announced_on == date(2026, 11, 3)
    assert "2.500,00" in get(case.owner, "letter", letter.pk).content.decode()
    assert "2.500,00" not in get(reader, "letter", letter.pk).content.decode()
    assert get(case.owner, "letter_copy", letter.pk).headers["Content-Type"] == "application/pdf"
    chain.days_later(1)
    assert "2.500,00" in get(reader, "letter", letter.pk).content.decode()


@pytest.mark.parametrize("state", ["GENERATED", "APPROVED", "SIGNED", "RELEASED", "POSTED"])
def test_letter_under_way_is_hidden_from_the_addressee(state: str) -> None:
    case = chain.make_case()
    letter = chain.draft(case)
    ways = {"APPROVED": chain.approve, "SIGNED": chain.sign}
    for name, step in ways.items():
        if state != "GENERATED" and (name == "APPROVED" or state != "APPROVED"):
            letter = step(case, letter)
    if state in ("RELEASED", "POSTED"):
        press(case.office.head, "letters_release", case.application.round_id, "release_all")
    if state == "POSTED":
        chain.post(case, letter)

    assert Letter.objects.get().state == state
    assert get(case.owner, "letter", letter.pk).status_code == 404


# --- Bank accounts and files ----------------------------------------------------------------------------------


def test_whole_iban_is_shown_to_the_checker_only_and_each_look_is_recorded() -> None:
    case = chain.make_case(checked=False)
    page = get(case.office.officer, "bank_account", case.account.pk).content.decode()
    assert GROUPED in page
    assert AuditEntry.objects.filter(action="look_at_bank_account", actor=case.office.officer).count() == 1

    press(case.office.finance_a, "bank_account", case.account.pk, "check", sure="on")

    after = get(case.office.officer, "bank_account", case.account.pk).content.decode()
    assert factories.IBAN not in after
    assert GROUPED not in after
    for person in (case.owner, case.office.treasury):
        assert get(person, "bank_account", case.account.pk).status_code == 404


def test_auditor_reads_a_bank_account_with_a_masked_number() -> None:
    case = chain.make_case(checked=False)

    page = get(case.office.auditor, "bank_account", case.account.pk).content.decode()

    assert (GROUPED in page, factories.IBAN in page) == (False, False)
    assert factories.IBAN[-4:] in page
    assert 'name="sure"' not in page


def test_whole_iban_after_a_forgotten_tick_is_recorded_too() -> None:
    case = chain.make_case(checked=False)

    page = as_(case.office.officer).post(
        reverse("payments:bank_account", args=[case.account.pk]), {"step": "check", "version": "new"}
    )

    assert GROUPED in page.content.decode()
    assert AuditEntry.objects.filter(action="look_at_bank_account", actor=case.office.officer).count() == 1


def test_file_for_the_bank_without_the_comparison_of_names_keeps_what_was_typed() -> None:
    case = chain.make_case()
    chain.final_award(case)
    first, second = chain.ordered(case, 1_000), chain.ordered(case, 2_000)
    chosen = {"payment": [first.pk, second.pk], f"p{first.pk}-result": "no_match", f"p{second.pk}-note": "Rückruf"}

    page = as_(case.office.treasury).post(reverse("payments:export"), chosen).content.decode()

    assert not PaymentExport.objects.exists()
    assert "Rückruf" in page
    assert f'href="#id_p{first.pk}-note"' in page
    assert f'href="#id_p{second.pk}-result"' in page


def test_second_press_of_a_request_answers_409_with_the_text_kept() -> None:
    case = chain.make_case()
    award = chain.final_award(case)
    page = reverse("payments:award", args=[award.pk])
    typed = {
        "step": "request", "version": Award.objects.get().version, "amount_cents": "10,00",
        "purpose": "Saalmiete Mai", "planned_use_by": "31.12.2026",
    }  # fmt: skip
    assert as_(case.owner).post(page, typed).status_code == 302

    again = as_(case.owner).post(page, typed)

    assert (again.status_code, Payment.objects.count()) == (409, 1)
    assert "Saalmiete Mai" in again.content.decode()


def test_file_for_the_bank_is_whole_for_the_treasury_alone() -> None:
    case = chain.make_case()
    chain.final_award(case)
    chain.exported(case, chain.ordered(case, 1_000))
    record = PaymentExport.objects.get()

    assert get(case.office.treasury, "export_file", record.pk).headers["Content-Type"] == "application/xml"
    assert record.sha256 in get(case.office.treasury, "export_page", record.pk).content.decode()
    for person in (case.office.finance_a, case.office.finance_b, case.owner):
        assert get(person, "export_file", record.pk).status_code == 404
    for person in (case.office.finance_a, case.office.finance_b, case.office.auditor, case.owner):
        assert as_(person).post(reverse("payments:export"), {"payment": [1]}).status_code == 404
    whole = get(case.office.treasury, "export_file", record.pk).content.decode()
    masked = get(case.office.auditor, "export_file", record.pk).content.decode()
    ibans = [str(case.office.fund.debtor_iban), str(case.account.iban)]
    assert [iban in whole for iban in ibans] == [True, True]
    assert [iban in masked for iban in ibans] == [False, False]
    assert [f"<IBAN>{iban[:2]}****{iban[-4:]}</IBAN>" in masked for iban in ibans] == [True, True]
    assert ("10.00" in whole, "10.00" in masked) == (True, True)


def test_auditor_reads_bank_accounts_masked_and_checks_none() -> None:
    case = chain.make_case(checked=False)

    rows = get(case.office.auditor, "bank_accounts").content.decode()
    shown = get(case.office.auditor, "bank_account", case.account.pk).content.decode()

    assert case.account.iban_end in rows
    assert case.account.iban_end in shown
    assert str(case.account.iban) not in rows + shown
    assert 'value="check"' not in shown


def test_no_iban_stands_on_other_pages() -> None:
    case = chain.make_case()
    award = chain.final_award(case)
    payment = chain.request(case, 1_000)

    for person, name, pk in (
        (case.owner, "award", award.pk), (case.owner, "award_payment", payment.pk),
        (case.office.finance_a, "payment", payment.pk), (case.office.officer, "award_office", award.pk),
    ):  # fmt: skip
        assert factories.IBAN not in get(person, name, pk).content.decode()


# --- Plan -----------------------------------------------------------------------------------------------------


def test_plan_page_asks_and_hides_work_in_progress() -> None:
    case = chain.make_case(decided_cents=200_000, requested_cents=250_000)
    assert steps(case.office.officer, "plan", case.application.pk) == ["request_plan"]
    assert steps(case.office.head, "plan", case.application.pk) == []

    press(case.office.officer, "plan", case.application.pk, "request_plan", due="16.11.2026")

    page = get(case.office.officer, "plan", case.application.pk)
    assert (page.context["waits"], page.context["sides"]) == (True, [])
    assert case.reload().state == ApplicationState.PLAN_REVISION
    assert get(case.owner, "plan", case.application.pk).status_code == 404


# --- Drafting -------------------------------------------------------------------------------------------------


def test_draft_page_keeps_the_text_when_refused() -> None:
    case = chain.make_case(requested_cents=250_000, applied_cents=300_000)
    address = reverse("reviews:draft_letter", args=[case.application.pk])

    answer = as_(case.office.officer).post(
        address,
        {"signatory": case.office.signatory.pk, "letter_date": "01.11.2026", "partial_reasons": "Weil es so ist."},
    )

    page = answer.content.decode()
    assert (answer.status_code, Letter.objects.count()) == (200, 0)
    assert "Weil es so ist." in page
    assert "cannot lie in the past" in page
    for person in (case.office.head, case.office.finance_a, case.owner):
        assert as_(person).get(address).status_code == 404


def test_draft_of_a_rejection_splits_reasons_by_line() -> None:
    case = chain.make_case(state=ApplicationState.DECLINED)

    as_(case.office.officer).post(
        reverse("reviews:draft_letter", args=[case.application.pk]),
        {
            "signatory": case.office.head.pk,
            "letter_date": "2026-11-02",
            "kind": "merit",
            "reasons": "Eins\n\nZwei",
        },
    )

    assert Letter.objects.get().document.data["reasons"] == ["Eins", "Zwei"]


# --- Figures --------------------------------------------------------------------------------------------------


def copies(letter: Letter, count: int) -> None:
    """As many more letters of the same case and fund, for lists only."""
    start = Document.objects.count()
    documents = Document.objects.bulk_create(
        Document(key=f"copy:{n}", kind=letter.kind, fund=letter.fund, data=letter.document.data)
        for n in range(start, start + count)
    )
    rows = Letter.objects.bulk_create(
        Letter(
            fund=letter.fund, kind=letter.kind, number=f"copy-{document.key}", title=letter.title,
            addressee=letter.addressee, document=document, letter_date=letter.letter_date, author=letter.author,
            signatory=letter.signatory, state=LetterState.GENERATED,
        )
        for document in documents
    )  # fmt: skip
    CaseLetter.objects.bulk_create(CaseLetter(application=letter.case.application, letter=row) for row in rows)


def queries(client: Client, address: str, counter: Any) -> int:
    client.get(address)
    with counter as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_letters_list_asks_the_same_for_3_and_300(django_assert_max_num_queries: Any) -> None:
    case = chain.make_case()
    letter = chain.draft(case)
    # Who holds every role of the office has the most to ask for.
    everything = factories.make_staff(case.office.fund, Role.CASE_OFFICER, Role.HEAD_OF_UNIT, Role.SIGNATORY)
    client, address = as_(everything), reverse("payments:letters")
    copies(letter, 2)
    few = queries(client, address, django_assert_max_num_queries(12))
    copies(letter, 297)

    assert queries(client, address, django_assert_max_num_queries(12)) == few


def test_payments_list_asks_the_same_for_3_and_300(django_assert_max_num_queries: Any) -> None:
    case = chain.make_case()
    award = chain.final_award(case)
    client, address = as_(case.office.finance_a), reverse("payments:payments")

    def more(first: int, last: int) -> None:
        Payment.objects.bulk_create(
            Payment(
                fund=case.office.fund, award=award, number=number, amount_cents=1, bank_account=case.account,
                end_to_end_id=f"E-{number}", requested_by=case.owner,
            )
            for number in range(first, last)
        )  # fmt: skip

    more(1, 4)
    few = queries(client, address, django_assert_max_num_queries(12))
    more(4, 301)

    assert queries(client, address, django_assert_max_num_queries(12)) == few


def test_pages_hold_no_untranslated_placeholder() -> None:
    case = chain.make_case()
    award = chain.final_award(case)
    chain.request(case, 1_000)

    page = get(case.owner, "award", award.pk).content.decode()

    assert re.findall(r"%\(\w+\)s|\{\{|\{%", page) == []
    assert award.state == AwardState.FINAL
