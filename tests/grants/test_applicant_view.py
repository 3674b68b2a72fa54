from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts import clock
from accounts.models import AuditEntry
from grants import applicant_view
from grants.applicant_view import Post
from grants.models import Application, Round
from grants.states import ApplicationState as S
from grants.states import RoundState
from tests.factories import make_application, make_fund, make_member, make_organisation, make_round
from tests.grants.factories import make_sendable, sender_of

# States whose outcome is nobody's business before the letter, with all words that would give it away.
NOON = datetime(2026, 9, 14, 10, tzinfo=UTC)
INNER = [S.INELIGIBLE, S.RANKED, S.RESERVE_LISTED, S.APPROVED, S.AWARDED, S.DECLINED, S.REJECTED]
TELLING = ("granted", "awarded", "rejected", "declined", "not funded", "reserve", "ineligible", "not eligible")


def case(state: str, **terms: Any) -> Application:
    return Application(state=state, submitted_at=datetime(2026, 9, 1, 12, tzinfo=clock.BERLIN), round=Round(**terms))


@pytest.mark.parametrize("state", S.values)
def test_every_state_has_words(state: str) -> None:
    assert applicant_view.words(case(state), announced=False)
    assert applicant_view.tone(case(state), announced=False)


@pytest.mark.parametrize("state", RoundState.values)
def test_every_round_state_has_words(state: str) -> None:
    assert (applicant_view.round_words(Round(state=state)) == "") is (state == RoundState.DRAFT)


@pytest.mark.parametrize("state", INNER)
def test_no_inner_result_before_the_letter(state: str) -> None:
    with translation.override("en"):
        found = case(state)
        texts = [applicant_view.words(found, announced=False).lower()]
        texts += [f"{item.title} {item.text}".lower() for item in applicant_view.timeline(found, announced=False)]

    assert not [word for word in TELLING for text in texts if word in text]


def test_decided_states_look_alike_before_the_letter() -> None:
    decided = [case(state) for state in (S.RESERVE_LISTED, S.APPROVED, S.AWARDED, S.DECLINED, S.REJECTED)]

    assert len({applicant_view.words(found, announced=False) for found in decided}) == 1
    assert len({applicant_view.tone(found, announced=False) for found in decided}) == 1
    assert len({str(applicant_view.timeline(found, announced=False)) for found in decided}) == 1


def test_checking_looks_alike_whatever_the_check_found() -> None:
    checked = [case(state) for state in (S.FORMAL_CHECK, S.INELIGIBLE)]

    assert len({applicant_view.words(found, announced=False) for found in checked}) == 1
    assert len({str(applicant_view.timeline(found, announced=False)) for found in checked}) == 1


@pytest.mark.parametrize(("state", "word"), [(S.AWARDED, "Granted"), (S.REJECTED, "Rejected")])
def test_result_after_announcement(state: str, word: str) -> None:
    with translation.override("en"):
        assert applicant_view.words(case(state), announced=True) == word
        assert applicant_view.timeline(case(state), announced=True)[-1].text == word


def test_round_that_tells_early() -> None:
    with translation.override("en"):
        told = applicant_view.words(case(S.DECLINED, notify_decision=True), announced=False)

    assert told == "Not funded – the letter follows"


@pytest.mark.parametrize(
    ("state", "phases"),
    [
        (S.SUBMITTED, ["done", "now", "next", "next", "next"]),
        (S.RETURNED, ["done", "now", "next", "next", "next"]),
        (S.ELIGIBLE, ["done", "done", "now", "next", "next"]),
        (S.REVIEWED, ["done", "done", "now", "next", "next"]),
        (S.RANKED, ["done", "done", "done", "now", "next"]),
        (S.IN_COMMITTEE, ["done", "done", "done", "now", "next"]),
        (S.APPROVED, ["done", "done", "done", "done", "now"]),
        (S.PLAN_REVISION, ["done", "done", "done", "done", "now", "next"]),
        (S.WITHDRAWN, ["done", "done"]),
    ],
)
def test_timeline_phases(state: str, phases: list[str]) -> None:
    assert [item.phase for item in applicant_view.timeline(case(state), announced=False)] == phases


def test_timeline_takes_what_floors_above_know() -> None:
    later = applicant_view.TimelineItem("Auszahlung", "next")

    assert applicant_view.timeline(case(S.AWARDED), announced=True, later=[later])[-1] == later


def test_timeline_names_who_acts_by_when() -> None:
    found = case(S.RETURNED)
    found.due_date = date(2026, 10, 1)

    with translation.override("en"):
        item = applicant_view.timeline(found, announced=False)[1]

    assert (item.who, item.due_date) == ("You", date(2026, 10, 1))


