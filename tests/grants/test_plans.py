import re
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from grants import actions, steps
from grants.exceptions import Changed, Incomplete
from grants.models import Application
from grants.states import ApplicationState as S
from grants.states import CostKind, FundingKind
from grants.steps import CostInput, FundingInput
from notifications.models import Notice
from tests.factories import make_application, make_fund, make_round, make_staff
from tests.grants.factories import sender_of

pytestmark = pytest.mark.earnest

COSTS = st.lists(
    st.builds(
        CostInput,
        kind=st.sampled_from(CostKind.values),
        label=st.just("x"),
        unit_cents=st.integers(0, 10**9),
        quantity_hundredths=st.integers(0, 10**7),
        eligible=st.booleans(),
    ),
    max_size=8,
)
FUNDS = st.lists(
    st.builds(
        FundingInput,
        kind=st.sampled_from(FundingKind.values),
        amount_cents=st.integers(0, 10**9),
        hours_hundredths=st.integers(0, 10**7),
    ),
    max_size=8,
)


def half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))


class PlanSums(TestCase):
    @given(costs=COSTS, funds=FUNDS, rate=st.integers(0, 10_000))
    def test_sums_are_the_exact_sums_of_the_lines(
        self, costs: list[CostInput], funds: list[FundingInput], rate: int
    ) -> None:
        draft = make_application(round=make_round(in_kind_rate_cents=rate))

        saved = steps.save_plan(draft, cost_lines=costs, funding_lines=funds, requested_cents=7)

        amounts = [half_up(Fraction(c.unit_cents * c.quantity_hundredths, 100)) for c in costs]
        values = [
            half_up(Fraction(rate * f.hours_hundredths, 100)) if f.kind == "own_work" else f.amount_cents for f in funds
        ]
        assert [line.amount_cents for line in saved.cost_lines.all()] == amounts
        assert [line.amount_cents for line in saved.funding_lines.all()] == values
        fresh = Application.objects.get(pk=draft.pk)
        assert fresh.cost_cents == sum(amounts)
        assert fresh.eligible_cents == sum(a for a, c in zip(amounts, costs, strict=True) if c.eligible)
        assert fresh.funding_cents == sum(values)
        assert (fresh.requested_cents, fresh.smallest_cents) == (7, None)


def rows(prefix: str, *lines: dict[str, str]) -> dict[str, str]:
    """The fields of a set of lines as a browser sends them."""
    data = {f"{prefix}-TOTAL_FORMS": str(len(lines)), f"{prefix}-INITIAL_FORMS": "0"}
    for number, line in enumerate(lines):
        data |= {f"{prefix}-{number}-{name}": value for name, value in line.items()}
    return data


COST = {"kind": "material", "label": "Papier", "quantity": "2,5", "unit": "1.000,00", "eligible": "on"}
FUND = {"kind": "own_cash", "label": "Kasse", "status": "granted", "amount": "500"}


