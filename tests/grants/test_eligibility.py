"""The five questions: the rule behind each answer on both sides of its limit, and what comes along into the draft."""

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Fund
from grants.eligibility import OTHER_BODY, OTHER_PURPOSE, PARTY, Answers, Begun, Outcome, judge, worst
from grants.models import Application, Round
from grants.rules.entries import ELSEWHERE
from grants.states import RegionRule, RoundState, StartRule
from tests.factories import make_fund, make_member, make_organisation, make_round, make_user

YES, ASK, NO = Outcome.YES, Outcome.ASK, Outcome.NO
FITTING = {"kind": "association", "seat": "Hannover", "begun": "waits", "amount": "5000", "purpose": "Begegnung"}
ENGLISH = {"accept-language": "en"}


def terms(**fields: Any) -> Round:
    """A round that is in no database."""
    return Round(fund=Fund(purpose="Begegnung und Teilhabe."), **fields)


def outcome(round_: Round, **answers: Any) -> list[Outcome]:
    return [verdict.outcome for verdict in judge(round_, Answers(**answers))]


@pytest.mark.parametrize(
    ("kind", "admitted", "expected"),
    [
        ("association", ["association"], YES),
        ("initiative", ["association"], NO),
        ("person", ["association", "person"], YES),
        (OTHER_BODY, ["association"], NO),
        (PARTY, ["association"], NO),
    ],
)
def test_who(kind: str, admitted: list[str], expected: Outcome) -> None:
    assert outcome(terms(applicant_types=admitted), kind=kind) == [expected]


def test_a_party_is_told_that_no_partner_helps() -> None:
    (verdict,) = judge(terms(), Answers(kind=PARTY))

    assert (verdict.rule, verdict.advice) == ("Parteien und ihre Organisationen können nicht gefördert werden.", "")


@pytest.mark.parametrize(
    ("rule", "seat", "place", "expected"),
    [
        (RegionRule.SEAT, "Hannover", "", [YES]),
        (RegionRule.SEAT, ELSEWHERE, "Hannover", [NO]),
        (RegionRule.SEAT, "", "Hannover", []),
        (RegionRule.PLACE, ELSEWHERE, "Garbsen", [YES]),
        (RegionRule.PLACE, "Hannover", ELSEWHERE, [NO]),
        (RegionRule.SEAT_OR_PLACE, ELSEWHERE, "Garbsen", [YES]),
        (RegionRule.SEAT_OR_PLACE, "Garbsen", ELSEWHERE, [YES]),
        (RegionRule.SEAT_OR_PLACE, ELSEWHERE, "", [ASK]),
        (RegionRule.SEAT_OR_PLACE, ELSEWHERE, ELSEWHERE, [NO]),
    ],
)
def test_where(rule: str, seat: str, place: str, expected: list[Outcome]) -> None:
    assert outcome(terms(region_rule=rule), seat=seat, place=place) == expected


@pytest.mark.parametrize(
    ("rule", "limit", "begun", "amount", "expected"),
    [
        (StartRule.ON_AWARD, None, Begun.WAITS, None, YES),
        (StartRule.ON_AWARD, None, Begun.SOON, None, NO),
        (StartRule.ON_CONSENT, None, Begun.SOON, None, ASK),
        (StartRule.ON_SUBMISSION, None, Begun.SOON, None, YES),
        (StartRule.ON_SUBMISSION, 10_000_000, Begun.SOON, None, YES),
        (StartRule.ON_SUBMISSION, 10_000_000, Begun.SOON, 10_000_000, YES),
        (StartRule.ON_SUBMISSION, 10_000_000, Begun.SOON, 10_000_001, NO),
        (StartRule.ON_SUBMISSION, None, Begun.BEGUN, None, NO),
        (StartRule.ON_CONSENT, None, Begun.BEGUN, None, NO),
    ],
)
def test_begun(rule: str, limit: int | None, begun: str, amount: int | None, expected: Outcome) -> None:
    round_ = terms(start_rule=rule, start_rule_up_to_cents=limit, maximum_cents=20_000_000)

    assert outcome(round_, begun=begun, amount_cents=amount)[0] == expected


@pytest.mark.parametrize(("cents", "expected"), [(49_999, NO), (50_000, YES), (3_000_000, YES), (3_000_001, NO)])
def test_amount_on_both_sides_of_its_limits(cents: int, expected: Outcome) -> None:
    assert outcome(terms(minimum_cents=50_000, maximum_cents=3_000_000), amount_cents=cents) == [expected]


@pytest.mark.parametrize(("cents", "faster"), [(250_000, True), (250_001, False)])
def test_small_projects_hear_of_the_faster_way(cents: int, faster: bool) -> None:
    (verdict,) = judge(terms(fast_track_max_cents=250_000), Answers(amount_cents=cents))

    assert bool(verdict.advice) == faster


def test_amount_tells_what_must_be_brought() -> None:
    (verdict,) = judge(terms(max_rate_percent=80, own_share_percent=10), Answers(amount_cents=1))

    assert "höchstens 80 % der Kosten" in verdict.rule
    assert "Mindestens 10 % der Kosten" in verdict.rule


@pytest.mark.parametrize(("purpose", "expected"), [("Begegnung", YES), (OTHER_PURPOSE, ASK)])
def test_purpose(purpose: str, expected: Outcome) -> None:
    assert outcome(terms(priorities=["Begegnung"]), purpose=purpose) == [expected]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"kind": "association", "begun": Begun.WAITS}, YES),
        ({"kind": "association", "purpose": OTHER_PURPOSE}, ASK),
        ({"kind": PARTY, "purpose": OTHER_PURPOSE}, NO),
    ],
)
def test_one_no_is_a_no(answers: dict[str, str], expected: Outcome) -> None:
    assert worst(judge(terms(), Answers(**answers))) == expected  # type: ignore[arg-type]