@pytest.mark.parametrize(("asked", "told"), [(500_000, True), (500_001, False), (0, False)])
@pytest.mark.parametrize("state", [S.DRAFT, S.SUBMITTED])
def test_small_project_is_told_that_the_office_may_decide(state: str, asked: int, told: bool) -> None:
    found = case(state, fast_track_max_cents=500_000, jury_on=date(2027, 2, 3))
    found.requested_cents = asked

    with translation.override("en"):
        texts = [item.text for item in applicant_view.timeline(found, announced=False)]

    assert any("without the jury" in text for text in texts) == told


def test_row_of_a_list_names_the_next_day_until_the_decision() -> None:
    terms = {"jury_on": date(2027, 2, 3), "jury_size": 6}
    rows = applicant_view.listed(
        [case(S.SUBMITTED, **terms), case(S.IN_REVIEW, **terms), case(S.AWARDED, **terms)],
        announced=(), today=date(2026, 9, 14),
    )  # fmt: skip

    assert [row.next and row.next.due_date for row in rows] == [date(2027, 2, 3), date(2027, 2, 3), None]
    assert [row.next and row.next.title for row in rows][:2] == ["Formale Prüfung", "Bewertung durch die Jury"]


def test_letter_is_not_expected_before_the_last_committee_meets() -> None:
    found = case(S.SUBMITTED)
    found.submitted_at = datetime(2026, 9, 10, 10, tzinfo=UTC)
    chain = [{"body": "Ausschuss", "on": "2026-11-20"}, {"body": "Regionsausschuss", "on": None, "decides": True}]

    found.round.committee_chain = chain
    assert applicant_view.timeline(found, announced=False)[-1].due_date == date(2026, 12, 10)
    found.round.committee_chain = [*chain[:1], {"body": "Regionsausschuss", "on": "2027-01-08", "decides": True}]
    last = applicant_view.timeline(found, announced=False)[-1]
    assert last.due_date is None
    assert "Freitag, 8. Januar 2027" in last.text


def test_sessions_show_their_days() -> None:
    chain = [{"body": "Ausschuss", "on": "2027-02-10", "decides": False}, {"body": "Rat", "on": None, "decides": True}]

    item = applicant_view.timeline(case(S.SUBMITTED, committee_chain=chain), announced=False)[3]

    assert item.text == "Ausschuss (empfiehlt): Mittwoch, 10. Februar 2027; Rat (entscheidet): Tag noch offen"
    # The days of all are not known yet, so there is no "by when".
    assert (item.due_date, item.days) == (None, (("Ausschuss", date(2027, 2, 10)),))


def steps_of(found: Application, **known: Any) -> dict[str, applicant_view.TimelineItem]:
    """The steps by their title in English."""
    with translation.override("en"):
        return {item.title: item for item in applicant_view.timeline(found, **{"announced": False} | known)}


MEETS = date(2026, 11, 3)


def test_jury_day_is_the_day_of_check_and_scoring() -> None:
    found = steps_of(case(S.SUBMITTED, jury_on=MEETS))

    assert (found["Formal check"].due_date, found["Scoring by the jury"].due_date) == (MEETS, MEETS)
    assert found["Scoring by the jury"].text == ""


def test_jury_day_that_nobody_knows_is_told_as_such() -> None:
    found = steps_of(case(S.SUBMITTED))

    assert found["Formal check"].due_date == date(2026, 12, 1)
    assert found["Scoring by the jury"].text == "The day of the session is not set yet."


def test_draft_knows_the_days_of_its_round() -> None:
    found = steps_of(Application(state=S.DRAFT, round=Round(jury_on=MEETS, deadline_at=NOON)))

    assert found["Fill in and send the application"].due_at == NOON
    assert found["Scoring by the jury"].due_date == MEETS


@pytest.mark.parametrize(("today", "due"), [(MEETS, MEETS), (date(2026, 11, 4), None)])
def test_a_day_that_has_passed_is_told(today: date, due: date | None) -> None:
    item = steps_of(case(S.IN_REVIEW, jury_on=MEETS), today=today)["Scoring by the jury"]

    assert item.due_date == due
    assert (item.text == "") is (due is not None)
    assert due is not None or "it was planned by 3 November 2026" in item.text


def test_the_applicants_own_day_stays_when_it_has_passed() -> None:
    found = case(S.RETURNED)
    found.due_date = MEETS

    assert steps_of(found, today=date(2027, 1, 1))["Formal check: we need something from you"].due_date == MEETS


def test_what_was_handed_in_is_a_step() -> None:
    answered = NOON + timedelta(days=9)

    item = steps_of(case(S.FORMAL_CHECK), handed_in=[(NOON, answered)])["Handed in what was missing"]

    assert (item.phase, item.at, item.who) == ("done", answered, "You")
    assert item.text == "We had asked for it on 14 September 2026."


