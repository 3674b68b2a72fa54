"""The budget pages: who sees what, the figures, the two persons, the files."""

import csv
import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import Fund, Membership, Proposal, User
from accounts.states import MemberRole, Outcome, Role
from payments import ledger
from payments.models import Budget, CaseAccount, Transfer
from payments.states import BudgetStep, SubBudget
from tests import factories
from tests.payments.books import SIGNED, balances, close, commit_to, disburse, make_case

# What a page shows and asks back is decided in Python; only its statements are counted on PostgreSQL.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
NBSP = "\u00a0"


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def fund() -> Fund:
    return factories.make_fund(name="Fonds A", slug="a")


@pytest.fixture
def budget(fund: Fund) -> Budget:
    return factories.make_budget(fund, 2026, 1_000_000)


@pytest.fixture
def proposer(fund: Fund) -> User:
    return factories.make_staff(fund, Role.FINANCE_A, full_name="Anna A", language="en")


@pytest.fixture
def head(fund: Fund) -> User:
    return factories.make_staff(fund, Role.HEAD_OF_FINANCE, full_name="Hans H", language="en")


def as_(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="accounts.backends.AuthenticationBackend")
    return client


def page(name: str = "budget", *more: str) -> str:
    return reverse(f"payments:{name}", args=["a", 2026, *more])


def text(response: Any) -> str:
    return str(response.content.decode()).replace(NBSP, " ")


# --- Seeing --------------------------------------------------------------------------------------------------


def test_list_shows_the_budgets_of_own_funds_only(budget: Budget, proposer: User) -> None:
    factories.make_budget(factories.make_fund(name="Fonds B", slug="b"), 2026, 5)

    shown = text(as_(proposer).get(reverse("payments:budgets")))

    assert "Fonds A 2026" in shown
    assert "Fonds B" not in shown


def test_figures_equal_the_books_and_open_their_transfers(budget: Budget, head: User) -> None:
    case = make_case(budget, 300_000)
    commit_to(case, 200_000, rest_cents=12_345)

    shown = text(as_(head).get(page()))

    for amount in ("7.876,55 €", "123,45 €", "2.000,00 €", "10.000,00 €"):
        assert amount in shown
    assert f"{page('budget_transfers')}?part=jury&amp;account=RESERVED" in shown
    assert f"{page('budget_transfers')}?part=jury&amp;case={case.pk}&amp;account=COMMITTED" in shown


def test_cases_are_searched_sorted_and_paged(budget: Budget, head: User) -> None:
    round_ = factories.make_round(budget.fund, budget_year=2026)
    for number, title in enumerate(["Äpfel für alle", "Brücken", "Chor"], start=1):
        case = make_case(budget, 1_000, round=round_, title=title)
        ledger.reserve_to(case, target_cents=number * 10, key=f"r{number}", by=head)
    client = as_(head)

    def titles(query: str) -> list[str]:
        rows = client.get(page() + query).context["page_obj"].object_list
        return [row.application.title for row in rows]

    assert titles("?q=aepfel") == ["Äpfel für alle"]
    assert titles("?sort=-reserved") == ["Chor", "Brücken", "Äpfel für alle"]
    assert titles("?sort=-disbursed&q=chor") == ["Chor"]
    assert titles("?sort=nonsense&page=99") == ["Äpfel für alle", "Brücken", "Chor"]
    assert titles("?q=nowhere") == []


def test_transfers_of_an_account_add_up_to_its_figure(budget: Budget, head: User) -> None:
    case = make_case(budget, 300_000)
    commit_to(case, 200_000, rest_cents=12_345)

    response = as_(head).get(page("budget_transfers"), {"account": "RESERVED", "case": str(case.pk)})

    assert [line["cents"] for line in response.context["lines"]] == [-200_000, 212_345]
    assert response.context["balance_cents"] == 12_345