@pytest.mark.django_db
class TestPage:
    def round(self, **fields: Any) -> Round:
        return make_round(make_fund(phone="0511 616"), priorities=["Begegnung"], **fields)

    def page(self, client: Client, round_: Round, query: dict[str, str]) -> str:
        address = reverse("grants:eligibility", args=[round_.fund.slug, round_.slug])
        return client.get(address, query, headers=ENGLISH).content.decode()

    def test_questions_alone_judge_nothing(self, client: Client) -> None:
        page = self.page(client, self.round(), {})

        assert "1. Who applies?" in page
        assert "mt-card--do" not in page

    def test_five_good_answers_lead_into_the_draft(self, client: Client) -> None:
        round_ = self.round()

        page = self.page(client, round_, FITTING)

        assert "Yes, you can apply" in page
        start = reverse("grants:start", args=[round_.fund.slug, round_.slug])
        assert f'href="{start}?kind=association&amp;seat=Hannover&amp;begun=waits' in page

    def test_some_answers_are_judged_alone(self, client: Client) -> None:
        page = self.page(client, self.round(), {"kind": "association"})

        assert "So far it fits" in page
        assert "Not answered yet: Where? · Has the project begun? · How much? · What for?" in page

    def test_a_press_without_an_answer_is_told(self, client: Client) -> None:
        told = "You have not answered anything yet."

        assert told in self.page(client, self.round(), {"kind": "", "amount": ""})
        assert told not in self.page(client, self.round(), {})

    def test_a_no_names_its_rule_and_whom_to_ask_and_leads_nowhere(self, client: Client) -> None:
        page = self.page(client, self.round(maximum_cents=100_000), FITTING)

        assert "Like this you cannot apply" in page
        assert "A grant is at most 1.000,00" in page
        assert "0511 616" in page
        assert "/start/" not in page

    def test_what_cannot_be_read_is_named_and_the_rest_is_judged(self, client: Client) -> None:
        page = self.page(client, self.round(), {"kind": "association", "amount": "viel", "seat": "Atlantis"})

        assert "mt-summary" in page
        assert "So far it fits" in page

    def test_before_the_opening_nothing_starts(self, client: Client) -> None:
        page = self.page(client, self.round(state=RoundState.PUBLISHED), FITTING)

        assert "Yes, you can apply" in page
        assert "/start/" not in page


@pytest.mark.committing
class TestCarriedOver:
    ANSWERS = "?kind=initiative&seat=Garbsen&place=Laatzen&begun=waits&amount=1234.50&purpose=Begegnung"

    def start(self, round_: Round) -> str:
        return reverse("grants:start", args=[round_.fund.slug, round_.slug]) + self.ANSWERS

    def test_answers_come_along_into_the_draft(self, client: Client) -> None:
        round_ = make_round(priorities=["Begegnung"])
        client.force_login(make_user())

        client.post(self.start(round_))

        draft = Application.objects.get()
        assert (draft.municipality, draft.requested_cents, draft.priority) == ("Laatzen", 123_450, "Begegnung")
        # Nobody declares under the law by answering a question.
        assert not draft.not_begun

    def test_a_second_press_finds_the_same_draft(self, client: Client) -> None:
        round_ = make_round(priorities=["Begegnung"])
        client.force_login(make_user())

        first, second = client.post(self.start(round_)), client.post(self.start(round_))

        assert first.headers["Location"] == second.headers["Location"]
        assert Application.objects.count() == 1

    def test_they_outlive_sign_in_and_the_organisation(self, client: Client) -> None:
        round_ = make_round()
        asked = client.get(self.start(round_))
        assert asked.headers["Location"].endswith(f"?next={quote(self.start(round_), safe='/')}")
        client.force_login(make_user())

        page = client.get(self.start(round_), headers=ENGLISH).content.decode()

        enter = f"?kind=initiative&amp;next={quote(self.start(round_), safe='')}&amp;city=Garbsen"
        assert reverse("accounts:organisation_create") + enter in page
        assert "Laatzen, 1.234,50" in page

    def test_who_is_new_is_told_why_and_led_to_a_new_account_with_them(self, client: Client) -> None:
        start = self.start(make_round())

        page = client.get(start, headers=ENGLISH, follow=True).content.decode()

        assert "To begin an application you need an account. What you answered so far comes along." in page
        assert f"{reverse('account_signup')}?next={quote(start, safe='')}" in page
        assert page.count(f"{reverse('account_signup')}?") == 1

    def test_an_organisation_that_may_not_send_more_is_named(self, client: Client) -> None:
        round_, organisation = make_round(max_applications=1), make_organisation(name="Voll e. V.")
        by = make_member(organisation)
        client.force_login(by)
        address = reverse("grants:start", args=[round_.fund.slug, round_.slug])
        assert "as many applications" not in client.get(address, headers=ENGLISH).content.decode()
        Application.objects.create(
            fund=round_.fund, round=round_, organisation=organisation, created_by=by, state="SUBMITTED",
            case_number="V-1", submitted_at=round_.opens_at, submitted_by=by,
        )  # fmt: skip

        assert "Voll e. V. has sent as many applications" in client.get(address, headers=ENGLISH).content.decode()