def test_plan_that_was_handed_in_shows_its_instant() -> None:
    found = case(S.PLAN_REVISION)
    found.plan_sent_at = NOON
    later = case(S.APPROVED)
    later.plan_sent_at = NOON

    looked_at = steps_of(found)["Adjusted cost plan"]
    assert (looked_at.phase, looked_at.at, looked_at.who) == ("now", NOON, "Our office")
    assert steps_of(later)["Handed in the adjusted plan"].at == NOON


@pytest.mark.parametrize(
    ("post", "title", "told"),
    [
        (Post(posted_on=MEETS, counts_on=date(2026, 11, 7)), "Letter is on its way", "on Saturday, 7 November 2026"),
        (Post(counts_on=MEETS), "Letter", "opened in the portal"),
        (Post(unopened=True), "Letter", "comes by post"),
        (Post(back=True), "Letter", "came back"),
        (Post(href="/letters/1/", open_until=MEETS), "Open the letter", "waits for you"),
    ],
)
def test_letter_on_its_way_is_told_alike(post: Post, title: str, told: str) -> None:
    granted, rejected = (steps_of(case(state), post=post) for state in (S.AWARDED, S.REJECTED))

    assert granted == rejected
    assert told in granted[title].text


def test_round_without_a_jury_shows_none() -> None:
    assert "Scoring by the jury" not in steps_of(case(S.SUBMITTED, jury_size=0))


@pytest.mark.django_db
class TestPages:
    def test_withdrawal_shows_its_moment(self, client: Client) -> None:
        found = make_sendable(state=S.SUBMITTED, submitted_at=clock.now())
        client.force_login(sender_of(found))
        client.post(reverse("reviews:withdraw", args=[found.pk]), {"reason": ""})

        way = client.get(reverse("grants:application", args=[found.pk])).context["timeline"]

        at = AuditEntry.objects.get(case_key=found.case_key, action="withdraw").at
        assert [(item.title, item.at) for item in way[1:]] == [("Zurückgezogen", at)]

    def count(self, client: Client, url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    @pytest.mark.parametrize("many", [3, 300])
    def test_list_queries(self, client: Client, many: int) -> None:
        organisation, round_ = make_organisation(), make_round()
        by = make_member(organisation)
        first = make_application(round=round_, organisation=organisation, by=by)
        Application.objects.bulk_create(
            Application(fund=round_.fund, round=round_, organisation=organisation, created_by=by, title=f"P{n}")
            for n in range(many - 1)
        )
        client.force_login(by)

        assert self.count(client, reverse("grants:applications")) == 9
        assert first.pk

    def test_list_shows_own_cases_only(self, client: Client) -> None:
        mine, foreign = make_application(title="Meins"), make_application(title="Fremdes")
        client.force_login(sender_of(mine))

        page = client.get(reverse("grants:applications")).content.decode()

        assert "Meins" in page
        assert foreign.title not in page

    def test_overview_queries(self, client: Client) -> None:
        draft = make_sendable()
        client.force_login(sender_of(draft))

        assert self.count(client, reverse("grants:application", args=[draft.pk])) == 13

    def test_case_queries(self, client: Client) -> None:
        found = make_sendable(state=S.SUBMITTED)
        client.force_login(sender_of(found))

        assert self.count(client, reverse("grants:application", args=[found.pk])) == 12

    @pytest.mark.parametrize("state", S.values)
    def test_case_page_in_every_state(self, client: Client, state: str) -> None:
        found = make_application(state=state, due_date=date(2027, 1, 1), offered_cents=1)
        client.force_login(sender_of(found))

        answer = client.get(reverse("grants:application", args=[found.pk]))

        assert answer.status_code == (404 if state == S.DISCARDED else 200)

    @pytest.mark.parametrize("fund_slug", ["right", "wrong"])
    def test_call_is_public(self, client: Client, fund_slug: str) -> None:
        round_ = make_round(make_fund(slug="right"))

        answer = client.get(reverse("grants:call", args=[fund_slug, round_.slug]))

        assert answer.status_code == (200 if fund_slug == "right" else 404)

    @pytest.mark.parametrize(("state", "status"), [(RoundState.DRAFT, 404), (RoundState.ARCHIVED, 404)])
    def test_call_of_a_round_that_is_not_published(self, client: Client, state: str, status: int) -> None:
        round_ = make_round(state=state)

        assert client.get(reverse("grants:call", args=[round_.fund.slug, round_.slug])).status_code == status
        assert round_.name not in client.get(reverse("grants:calls")).content.decode()

    def test_past_deadline_is_told_before_sending(self, client: Client) -> None:
        draft = make_sendable(round=make_round(state=RoundState.CLOSED, deadline_at=clock.now() - timedelta(days=1)))
        client.force_login(sender_of(draft))

        with translation.override("en"):
            page = client.get(reverse("grants:review", args=[draft.pk]), headers={"accept-language": "en"})

        assert "marked as late" in page.content.decode()