def test_money_of_the_own_organisation_is_in_the_sums_only(budget: Budget, head: User) -> None:
    own, other = make_case(budget, 300_000, title="Meins"), make_case(budget, 300_000, title="Fremdes")
    for case, cents in ((own, 123_456), (other, 200_000)):
        with transaction.atomic():
            ledger.reserve_to(case, target_cents=cents, key=f"r{case.pk}", by=head)
    assert own.application.organisation
    Membership.objects.create(user=head, organisation=own.application.organisation, role=MemberRole.READER)
    client = as_(head)

    shown, moved = client.get(page()), client.get(page("budget_transfers"))

    assert [row.pk for row in shown.context["page_obj"].object_list] == [other.pk]
    assert [line["transfer"].case_id for line in moved.context["lines"] if line["transfer"].case_id] == [other.pk]
    file = client.get(page(), {"format": "csv"}).getvalue().decode()
    for read in (text(shown), text(moved), file):
        assert "1.234,56" not in read
        assert str(own.application.case_number) not in read
    assert "3.234,56 €" in text(shown)
    assert "The totals contain them" in text(shown)
    assert client.get(page("budget_transfers"), {"case": str(own.pk)}).status_code == 404


def test_transfers_carried_in_belong_to_the_later_year(budget: Budget, head: User) -> None:
    case = make_case(budget, 300_000)
    commit_to(case, 200_000)
    ledger.carry_all(case, key="y", by=head)
    later = reverse("payments:budget_transfers", args=["a", 2027])

    for account in ("CARRIED_IN", "COMMITTED"):
        response = as_(head).get(later, {"account": account})
        assert [line["cents"] for line in response.context["lines"]] == [200_000]
        assert response.context["balance_cents"] == 200_000


@pytest.mark.parametrize(
    "query", [{"account": "NOTHING"}, {"case": "x"}, {"case": "9" * 30}, {"case": "1"}, {"part": "fast_track"}]
)
def test_a_forged_address_of_transfers_is_not_found(query: dict[str, str], budget: Budget, head: User) -> None:
    assert as_(head).get(page("budget_transfers"), query).status_code == 404


def test_parts_of_the_budget_are_tabs(budget: Budget, head: User) -> None:
    factories.make_budget(budget.fund, 2026, 500, sub_budget=SubBudget.FAST_TRACK)

    response = as_(head).get(page(), {"part": "fast_track"})

    assert [(tab.label, tab.active) for tab in response.context["tabs"]] == [("Jury", False), ("Fast track", True)]
    assert response.context["budget"].available_cents == 500


@pytest.mark.parametrize("role", [Role.CASE_OFFICER, Role.COORDINATOR, Role.TREASURY, Role.FINANCE_B, Role.AUDITOR])
def test_readers_see_and_cannot_propose(role: Role, budget: Budget) -> None:
    client = as_(factories.make_staff(budget.fund, role))

    assert client.get(page()).status_code == 200
    assert client.get(page()).context["steps"] == []
    assert client.get(reverse("payments:budget_new")).status_code == 404
    assert client.get(page("budget_change", "block")).status_code == 404
    assert client.post(page("budget_change", "block"), {"amount_cents": "1", "reason": "x"}).status_code == 404


def test_strangers_find_nothing(budget: Budget) -> None:
    other = factories.make_staff(factories.make_fund(), Role.HEAD_OF_FINANCE)
    nobody = factories.make_user()
    paths = [page(), page("budget_transfers"), page("budget_change", "block")]

    assert [as_(user).get(path).status_code for user in (other, nobody) for path in paths] == [404] * 6
    assert as_(nobody).get(reverse("payments:budgets")).status_code == 404
    assert Client().get(page()).status_code == 302


# --- Files ---------------------------------------------------------------------------------------------------


def test_cases_as_csv_hold_no_formula(budget: Budget, head: User) -> None:
    case = make_case(budget, 300_000, title="=cmd()", case_number="A-1")
    commit_to(case, 200_000)

    response = as_(head).get(page(), {"format": "csv"})

    rows = list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig")), delimiter=";"))
    assert rows[1][0] == "A-1"
    assert rows[1][2:] == ["'=cmd()", "0,00", "2000,00", "0,00", "0,00"]


def test_transfers_as_workbook(budget: Budget, head: User) -> None:
    response = as_(head).get(page("budget_transfers"), {"format": "xlsx"})

    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response))).active
    assert sheet is not None
    assert sheet.cell(2, 7).value == 10_000


# --- Two persons ---------------------------------------------------------------------------------------------


def propose_new(client: Client, fund: Fund, **changes: Any) -> Any:
    data = {
        "fund": fund.pk, "year": 2027, "sub_budget": "jury", "amount_cents": "150.000,00", "decree": "Satzung 2027",
        "in_force_from": "01.03.2027", "reason": "",
    }  # fmt: skip
    return client.post(reverse("payments:budget_new"), data | changes)


