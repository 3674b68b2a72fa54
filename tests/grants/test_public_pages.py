"""What everybody reads before signing in: a round, a fund, the dates of the year, the form on paper."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts import clock
from accounts.forms.organisations import BankAccountForm, OrganisationForm
from accounts.models import Fund
from grants import call_words
from grants.blank_form import blank_form
from grants.forms import SECTION_FORMS
from grants.models import Round
from grants.sections import ALL_FIELDS, Section
from grants.states import AttachmentKind, FundingType, LatePolicy, RoundState, StartRule
from grants.year import letters_day, small_projects, weeks_to_money, year
from notifications import pdf
from tests.factories import make_fund, make_round
from tests.grants.office_world import make_office

NOW = datetime(2026, 9, 15, 12, tzinfo=UTC)
OPENS, ENDS = datetime(2026, 8, 1, 7, tzinfo=UTC), datetime(2026, 9, 30, 21, 59, 59, tzinfo=UTC)
CHAIN = [
    {"body": "Ausschuss", "on": "2026-11-10", "decides": False},
    {"body": "Regionsausschuss", "on": "2026-12-01", "decides": True},
]
NBSP = "\u00a0"


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


def a_round(**fields: Any) -> Round:
    """A round that no database knows."""
    known = {"name": "Runde 2026", "slug": "runde", "opens_at": OPENS, "deadline_at": ENDS, "committee_chain": CHAIN}
    return Round(fund=Fund(name="Fonds", slug="fonds"), **known | {"jury_on": date(2026, 10, 20)} | fields)


def line(round_: Round, now: datetime = NOW) -> list[tuple[str, str, date | None]]:
    return [(one.title, one.phase, one.day) for one in year(round_, now)]


# --- the dates of the year --------------------------------------------------------------------------------


def test_the_line_leads_from_the_first_day_to_the_money() -> None:
    assert line(a_round()) == [
        ("Applications open", "done", date(2026, 8, 1)),
        ("Last moment to apply", "now", date(2026, 9, 30)),
        ("Session of the jury", "next", date(2026, 10, 20)),
        ("Ausschuss", "next", date(2026, 11, 10)),
        ("Regionsausschuss", "next", date(2026, 12, 1)),
        # Two weeks after the last session; announced on the fourth day after (19 December), then a month to sue.
        ("The letters are sent", "next", date(2026, 12, 15)),
        ("The money can come", "next", date(2027, 1, 20)),
    ]


def test_what_was_decided_lies_behind_whatever_days_were_set() -> None:
    round_ = a_round(state=RoundState.DECIDED, jury_on=None, committee_chain=[{**CHAIN[1], "on": None}])

    assert line(round_, NOW + timedelta(days=200)) == [
        ("Applications open", "done", date(2026, 8, 1)),
        ("Last moment to apply", "done", date(2026, 9, 30)),
        ("Session of the jury", "done", None),
        ("Regionsausschuss", "done", None),
        ("The letters are sent", "now", None),
        ("The money can come", "next", None),
    ]


def test_before_the_first_day_everything_is_to_come() -> None:
    phases = [phase for _title, phase, _day in line(a_round(), OPENS - timedelta(days=1))]
    assert phases == ["now", *["next"] * 6]


@pytest.mark.parametrize(("moment", "phase"), [(ENDS, "now"), (ENDS + timedelta(seconds=1), "done")])
def test_the_deadline_lies_behind_from_the_second_after_it(moment: datetime, phase: str) -> None:
    assert line(a_round(), moment)[1] == ("Last moment to apply", phase, date(2026, 9, 30))


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ({"jury_on": date(2026, 12, 8)}, date(2026, 12, 22)),
        ({"jury_on": None}, None),
        ({"jury_on": None, "jury_size": 0}, date(2026, 12, 15)),
        ({"committee_chain": [{**CHAIN[0], "on": None}, CHAIN[1]]}, None),
        ({"committee_chain": [], "jury_size": 0}, None),
    ],
)
def test_letters_have_a_day_once_all_sessions_have(fields: dict[str, Any], day: date | None) -> None:
    assert letters_day(a_round(**fields)) == day


def test_a_round_without_jury_shows_none() -> None:
    assert "Session of the jury" not in [title for title, _phase, _day in line(a_round(jury_size=0))]


def test_small_projects_are_told_their_own_way() -> None:
    assert small_projects(a_round()) == ""
    assert f"up to 1.000,00{NBSP}€" in small_projects(a_round(fast_track_max_cents=100_000))
    assert (weeks_to_money(a_round()), weeks_to_money(a_round(deemed_days=14))) == (5, 6)


# --- the rules in words -----------------------------------------------------------------------------------


def money(**fields: Any) -> dict[str, str]:
    return {fact.label: fact.text for fact in call_words.money(a_round(**fields))}


def test_every_rule_about_money_is_told() -> None:
    told = money(
        minimum_cents=50_000, maximum_cents=3_000_000, max_rate_percent=80, own_share_percent=10,
        kind_caps={"food": {"percent": 10}, "rent": {"cents": 20_000}},
    )  # fmt: skip

    assert told == {
        "Grant for a project": f"from 500,00{NBSP}€ up to 30.000,00{NBSP}€",
        "Part of the costs": "at most 80 % of the eligible costs",
        "Own share": "at least 10 % of the cost",
        "Own work": f"an hour counts 15,00{NBSP}€, together at most 20 % of the eligible costs; it is never paid out",
        "Limits": f"Food: at most 10 % of the cost; Rent: at most 200,00{NBSP}€",
        "Kind of grant": (
            f"up to 5.000,00{NBSP}€ a fixed sum; above: a share of the real costs; if they fall, the grant falls with"
            " them"
        ),
    }


def test_money_for_all_projects_is_told_where_it_is_announced() -> None:
    told = money(announced_cents=15_000_000, budget_year=2027)

    assert list(told)[:2] == ["Grant for a project", "All projects together"]
    assert told["All projects together"] == f"150.000,00{NBSP}€ from the budget of 2027"


@pytest.mark.django_db
def test_files_that_are_taken_are_told_beforehand(client: Client) -> None:
    round_ = make_round(file_types=["pdf", "jpg"], file_max_bytes=5 * 1024 * 1024)

    told = [
        client.get(reverse(f"grants:{name}", args=[round_.fund.slug, round_.slug]), headers={"accept-language": "en"})
        for name in ("call", "blank_form")
    ]

    assert ["PDF or JPG, up to 5 MB each." in answer.text for answer in told] == [True, True]


def test_rules_that_a_round_does_not_have() -> None:
    told = money(kind_caps={}, in_kind_cap_percent=0, funding_type_above=FundingType.FIXED)

    assert told == {
        "Grant for a project": f"up to 30.000,00{NBSP}€",
        "Part of the costs": "up to all eligible costs",
        "Own share": "none is asked for",
        "Own work": "hours of own work do not count",
        "Kind of grant": "a fixed sum",
    }


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"start_rule": StartRule.ON_AWARD}, "only when the award letter has arrived"),
        ({"start_rule": StartRule.ON_CONSENT}, "only with our written consent"),
        ({"start_rule": StartRule.ON_SUBMISSION}, "as soon as the application was sent, at your own risk"),
        (
            {"start_rule": StartRule.ON_SUBMISSION, "start_rule_up_to_cents": 10_000_000},
            (
                "as soon as the application was sent, at your own risk,"
                f" if all costs together are at most 100.000,00{NBSP}€"
            ),
        ),
    ],
)
def test_the_beginning_of_a_project_is_told(fields: dict[str, Any], told: str) -> None:
    assert call_words.begins(a_round(**fields)) == told


def test_what_happens_to_late_applications_is_told() -> None:
    texts = [fact.text for fact in call_words.conditions(a_round(late_policy=LatePolicy.REJECT))]
    assert "What comes later is recorded and rejected." in texts


def test_kinds_that_need_the_same_papers_stand_together() -> None:
    round_ = a_round(
        applicant_types=["association", "federation", "person"],
        required_attachments={"association": ["statutes"], "federation": ["statutes"]},
    )
    assert call_words.papers(round_) == [
        call_words.Papers("Association, Federation", "Statutes"), call_words.Papers("Everybody else", "none"),
    ]  # fmt: skip
    assert call_words.papers(a_round(required_attachments={})) == []


# --- the pages --------------------------------------------------------------------------------------------


def body(client: Client, name: str, *args: object, status: int = 200) -> str:
    answer = client.get(reverse(name, args=args), headers={"accept-language": "en"})
    assert answer.status_code == status
    return answer.content.decode()


@pytest.mark.django_db
class TestRound:
    def test_the_page_tells_money_people_dates_papers_and_criteria(self, client: Client) -> None:
        round_ = make_round(make_fund(purpose="Begegnung."), priorities=["Sprache"], committee_chain=CHAIN)
        page = body(client, "grants:call", round_.fund.slug, round_.slug)

        for words in (
            "Begegnung.", "Sprache", "up to 30.000,00", "Association", "Wennigsen", "Regionsausschuss",
            "1 December 2026", "Tax exemption notice", "Active participation", "20 %", "day not set yet",
            "until the deadline",
        ):  # fmt: skip
            assert words in page, words

    def test_ways_on_lead_to_check_form_and_fund(self, client: Client) -> None:
        round_ = make_round()
        page = body(client, "grants:call", round_.fund.slug, round_.slug)

        for name in ("grants:eligibility", "grants:blank_form", "grants:start"):
            assert reverse(name, args=[round_.fund.slug, round_.slug]) in page
        assert reverse("grants:fund", args=[round_.fund.slug]) in page
        assert reverse("payments:published", args=[round_.fund.slug]) not in page

    def test_the_preview_of_a_draft_leads_nowhere_that_is_closed(self, client: Client) -> None:
        office = make_office(RoundState.DRAFT)
        client.force_login(office.coordinator)
        page = body(client, "grants:office_round_preview", office.round.pk)

        assert reverse("grants:blank_form", args=[office.fund.slug, office.round.slug]) not in page


@pytest.mark.django_db
class TestFund:
    def test_the_page_tells_purpose_rounds_and_dates(self, client: Client) -> None:
        fund = make_fund(name="Miteinander-Fonds", purpose="Begegnung.")
        for number, state in enumerate((RoundState.OPEN, RoundState.PUBLISHED, RoundState.CLOSED, RoundState.DRAFT)):
            make_round(fund, state, name=f"Nummer {number}")
        page = body(client, "grants:fund", fund.slug)

        assert [number for number in range(4) if f"Nummer {number}" in page] == [0, 1, 2]
        assert "Miteinander-Fonds" in page
        assert "Begegnung." in page
        assert "Last moment to apply" in page

    @pytest.mark.parametrize(
        ("state", "lead"),
        [
            (RoundState.OPEN, "Here you can apply for a grant until"),
            (RoundState.PUBLISHED, "No round is open now. The next one starts on"),
            (RoundState.RUNNING, "No round is open now. The next one will be announced on this page."),
            (RoundState.ARCHIVED, "No round is open now. The next one will be announced on this page."),
        ],
    )
    def test_the_page_says_first_what_one_can_do(self, client: Client, state: str, lead: str) -> None:
        assert lead in body(client, "grants:fund", make_round(state=state).fund.slug)

    def test_a_fund_without_a_published_round_has_no_page(self, client: Client) -> None:
        body(client, "grants:fund", make_fund().slug, status=404)
        body(client, "grants:fund", make_round(state=RoundState.DRAFT).fund.slug, status=404)

    def test_earlier_rounds_come_in_pages(self, client: Client) -> None:
        fund = make_fund()
        for number in range(21):
            make_round(fund, RoundState.RUNNING, name=f"Nummer {number}", deadline_at=clock.now())
        first = body(client, "grants:fund", fund.slug)
        second = client.get(f"{reverse('grants:fund', args=[fund.slug])}?page=2").content.decode()

        assert first.count("Nummer ") == 21  # twenty in the list, and the one whose dates are told
        assert second.count("Nummer ") == 2

    def test_awards_are_linked_when_a_round_was_decided(self, client: Client) -> None:
        hidden, shown = (make_round(state=RoundState.DECIDED, publish_awards=publish) for publish in (False, True))

        assert reverse("payments:published", args=[hidden.fund.slug]) not in body(
            client, "grants:fund", hidden.fund.slug
        )
        assert reverse("payments:published", args=[shown.fund.slug]) in body(client, "grants:fund", shown.fund.slug)

    def test_calls_lists_what_is_open_or_comes_and_every_fund(self, client: Client) -> None:
        coming, open_, over = (
            make_round(state=state) for state in (RoundState.PUBLISHED, RoundState.OPEN, RoundState.CLOSED)
        )
        page = body(client, "grants:calls")

        links = [reverse("grants:call", args=[round_.fund.slug, round_.slug]) for round_ in (open_, coming, over)]
        assert [link in page for link in links] == [True, True, False]
        assert page.index(links[0]) < page.index(links[1])
        assert reverse("grants:fund", args=[over.fund.slug]) in page


# --- the form on paper ------------------------------------------------------------------------------------


def questions(round_: Round) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in blank_form(round_, today=date(2026, 11, 22)).parts:
        for question in part.questions:
            found.setdefault(question.name, []).append(question.label)
    return found


# The scan of the original is the office's.
ON_PAPER = ALL_FIELDS - {AttachmentKind.SCAN}


def test_every_entry_of_the_form_stands_on_paper() -> None:
    found = questions(a_round(priorities=["Sprache"]))

    assert set(found) == ON_PAPER
    assert found["organisation"] == [str(field.label) for field in OrganisationForm.base_fields.values()]
    assert found["bank_account"] == [str(field.label) for field in BankAccountForm.base_fields.values()]
    assert found[AttachmentKind.STATUTES] == ["Statutes"]
    labels = [str(form.base_fields[name].label) for form in SECTION_FORMS.values() for name in form.base_fields]
    written = {label for names in found.values() for label in names}
    assert [label for label in labels if label not in written | _REPLACED] == []


# Their own fields stand on paper instead of a choice.
_REPLACED = {"Organisation", "Bank account"}


def test_what_a_round_does_not_ask_does_not_stand_on_paper() -> None:
    assert set(questions(a_round())) == ON_PAPER - {"priority"}


def test_room_and_choices_follow_the_round() -> None:
    form = blank_form(a_round(priorities=["Sprache", "Sport"], applicant_types=["person"]), today=date(2026, 11, 22))
    asked = {question.label: question for part in form.parts for question in part.questions}

    assert asked["Priority field"].options == ("Sprache", "Sport")
    assert asked["Kind of organisation"].options == ("Private person",)
    assert "Wunstorf" in asked["Municipality"].hint
    assert (asked["Summary"].lines, asked["Title of the project"].lines) == (10, 1)
    assert "At most 1500 characters." in asked["Summary"].hint
    assert asked["Project starts"].hint.endswith("Day, month, year")
    assert len(asked["Cost plan"].columns) == len(asked["Cost plan"].widths) == 5
    assert sum(asked["Financing plan"].widths) == pytest.approx(1)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["de", "en"])
def test_page_and_file_ask_the_same(client: Client, language: str) -> None:
    round_ = make_round(priorities=["Sprache"])
    names = [round_.fund.slug, round_.slug]
    page, file = (
        client.get(reverse(name, args=names), headers={"accept-language": language})
        for name in ("grants:blank_form", "grants:blank_form_pdf")
    )
    with translation.override(language):
        labels = [label for found in questions(round_).values() for label in found]
        titles = [str(section.label) for section in Section]
    written = _words(b"".join(file.streaming_content))  # type: ignore[attr-defined]  # a file's answer

    assert [text for text in (*labels, *titles) if _escaped(text) not in page.content.decode()] == []
    assert [text for text in (*labels, *titles) if " ".join(text.split()) not in written] == []
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.headers["Content-Disposition"].startswith("attachment")


def _escaped(text: str) -> str:
    return text.replace("'", "&#x27;").replace('"', "&quot;")


def _words(content: bytes) -> str:
    pages = [page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages]
    return " ".join(" ".join(pages).split())


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["grants:blank_form", "grants:blank_form_pdf"])
def test_a_round_in_preparation_has_no_form(client: Client, name: str) -> None:
    round_ = make_round(state=RoundState.DRAFT)
    body(client, name, round_.fund.slug, round_.slug, status=404)


def test_the_same_form_gives_the_same_bytes() -> None:
    first, second = (blank_form(a_round(), today=date(2026, 11, 22)) for _ in range(2))
    drawn = pdf.build_blank(first)
    pdf.build_blank.cache_clear()

    assert pdf.build_blank(second) == drawn