@pytest.mark.committing
class TestPlanPage:
    def url(self, draft: Application, name: str = "section") -> str:
        return reverse(f"grants:{name}", args=[draft.pk, "plan"])

    def post(self, client: Client, draft: Application, *parts: dict[str, str], **more: str) -> Any:
        client.force_login(sender_of(draft))
        data = {"version": str(draft.version), **more}
        for part in parts:
            data |= part
        return client.post(self.url(draft), data)

    def test_lines_are_saved_with_server_sums(self, client: Client) -> None:
        draft = make_application()
        work = {"kind": "own_work", "hours": "10,5", "status": "planned", "amount": "99999"}

        answer = self.post(
            client, draft, rows("costs", COST, COST), rows("funds", FUND, work), requested="4.342,50", smallest="100"
        )

        assert answer.status_code == 302
        saved = Application.objects.get()
        assert (saved.cost_cents, saved.funding_cents, saved.requested_cents) == (500_000, 50_000 + 15_750, 434_250)
        assert saved.plan_balances()
        assert [line.hours_hundredths for line in saved.funding_lines.all()] == [0, 1050]

    @pytest.mark.parametrize("typed", ["1e9", "-5", "1,234.567", "zwölf", "9" * 50])
    def test_bad_amount_stays_and_the_rest_is_saved(self, client: Client, typed: str) -> None:
        draft = make_application()

        answer = self.post(
            client, draft, rows("costs", COST, COST | {"unit": typed, "label": "Saal"}), rows("funds"), requested="10"
        )

        page = answer.content.decode()
        assert answer.status_code == 200
        assert f'value="{typed}"' in page
        assert 'href="#id_costs-1-unit"' in page
        saved = Application.objects.get()
        lines = [(line.label, line.amount_cents) for line in saved.cost_lines.all()]
        assert lines == [("Papier", 250_000), ("Saal", 0)]
        assert saved.requested_cents == 1_000

    def test_incomplete_lines_are_saved_as_draft(self, client: Client) -> None:
        draft = make_application()

        answer = self.post(client, draft, rows("costs", {"label": "Nur ein Wort"}), rows("funds", {"kind": "income"}))

        assert answer.status_code == 302
        saved = Application.objects.get()
        assert saved.cost_lines.get().label == "Nur ein Wort"
        assert saved.funding_lines.get().amount_cents == 0

    def test_blank_and_removed_lines_fall_away(self, client: Client) -> None:
        draft = make_application()
        blank = {"quantity": "1", "eligible": "on"}

        self.post(client, draft, rows("costs", COST, blank, COST | {"DELETE": "on"}), rows("funds"))

        assert Application.objects.get().cost_lines.count() == 1

    def test_add_a_row_without_scripts_keeps_everything_typed(self, client: Client) -> None:
        draft = make_application()

        answer = self.post(client, draft, rows("costs", COST | {"unit": "1e9"}), rows("funds"), add_row="costs")

        page = answer.content.decode()
        assert 'name="costs-1-label"' in page
        assert re.search(r'name="costs-1-eligible"[^>]* checked', page)
        assert 'value="1e9"' in page
        assert Application.objects.get().version == draft.version

    @pytest.mark.parametrize("count", ["", "x", "-1", "99999999999999999999", "81"])
    def test_forged_count_of_lines_saves_nothing(self, client: Client, count: str) -> None:
        draft = make_application()

        answer = self.post(client, draft, rows("costs", COST) | {"costs-TOTAL_FORMS": count}, rows("funds"))

        assert answer.status_code == 200
        assert Application.objects.get().cost_cents == 100_000

    def test_stale_plan_keeps_the_lines(self, client: Client) -> None:
        draft = make_application()
        actions.save_plan(
            application=draft, by=sender_of(draft), seen_version=draft.version, touched=["cost_lines"],
            cost_lines=[CostInput("rent", "Saal", 7)], funding_lines=[], requested_cents=0, smallest_cents=None,
        )  # fmt: skip

        answer = self.post(client, draft, rows("costs", COST), rows("funds"))

        assert answer.status_code == 409
        assert 'value="Papier"' in answer.content.decode()
        assert answer.context["newer"] == [("Kostenplan", "Saal: 0,07\u00a0€")]
        assert Application.objects.get().cost_cents == 7

    def test_autosave(self, client: Client) -> None:
        draft = make_application()
        client.force_login(sender_of(draft))
        data = rows("costs", COST) | rows("funds", FUND | {"amount": "-5"}) | {"version": str(draft.version)}

        answer = client.post(self.url(draft, "autosave"), data)

        assert (answer.status_code, answer.json()["errors"]) == (200, ["funds-0-amount"])
        assert Application.objects.get().cost_cents == 250_000

    def test_problem_names_its_line_and_the_limits_say_what_is_used(self, client: Client) -> None:
        draft = make_application(round=make_round(kind_caps={"food": {"cents": 5_000}}))
        client.force_login(sender_of(draft))
        food = COST | {"kind": "food", "quantity": "1", "unit": "30"}
        data = rows("costs", COST, food, food) | rows("funds") | {"requested": "2.560"}

        told = client.post(self.url(draft, "autosave"), data | {"version": str(draft.version)}).json()

        assert told["problems"] == [
            {
                "text": "Verpflegung: höchstens 50,00\u00a0€. Sie haben 60,00\u00a0€.",
                "href": "#id_costs-2-unit", "rows": "costs", "line": 3, "field": "unit",
            }
        ]  # fmt: skip
        assert told["limits"][0] == {"used": "60,00\u00a0€", "limit": "höchstens 50,00\u00a0€", "kept": False}


@pytest.mark.committing
class TestRevisedPlan:
    def revision(self, offered_cents: int = 50_000) -> Application:
        fund = make_fund()
        return make_application(
            round=make_round(fund), state=S.PLAN_REVISION, offered_cents=offered_cents, applied_cents=80_000,
            officer=make_staff(fund, "case_officer"),
        )  # fmt: skip

    def revise(self, case: Application, requested_cents: int) -> Application:
        return actions.save_plan(
            application=case,
            by=sender_of(case),
            seen_version=case.version,
            cost_lines=[CostInput("material", "Weniger", requested_cents + 20_000)],
            funding_lines=[FundingInput("own_cash", "Kasse", 20_000)],
            requested_cents=requested_cents,
            smallest_cents=None,
        )

    @pytest.mark.parametrize("requested_cents", [50_000, 40_000])
    def test_hand_in(self, requested_cents: int) -> None:
        case = self.revise(self.revision(), requested_cents)

        sent = actions.submit_plan(application=case, by=sender_of(case), seen_version=case.version)

        assert sent.state == S.PLAN_REVISION
        assert sent.plan_is_sent()
        assert (sent.requested_cents, sent.applied_cents) == (requested_cents, 80_000)
        assert sent.versions.get().data["sums"]["requested_cents"] == requested_cents
        assert Notice.objects.get().code == "N05"

    def test_more_than_offered(self) -> None:
        case = self.revise(self.revision(), 50_001)

        with pytest.raises(Incomplete):
            actions.submit_plan(application=case, by=sender_of(case), seen_version=case.version)

    def test_edit_after_handing_in_takes_it_back(self) -> None:
        case = self.revise(self.revision(), 50_000)
        sent = actions.submit_plan(application=case, by=sender_of(case), seen_version=case.version)

        again = self.revise(sent, 45_000)

        assert again.plan_sent_at is None
        assert not again.plan_is_sent()

    def test_stale(self) -> None:
        case = self.revise(self.revision(), 50_000)

        with pytest.raises(Changed):
            actions.submit_plan(application=case, by=sender_of(case), seen_version=case.version - 1)

    def test_page_shows_the_offer_and_hands_in(self, client: Client) -> None:
        case = self.revise(self.revision(), 50_000)
        client.force_login(sender_of(case))

        page = client.get(reverse("grants:application", args=[case.pk])).content.decode()
        answer = client.post(reverse("grants:send_plan", args=[case.pk]), {"version": case.version})

        assert "500,00\u00a0€" in page
        assert answer.status_code == 302
        assert Application.objects.get().plan_sent_at is not None