def decide(user: User, proposal: Proposal, step: str, note: str = "") -> Any:
    address = reverse("payments:budget_proposal", args=[proposal.pk])
    return as_(user).post(address, {"step": step, "note": note})


def test_a_budget_is_proposed_and_confirmed(fund: Fund, proposer: User, head: User) -> None:
    answer = propose_new(as_(proposer), fund)
    proposal = Proposal.objects.get()
    assert answer.url == reverse("payments:budget_proposal", args=[proposal.pk])
    assert not Transfer.objects.exists()

    decide(head, proposal, "confirm")

    budget = Budget.objects.get(fund=fund, year=2027)
    assert (budget.decree, budget.in_force_from) == ("Satzung 2027", date(2027, 3, 1))
    assert balances(budget) == {"appropriation": 15_000_000, "available": 15_000_000}
    assert Transfer.objects.get().by == head


def test_a_proposal_keeps_what_was_typed(fund: Fund, proposer: User) -> None:
    response = propose_new(as_(proposer), fund, amount_cents="1e9", decree="Beschluss <b>")

    assert response.status_code == 200
    assert 'value="1e9"' in text(response)
    assert "Beschluss &lt;b&gt;" in text(response)
    assert not Proposal.objects.exists()


def test_a_year_that_has_its_budget_is_refused(budget: Budget, proposer: User) -> None:
    response = propose_new(as_(proposer), budget.fund, year=2026)

    assert response.context["form"].non_field_errors() == [
        "The budget of this year is set already. Use a supplement or a reduction to change it."
    ]


def test_a_foreign_fund_cannot_be_chosen(proposer: User) -> None:
    response = propose_new(as_(proposer), factories.make_fund())

    assert "fund" in response.context["form"].errors


def test_the_author_cannot_confirm(fund: Fund, head: User) -> None:
    propose_new(as_(head), fund)
    proposal = Proposal.objects.get()

    response = decide(head, proposal, "confirm")

    assert response.status_code == 200
    assert not Transfer.objects.exists()
    assert decide(head, proposal, "withdraw").status_code == 302


def test_only_the_head_of_finance_confirms(fund: Fund, proposer: User, head: User) -> None:
    propose_new(as_(proposer), fund)
    proposal = Proposal.objects.get()
    second = factories.make_staff(fund, Role.FINANCE_A)

    assert decide(second, proposal, "confirm").status_code == 404
    assert decide(second, proposal, "decline", "no").status_code == 404
    assert decide(second, proposal, "withdraw").status_code == 404
    assert decide(head, proposal, "anything").status_code == 404


def test_confirming_twice_is_a_lost_race(fund: Fund, proposer: User, head: User) -> None:
    propose_new(as_(proposer), fund)
    proposal = Proposal.objects.get()
    decide(head, proposal, "confirm")

    assert decide(head, proposal, "confirm").status_code == 409
    assert Transfer.objects.count() == 1


def test_declining_needs_a_reason(fund: Fund, proposer: User, head: User) -> None:
    propose_new(as_(proposer), fund)
    proposal = Proposal.objects.get()

    assert decide(head, proposal, "decline").status_code == 200
    assert decide(head, proposal, "decline", "Falscher Betrag").status_code == 302

    proposal.refresh_from_db()
    assert (proposal.outcome, proposal.decision_note) == (Outcome.DECLINED, "Falscher Betrag")


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("supplement", {"appropriation": 1_000_050, "available": 1_000_050}),
        ("reduce", {"appropriation": 999_950, "available": 999_950}),
        ("block", {"appropriation": 1_000_000, "available": 999_950, "blocked": 50}),
    ],
)
def test_changes_are_proposed_and_confirmed(
    step: str, expected: dict[str, int], budget: Budget, proposer: User, head: User
) -> None:
    data = {"amount_cents": "0,50", "reason": "Weil", "seen_cents": "1000000"}
    as_(proposer).post(page("budget_change", step), data)
    proposal = Proposal.objects.get()

    assert decide(head, proposal, "confirm").status_code == 302
    assert balances(budget) == expected


def test_a_block_is_lifted(budget: Budget, proposer: User, head: User) -> None:
    ledger.block(budget, 500, key="b", by=head)
    as_(proposer).post(
        page("budget_change", "unblock"), {"amount_cents": "5,00", "reason": "Weil", "seen_cents": "500"}
    )
    decide(head, Proposal.objects.get(), "confirm")

    assert balances(budget) == {"appropriation": 1_000_000, "available": 1_000_000}


def test_more_than_available_is_told_at_the_field(budget: Budget, proposer: User) -> None:
    response = as_(proposer).post(
        page("budget_change", "reduce"), {"amount_cents": "10.000,01", "reason": "Weil", "seen_cents": "1000000"}
    )

    assert [e.replace(NBSP, " ") for e in response.context["form"].errors["amount_cents"]] == [
        "The budget has only 10.000,00 € available. Lower the amount or add to the budget first."
    ]


def test_money_that_moved_meanwhile_is_a_lost_race_that_keeps_the_text(budget: Budget, proposer: User) -> None:
    data = {"amount_cents": "5,00", "reason": "Wegen der Sperre", "seen_cents": "900000"}

    response = as_(proposer).post(page("budget_change", "block"), data)

    assert response.status_code == 409
    assert "Wegen der Sperre" in text(response)
    assert 'value="1000000"' in text(response)
    assert as_(proposer).post(page("budget_change", "block"), data | {"seen_cents": "1000000"}).status_code == 302


def test_money_gone_before_the_confirmation_is_refused(budget: Budget, proposer: User, head: User) -> None:
    as_(proposer).post(
        page("budget_change", "block"), {"amount_cents": "10.000,00", "reason": "Weil", "seen_cents": "1000000"}
    )
    case = make_case(budget)
    ledger.reserve_to(case, target_cents=1, key="r", by=head)

    response = decide(head, Proposal.objects.get(), "confirm")

    assert response.status_code == 200
    assert "9.999,99 €" in text(response)
    assert Proposal.objects.get().outcome == Outcome.OPEN


def test_the_same_change_waits_once(budget: Budget, proposer: User) -> None:
    data = {"amount_cents": "5,00", "reason": "Weil", "seen_cents": "1000000"}
    as_(proposer).post(page("budget_change", "block"), data)

    response = as_(proposer).post(page("budget_change", "block"), data)

    assert response.status_code == 200
    assert Proposal.objects.count() == 1


def test_open_money_is_carried_to_the_next_year(budget: Budget, proposer: User, head: User) -> None:
    first, second = make_case(budget), make_case(budget)
    commit_to(first, 100_000, rest_cents=5)
    commit_to(second, 50_000, rest_cents=5)
    seen = [f"{first.pk}:100005", f"{second.pk}:50005"]
    as_(proposer).post(page("budget_carry"), {"reason": "Jahresende", "cases": seen})

    decide(head, Proposal.objects.get(), "confirm")

    later = Budget.objects.get(fund=budget.fund, year=2027)
    assert balances(budget) == {"appropriation": 1_000_000, "available": 849_990, "carried_out": 150_010}
    assert balances(later) == {"carried_in": 150_010, "reserved": 10, "committed": 150_000}
    assert CaseAccount.objects.filter(budget=later, origin_year=2026).count() == 2


def test_the_page_lists_what_is_open_case_by_case(budget: Budget, proposer: User) -> None:
    first, second = make_case(budget, title="Chor"), make_case(budget, title="Garten")
    commit_to(first, 100_000, rest_cents=5)
    disburse(second, 50_000)
    third = make_case(budget, title="Tanz")
    commit_to(third, 1_234)

    shown = as_(proposer).get(page("budget_carry"))

    assert [(case.pk, ticked) for case, ticked in shown.context["rows"]] == [(first.pk, True), (third.pk, True)]
    assert shown.context["sum_cents"] == 101_239
    assert "1.000,05 €" in text(shown)
    assert "1.012,39 €" in text(shown)
    only = as_(proposer).get(page("budget_carry"), {"case": str(third.pk)})
    assert [ticked for _case, ticked in only.context["rows"]] == [False, True]


def test_one_case_is_carried_alone(budget: Budget, proposer: User, head: User) -> None:
    stays, goes = make_case(budget), make_case(budget)
    commit_to(stays, 100_000)
    commit_to(goes, 50_000)
    as_(proposer).post(page("budget_carry"), {"reason": "Eilig", "cases": [f"{goes.pk}:50000"]})
    proposal = Proposal.objects.get()
    assert "500,00 €" in text(as_(head).get(reverse("payments:budget_proposal", args=[proposal.pk])))

    decide(head, proposal, "confirm")

    assert balances(stays) == {"committed": 100_000}
    assert balances(goes) == {}
    later = Budget.objects.get(fund=budget.fund, year=2027)
    assert balances(later) == {"carried_in": 50_000, "committed": 50_000}


def test_whoever_proposed_does_not_confirm_the_carrying(budget: Budget, head: User) -> None:
    case = make_case(budget)
    commit_to(case, 100_000)
    as_(head).post(page("budget_carry"), {"reason": "x", "cases": [f"{case.pk}:100000"]})

    assert decide(head, Proposal.objects.get(), "confirm").status_code == 200
    assert balances(case) == {"committed": 100_000}


@pytest.mark.parametrize("cases", [[], ["x"], ["1:"], ["9" * 30 + ":1"], ["1:2:3"], ["١:٢"]])
def test_no_case_or_a_forged_one_is_told_at_the_table(cases: list[str], budget: Budget, proposer: User) -> None:
    commit_to(make_case(budget), 100_000)

    response = as_(proposer).post(page("budget_carry"), {"reason": "Mein Grund", "cases": cases})

    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["cases"]
    assert "Mein Grund" in text(response)


def test_a_case_that_moved_meanwhile_is_a_lost_race_that_keeps_the_text(budget: Budget, proposer: User) -> None:
    case = make_case(budget)
    commit_to(case, 100_000)

    response = as_(proposer).post(page("budget_carry"), {"reason": "Mein Grund", "cases": [f"{case.pk}:99999"]})

    assert response.status_code == 409
    assert "Mein Grund" in text(response)
    assert f'value="{case.pk}:100000" checked' in text(response)
    assert not Proposal.objects.exists()


def test_a_second_proposal_waits_for_the_first(budget: Budget, proposer: User) -> None:
    case = make_case(budget)
    commit_to(case, 100_000)
    data = {"reason": "x", "cases": [f"{case.pk}:100000"]}
    as_(proposer).post(page("budget_carry"), data)

    assert as_(proposer).post(page("budget_carry"), data).status_code == 200
    assert "has proposed to carry 1.000,00 €" in text(as_(proposer).get(page("budget_carry")))
    assert Proposal.objects.count() == 1


def test_what_was_carried_once_is_not_offered_again(budget: Budget, proposer: User, head: User) -> None:
    case = make_case(budget)
    commit_to(case, 100_000)
    ledger.carry_all(case, key="y", by=head)

    shown = as_(proposer).get(reverse("payments:budget_carry", args=["a", 2027]))

    assert shown.context["rows"] == []


def test_others_do_not_carry(budget: Budget) -> None:
    for role in (Role.TREASURY, Role.FINANCE_B, Role.COORDINATOR, Role.AUDITOR):
        assert as_(factories.make_staff(budget.fund, role)).get(page("budget_carry")).status_code == 404
    assert as_(factories.make_staff(factories.make_fund(), Role.FINANCE_A)).get(page("budget_carry")).status_code == 404


def test_cases_that_moved_are_not_carried_unseen(budget: Budget, proposer: User, head: User) -> None:
    case = make_case(budget)
    commit_to(case, 100_000)
    as_(proposer).post(page("budget_carry"), {"reason": "x", "cases": [f"{case.pk}:100000"]})
    ledger.order(case, 100_000, key="o", by=head, on=SIGNED)
    ledger.pay(case, 100_000, key="p", by=head)

    assert decide(head, Proposal.objects.get(), "confirm").status_code == 409


def test_a_closed_year_offers_only_carry(budget: Budget, proposer: User) -> None:
    commit_to(make_case(budget), 100_000)
    close(budget)

    steps = as_(proposer).get(page()).context["steps"]

    assert [str(step.label) for step in steps] == [str(BudgetStep.CARRY.label)]


@pytest.mark.parametrize("step", ["set", "nothing", "SET"])
def test_an_unknown_change_is_not_found(step: str, budget: Budget, proposer: User) -> None:
    assert as_(proposer).get(page("budget_change", step)).status_code == 404


def test_a_foreign_proposal_is_not_found(budget: Budget, proposer: User) -> None:
    as_(proposer).post(page("budget_change", "block"), {"amount_cents": "5,00", "reason": "x", "seen_cents": "1000000"})
    stranger = factories.make_staff(factories.make_fund(), Role.HEAD_OF_FINANCE)

    assert decide(stranger, Proposal.objects.get(), "confirm").status_code == 404
