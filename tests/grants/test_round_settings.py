"""Rounds of the office: made, set, published, extended for everybody."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import audit, clock
from accounts.exceptions import LostRace, NeedsReason, NotPermitted, NotPossible
from accounts.states import Role
from grants.actions import round_settings as actions
from grants.exceptions import DeadlineNotLater, RoundChanged, RoundFixed
from grants.forms.round_cards import CARDS
from grants.models import Application, Round
from grants.next_year import day_next_year, name_next_year
from grants.rubric import DEFAULT_RUBRIC
from grants.states import ApplicationState as S
from grants.states import RoundState
from notifications.models import Notice
from payments.actions.rounds import publish_round
from payments.exceptions import RoundNotReady
from payments.states import SubBudget
from tests.factories import make_application, make_auditor, make_budget, make_fund, make_round, make_staff, make_user
from tests.grants.office_world import Office, make_office

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]
OPENS, ENDS = datetime(2027, 1, 10, 8, tzinfo=UTC), datetime(2027, 3, 1, 22, 59, 59, tzinfo=UTC)


@pytest.fixture
def office() -> Office:
    return make_office(RoundState.DRAFT)


def create(office: Office, **fields: Any) -> Round:
    known: dict[str, Any] = {"name": "Förderrunde 2027", "budget_year": 2027, "opens_at": OPENS, "deadline_at": ENDS}
    return actions.create_round(fund=office.fund, by=office.coordinator, **known | fields)


# --- making and setting -------------------------------------------------------------------------------------


def test_the_first_round_of_a_fund_has_the_default_rubric() -> None:
    fund = make_fund()
    person = make_staff(fund, Role.COORDINATOR)
    made = actions.create_round(
        fund=fund, by=person, name="Runde 1", budget_year=2027, opens_at=OPENS, deadline_at=ENDS
    )

    assert [c.code for c in made.criteria.all()] == [line.code for line in DEFAULT_RUBRIC]
    assert sum(c.weight for c in made.criteria.all()) == 100
    assert all(c.help and c.anchor_low and c.anchor_middle and c.anchor_high for c in made.criteria.all())
    assert (made.state, made.slug, made.maximum_cents) == (RoundState.DRAFT, "runde-1", 3_000_000)


def test_the_next_one_copies_the_last_but_not_its_days(office: Office) -> None:
    last = office.round
    Round.objects.filter(pk=last.pk).update(
        maximum_cents=4_000_000,
        announced_cents=9,
        jury_size=5,
        committee_chain=[{"body": "Rat", "on": "2026-05-01", "decides": True}],
    )
    made = create(office)

    assert (made.maximum_cents, made.jury_size, made.guideline) == (4_000_000, 5, last.guideline)
    assert made.announced_cents is None
    assert made.committee_chain == [{"body": "Rat", "on": None, "decides": True}]
    assert not made.accessibility_checked
    assert [c.name for c in made.criteria.all()] == [c.name for c in last.criteria.all()]
    assert (made.opens_at, made.deadline_at, made.budget_year) == (OPENS, ENDS, 2027)


def test_two_rounds_of_one_name_have_two_addresses(office: Office) -> None:
    assert [create(office).slug for _ in range(3)] == ["forderrunde-2027", "forderrunde-2027-2", "forderrunde-2027-3"]


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.COORDINATOR, Role.HEAD_OF_UNIT)])
def test_only_coordinator_and_head_write(office: Office, role: str) -> None:
    person = make_staff(office.fund, role)

    with pytest.raises(NotPermitted):
        actions.save_settings(round_=office.round, by=person, seen_version=1, values={"jury_size": 1})


def test_settings_are_saved_once_and_told(office: Office) -> None:
    saved = actions.save_settings(
        round_=office.round, by=office.coordinator, seen_version=1, values={"jury_size": 7, "quorum": 4}
    )

    assert (saved.jury_size, saved.version) == (7, 2)
    assert audit.history(saved).last().data == {"fields": ["jury_size"]}  # type: ignore[union-attr]
    with pytest.raises(RoundChanged):
        actions.save_settings(round_=office.round, by=office.head, seen_version=1, values={"jury_size": 8})


@pytest.mark.parametrize("state", [s for s in RoundState if s != RoundState.DRAFT])
def test_settings_are_fixed_from_publication_on(state: str) -> None:
    office = make_office(state)

    with pytest.raises(RoundFixed):
        actions.save_settings(round_=office.round, by=office.head, seen_version=1, values={"jury_size": 8})
    with pytest.raises(RoundFixed):
        actions.save_rubric(round_=office.round, by=office.head, seen_version=1, lines=[])


def test_days_of_sessions_are_set_until_all_is_decided() -> None:
    office = make_office(RoundState.JURY)
    saved = actions.save_sessions(
        round_=office.round,
        by=office.coordinator,
        seen_version=1,
        sessions=[{"on": "2026-12-01"}, {"on": None}],
        jury_on=date(2026, 11, 24),
    )
    assert [body["on"] for body in saved.committee_chain] == ["2026-12-01", None]
    assert saved.jury_on == date(2026, 11, 24)

    decided = make_office(RoundState.DECIDED)
    with pytest.raises(NotPossible):
        actions.save_sessions(
            round_=decided.round, by=decided.coordinator, seen_version=1, sessions=[{"on": None}] * 2, jury_on=None
        )


# --- publishing ---------------------------------------------------------------------------------------------


def publish(office: Office, round_: Round | None = None) -> Round:
    round_ = round_ or office.round
    return publish_round(round_=round_, by=office.head, seen_version=round_.version)


def test_a_round_with_everything_is_published(office: Office) -> None:
    make_budget(office.fund, office.round.budget_year)

    assert publish(office).state == RoundState.PUBLISHED


@pytest.mark.parametrize(
    "lack", [{"guideline": ""}, {"accessibility_checked": False}, {"committee_chain": []}, {"budget_year": 2031}]
)
def test_whatever_is_missing_keeps_it_a_draft(lack: dict[str, Any]) -> None:
    office = make_office(RoundState.DRAFT, **lack)
    make_budget(office.fund, 2026)

    with pytest.raises(RoundNotReady):
        publish(office)


def test_a_jury_needs_criteria_no_jury_needs_none() -> None:
    office = make_office(RoundState.DRAFT)
    make_budget(office.fund, office.round.budget_year)
    office.round.criteria.all().delete()
    with pytest.raises(RoundNotReady):
        publish(office)
    actions.save_settings(round_=office.round, by=office.head, seen_version=1, values={"jury_size": 0})
    office.round.refresh_from_db()
    assert publish(office).state == RoundState.PUBLISHED


def test_a_fast_track_needs_its_part_of_the_budget() -> None:
    office = make_office(RoundState.DRAFT, fast_track_max_cents=500_000)
    make_budget(office.fund, office.round.budget_year)
    with pytest.raises(RoundNotReady):
        publish(office)
    make_budget(office.fund, office.round.budget_year, sub_budget=SubBudget.FAST_TRACK)

    assert publish(office).state == RoundState.PUBLISHED


def test_only_what_was_read_is_published(office: Office) -> None:
    make_budget(office.fund, office.round.budget_year)
    old = Round.objects.get(pk=office.round.pk)
    actions.save_settings(round_=office.round, by=office.coordinator, seen_version=1, values={"jury_size": 7})

    with pytest.raises(LostRace):
        publish(office, old)


def test_a_budget_that_nobody_confirmed_is_none(office: Office) -> None:
    make_budget(office.fund, office.round.budget_year, 0)

    with pytest.raises(RoundNotReady):
        publish(office)


def test_a_coordinator_does_not_publish(office: Office) -> None:
    make_budget(office.fund, office.round.budget_year)

    with pytest.raises(NotPermitted):
        publish_round(round_=office.round, by=office.coordinator, seen_version=1)


def test_a_published_round_is_taken_back_with_a_reason() -> None:
    office = make_office(RoundState.PUBLISHED)

    with pytest.raises(NeedsReason):
        actions.unpublish(round_=office.round, by=office.head, reason=" ")
    assert actions.unpublish(round_=office.round, by=office.head, reason="Fehler.").state == RoundState.DRAFT


# --- a later deadline ---------------------------------------------------------------------------------------


def extend(office: Office, deadline_at: datetime, reason: str = "Störung.") -> Round:
    return actions.extend(round_=office.round, by=office.head, deadline_at=deadline_at, reason=reason)


def test_everybody_with_a_draft_is_told_of_a_later_deadline() -> None:
    office = make_office(RoundState.OPEN)
    draft = make_application(round=office.round)
    nobodys = make_application(round=office.round)
    Application.objects.filter(pk=nobodys.pk).update(organisation=None)
    sent = make_application(round=office.round, state=S.SUBMITTED)
    # Applied before; the second writes here too, the third only had a draft.
    before = make_application(round=make_round(office.fund), state=S.REJECTED)
    make_application(round=make_round(office.fund), state=S.REJECTED, organisation=sent.organisation)
    make_application(round=make_round(office.fund))
    gone = make_application(round=office.round, state=S.WITHDRAWN)
    extended = extend(office, office.round.deadline_at + timedelta(days=1))

    assert extended.deadline_at == office.round.deadline_at + timedelta(days=1)
    told = {notice.user: notice.body for notice in Notice.objects.filter(code="N29")}
    assert set(told) >= {draft.created_by, nobodys.created_by, sent.submitted_by, before.submitted_by}
    assert len(told) == Notice.objects.filter(code="N29").count() == 6
    assert "noch ein Entwurf" in told[draft.created_by]
    assert "müssen nichts tun" in told[sent.submitted_by]
    assert f"/calls/{office.fund.slug}/" in told[before.submitted_by]
    assert gone.submitted_by in told


def test_the_day_of_an_extension_is_told_where_an_application_begins(client: Client) -> None:
    office = make_office(RoundState.OPEN)
    client.force_login(make_user())
    address = reverse("grants:start", args=[office.fund.slug, office.round.slug])
    assert "was extended" not in client.get(address, headers={"accept-language": "en"}).text

    extend(office, office.round.deadline_at + timedelta(days=1))

    assert "It was extended for everybody on" in client.get(address, headers={"accept-language": "en"}).text


def test_a_deadline_moves_only_forwards_and_with_a_reason() -> None:
    office = make_office(RoundState.OPEN)

    for deadline in (office.round.deadline_at, office.round.deadline_at - timedelta(seconds=1)):
        with pytest.raises(DeadlineNotLater):
            extend(office, deadline)
    with pytest.raises(NeedsReason):
        extend(office, office.round.deadline_at + timedelta(days=1), " ")
    with pytest.raises(NotPermitted):
        actions.extend(
            round_=office.round, by=office.coordinator, deadline_at=clock.now() + timedelta(days=99), reason="x"
        )


def test_a_closed_round_opens_again_and_late_flags_between_are_lifted() -> None:
    office = make_office(RoundState.CLOSED)
    new = (clock.now() + timedelta(days=1)).replace(microsecond=0)
    between = office.case(late=True, submitted_at=office.round.deadline_at + timedelta(hours=1))
    with pytest.raises(DeadlineNotLater):
        extend(office, office.round.deadline_at + timedelta(hours=2))
    after = office.case(late=True, submitted_at=new + timedelta(seconds=1))
    reopened = extend(office, new)
    between.refresh_from_db()
    after.refresh_from_db()

    assert (reopened.state, between.late, after.late) == (RoundState.OPEN, False, True)


@pytest.mark.parametrize("state", [RoundState.SCORING, RoundState.JURY, RoundState.DRAFT, RoundState.ARCHIVED])
def test_no_extension_outside_open_and_closed(state: str) -> None:
    office = make_office(state)

    with pytest.raises(NotPossible):
        extend(office, clock.now() + timedelta(days=60))


# --- pages --------------------------------------------------------------------------------------------------


def page(name: str, *more: Any) -> str:
    return reverse(f"grants:office_{name}", args=list(more))


def as_posted(response: Any) -> dict[str, Any]:
    """What a browser would send back of a form that nobody touched."""
    form = response.context["form"]
    data: dict[str, Any] = {}
    for field in form:
        value = field.value()
        if value is True:
            data[field.html_name] = "on"
        elif isinstance(value, list):
            data[field.html_name] = value
        elif value is not None and value is not False:
            shown = field.field.widget.format_value(value) if hasattr(field.field.widget, "format_value") else value
            data[field.html_name] = shown[0] if isinstance(shown, list) else shown or ""
    return data


@pytest.mark.parametrize("code", CARDS)
def test_a_card_sent_back_untouched_changes_nothing(client: Client, office: Office, code: str) -> None:
    client.force_login(office.coordinator)
    link = page("round_card", office.round.pk, code)
    # Instants of the factory have seconds; a deadline by the minute ends with its last second.
    minute = clock.now().replace(second=0, microsecond=0)
    Round.objects.filter(pk=office.round.pk).update(opens_at=minute, deadline_at=minute + timedelta(days=9, seconds=59))
    response = client.post(link, as_posted(client.get(link)))

    assert response.status_code == 302, response.context["form"].errors
    assert Round.objects.get(pk=office.round.pk).version == 1


@pytest.mark.parametrize(("most", "fits"), [("30.000,00", True), ("30.000,01", False), ("0", True), ("-1", False)])
def test_fast_track_ends_at_the_largest_grant(client: Client, office: Office, most: str, fits: bool) -> None:
    client.force_login(office.coordinator)
    link = page("round_card", office.round.pk, "fast-track")
    sent = as_posted(client.get(link)) | {"fast_track_max_cents": most, "fast_track_budget_cents": "20.000"}

    response = client.post(link, sent)

    assert response.status_code == (302 if fits else 200)
    if fits:
        office.round.refresh_from_db()
        assert office.round.fast_track_budget_cents == 2_000_000
        told = "20.000,00 €" in client.get(page("round", office.round.pk)).text.replace("\xa0", " ")
        assert told is (most != "0")
    else:
        assert list(response.context["form"].errors) == ["fast_track_max_cents"]


def test_dates_are_read_as_the_clock_in_hannover(client: Client, office: Office) -> None:
    client.force_login(office.coordinator)
    link = page("round_card", office.round.pk, "dates")
    data = as_posted(client.get(link)) | {
        "opens_on": "10.01.2027", "opens_time": "9:00", "deadline_on": "01.07.2027", "deadline_time": "23:59",
    }  # fmt: skip
    assert client.post(link, data).status_code == 302
    office.round.refresh_from_db()

    assert office.round.opens_at == datetime(2027, 1, 10, 8, 0, tzinfo=UTC)
    assert office.round.deadline_at == datetime(2027, 7, 1, 21, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"deadline_on": "28.03.2027", "deadline_time": "02:30"}, "deadline_time"),
        ({"deadline_on": "31.10.2027", "deadline_time": "02:30"}, "deadline_time"),
        ({"deadline_on": "09.01.2027"}, "deadline_on"),
        ({"opens_time": "25:00"}, "opens_time"),
        ({"opens_on": "30.02.2027"}, "opens_on"),
        ({"draft_days": "0"}, "draft_days"),
    ],
)
def test_impossible_dates_are_told_at_their_field(
    client: Client, office: Office, bad: dict[str, str], field: str
) -> None:
    client.force_login(office.coordinator)
    link = page("round_card", office.round.pk, "dates")
    data = as_posted(client.get(link)) | {
        "opens_on": "10.01.2027", "opens_time": "09:00", "deadline_on": "01.03.2028", "deadline_time": "23:59",
    }  # fmt: skip
    response = client.post(link, data | bad)

    assert list(response.context["form"].errors) == [field]


def test_settings_in_json_are_read_back(client: Client, office: Office) -> None:
    client.force_login(office.coordinator)
    changes: dict[str, dict[str, Any]] = {
        "applicants": {"places": "Laatzen\n\n Uetze \nLaatzen", "priorities": "Sprache", "applicant_types": ["person"]},
        "costs": {"cap_food": "", "cap_travel": "15"},
        "jury": {"reason_scores": ["0", "5"], "group_codes": ["INNO"], "group_percent": "40"},
        "money": {"maximum_cents": "1.234,50", "announced_cents": "150.000", "start_rule_up_to_cents": "100.000"},
    }
    for code, fields in changes.items():
        link = page("round_card", office.round.pk, code)
        response = client.post(link, as_posted(client.get(link)) | fields)
        assert response.status_code == 302, response.context["form"].errors
    link = page("round_card", office.round.pk, "documents")
    assert client.post(link, as_posted(client.get(link)) | {"needs_person": ["other"]}).status_code == 302
    office.round.refresh_from_db()

    assert office.round.places == ["Laatzen", "Uetze"]
    assert office.round.priorities == ["Sprache"]
    assert office.round.kind_caps == {"admin_flat": {"percent": 10}, "travel": {"percent": 15}}
    assert office.round.reason_scores == [0, 5]
    assert office.round.group_minimum == [{"criteria": ["INNO"], "percent": 40}]
    assert (office.round.maximum_cents, office.round.announced_cents) == (1_234_50, 15_000_000)
    assert office.round.start_rule_up_to_cents == 10_000_000
    assert office.round.required_attachments == {"person": ["other"]}


def rows(prefix: str, lines: list[dict[str, Any]], version: int = 1) -> dict[str, Any]:
    data = {f"{prefix}-TOTAL_FORMS": len(lines), f"{prefix}-INITIAL_FORMS": 0, "version": version}
    return data | {f"{prefix}-{n}-{name}": value for n, line in enumerate(lines) for name, value in line.items()}


def test_criteria_are_replaced_in_their_order(client: Client, office: Office) -> None:
    client.force_login(office.coordinator)
    link = page("round_card", office.round.pk, "rubric")
    lines = [
        {"code": "PART", "name": "Beteiligung", "weight": "60"},
        {"code": "NEU", "name": "Neues", "weight": "40"},
        {"code": "WEG", "name": "Fällt weg", "weight": "1", "DELETE": "on"},
    ]
    assert client.get(link).status_code == 200
    assert client.post(link, rows("criteria", lines)).status_code == 302
    office.round.refresh_from_db()

    assert [(c.code, c.weight) for c in office.round.criteria.all()] == [("PART", 60), ("NEU", 40)]
    assert office.round.group_minimum == [{"criteria": ["PART"], "percent": 50}]
    doubled = client.post(link, rows("criteria", [lines[0], lines[0]], version=2))
    assert doubled.context["form"].non_field_errors()
    assert client.post(link, rows("criteria", lines[:1])).status_code == 409


def test_the_last_committee_decides(client: Client, office: Office) -> None:
    client.force_login(office.coordinator)
    link = page("round_card", office.round.pk, "committees")
    lines = [{"body": "Beirat", "on": ""}, {"body": "Rat", "on": "01.12.2027"}]
    more = client.post(link, rows("bodies", lines) | {"add_row": "bodies"})
    assert len(more.context["formset"].forms) == 3
    assert client.post(link, rows("bodies", lines)).status_code == 302
    office.round.refresh_from_db()

    assert office.round.committee_chain == [
        {"body": "Beirat", "on": None, "decides": False},
        {"body": "Rat", "on": date(2027, 12, 1).isoformat(), "decides": True},
    ]


def test_a_lost_race_keeps_what_was_typed(client: Client, office: Office) -> None:
    client.force_login(office.coordinator)
    link = page("round_card", office.round.pk, "basics")
    data = as_posted(client.get(link)) | {"name": "Mein Name"}
    actions.save_settings(round_=office.round, by=office.head, seen_version=1, values={"name": "Anderer"})
    response = client.post(link, data)

    assert response.status_code == 409
    assert "Mein Name" in response.content.decode()
    assert client.post(link, data | {"version": "2"}).status_code == 302


def test_create_publish_extend_on_their_pages(client: Client, office: Office) -> None:
    client.force_login(office.head)
    data = {
        "fund": str(office.fund.pk), "name": "Runde 2027", "budget_year": "2027", "opens_on": "10.01.2027",
        "opens_time": "09:00", "deadline_on": "01.03.2027", "deadline_time": "23:59",
    }  # fmt: skip
    assert client.get(page("round_create")).status_code == 200
    assert client.post(page("round_create"), data | {"fund": str(make_fund().pk)}).status_code == 200
    assert client.post(page("round_create"), data).status_code == 302
    made = Round.objects.get(name="Runde 2027")
    Round.objects.filter(pk=made.pk).update(accessibility_checked=True)
    publish_page = reverse("payments:publish_round", args=[made.pk])
    assert client.post(publish_page, {"version": "1"}).context["refusal"]
    make_budget(office.fund, 2027)
    assert client.post(publish_page, {"version": "9"}).status_code == 409
    assert client.post(publish_page, {"version": "1"}).status_code == 302
    made.refresh_from_db()
    assert made.state == RoundState.PUBLISHED
    assert client.post(page("round_unpublish", made.pk), {"reason": "x", "version": "2"}).status_code == 302

    running = make_round(office.fund)
    fields = {"deadline_on": "01.12.2099", "deadline_time": "12:00", "reason": "Störung.", "version": "1"}
    assert client.post(page("round_extend", running.pk), fields).status_code == 302
    running.refresh_from_db()
    assert running.deadline_at == datetime(2099, 12, 1, 11, 0, 59, tzinfo=UTC)


def test_who_finds_which_page(client: Client, office: Office) -> None:
    reading = [page("rounds"), page("round", office.round.pk), page("round_preview", office.round.pk)]
    writing = [
        page("round_create"),
        *(page("round_card", office.round.pk, c) for c in [*CARDS, "rubric", "committees"]),
    ]
    leading = [reverse("payments:publish_round", args=[office.round.pk])]
    foreign = make_staff(make_fund(), Role.COORDINATOR, Role.HEAD_OF_UNIT)
    for person, pages in (
        (make_user(), []),
        (make_staff(office.fund, Role.FINANCE_A), []),
        (make_auditor(office.fund), reading),
        (office.officer, reading),
        (office.coordinator, reading + writing),
        (office.head, reading + writing + leading),
        (foreign, [page("rounds"), page("round_create")]),
    ):
        client.force_login(person)
        found = {link for link in reading + writing + leading if client.get(link).status_code == 200}
        assert found == set(pages)


def test_the_list_costs_the_same_for_3_and_300_rounds(client: Client, office: Office) -> None:
    client.force_login(office.coordinator)
    client.get(page("rounds"))
    counts = []
    for more in (2, 150):
        for _ in range(more):
            make_round(office.fund)
        with CaptureQueriesContext(connection) as found:
            assert client.get(page("rounds")).status_code == 200
        counts.append(len(found))

    assert counts == [8, 8]


# --- a jury that says something, and the state's rules -------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "wrong"),
    [((6, 0, 4), {"min_reviews"}), ((6, 4, 0), {"quorum"}), ((0, 0, 0), set()), ((6, 1, 1), set()),
     ((3, 4, 4), {"min_reviews", "quorum"})],
)  # fmt: skip
def test_a_jury_needs_sheets_and_a_quorum(office: Office, sizes: tuple[int, int, int], wrong: set[str]) -> None:
    form = CARDS["jury"](round=office.round)
    data = {**form.initial, "jury_size": sizes[0], "min_reviews": sizes[1], "quorum": sizes[2]}

    bound = CARDS["jury"](data, round=office.round)

    assert set(bound.errors) == wrong


@pytest.mark.parametrize("sizes", [{"min_reviews": 0}, {"quorum": 0}])
def test_the_database_keeps_no_jury_that_says_nothing(office: Office, sizes: dict[str, int]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.filter(pk=office.round.pk).update(**sizes)


def test_other_rules_of_the_state_bring_what_they_prescribe(office: Office) -> None:
    def prescribed(made: Round) -> tuple[Any, ...]:
        return (made.use_by_months, made.recovery_minimum_cents, made.start_rule, made.start_rule_up_to_cents)

    def choose(version: int, **values: Any) -> Round:
        return actions.save_settings(round_=office.round, by=office.coordinator, seen_version=version, values=values)

    assert prescribed(office.round) == (2, 100_000, "on_award", None)
    assert prescribed(choose(1, rule_profile="NI_2026")) == (6, 250_000, "on_submission", 10_000_000)
    # What the office sets afterwards stays, also when the card with the rules is saved again.
    choose(2, use_by_months=4)
    assert prescribed(choose(3, rule_profile="NI_2026", name="Anders")) == (4, 250_000, "on_submission", 10_000_000)
    assert prescribed(choose(4, rule_profile="NI_2025")) == (2, 100_000, "on_award", None)


# --- payment, proof, caps -------------------------------------------------------------------------------------


def saved(client: Client, office: Office, code: str, fields: dict[str, Any]) -> Any:
    """Send one card with these entries."""
    link = page("round_card", office.round.pk, code)
    response = client.post(link, as_posted(client.get(link)) | fields)
    office.round.refresh_from_db()
    return response


def test_every_setting_stands_on_a_card() -> None:
    elsewhere = {"id", "version", "fund", "slug", "state", "created_at", "jury_on", "committee_chain"}
    round_ = make_round()
    shown = {name for card in CARDS.values() for name in card(round=round_).initial}
    made_of = {
        "opens_on": "opens_at", "deadline_on": "deadline_at", "share_on_finality": "instalments",
        "cap_food": "kind_caps", "needs_association": "required_attachments", "file_megabytes": "file_max_bytes",
        "group_codes": "group_minimum",
    }  # fmt: skip

    names = {field.name for field in Round._meta.concrete_fields}
    assert names - elsewhere - shown - {made_of[name] for name in shown & set(made_of)} == set()


@pytest.mark.once
def test_instalments_follow_the_proofs(client: Client, office: Office) -> None:
    client.force_login(office.coordinator)
    parts = {"share_on_finality": "50", "share_on_interim": "30", "share_after_proof": "20"}

    refused = saved(client, office, "payment", parts)
    assert list(refused.context["form"].errors) == ["share_on_interim"]
    assert saved(client, office, "proof", {"interim_proof": "on"}).status_code == 302
    assert list(saved(client, office, "payment", parts | {"share_after_proof": "21"}).context["form"].errors) == [
        "share_on_finality"
    ]
    assert saved(client, office, "payment", parts).status_code == 302
    assert office.round.instalments == [
        {"percent": 50, "when": "on_finality"},
        {"percent": 30, "when": "on_interim"},
        {"percent": 20, "when": "after_proof"},
    ]
    link = page("round_card", office.round.pk, "proof")
    without = {name: value for name, value in as_posted(client.get(link)).items() if name != "interim_proof"}
    assert list(client.post(link, without).context["form"].errors) == ["interim_proof"]


@pytest.mark.once
@pytest.mark.parametrize(
    ("typed", "kept"),
    [("15", {"percent": 15}), ("15 %", {"percent": 15}), ("500 €", {"cents": 50_000}), ("1.234,50", {"cents": 123_450}),
     ("", None)],
)  # fmt: skip
def test_a_cap_is_a_percentage_or_an_amount(
    client: Client, office: Office, typed: str, kept: dict[str, int] | None
) -> None:
    client.force_login(office.coordinator)

    assert saved(client, office, "costs", {"cap_travel": typed}).status_code == 302
    assert office.round.kind_caps.get("travel") == kept
    # And it is shown so that it reads back the same.
    assert saved(client, office, "costs", {}).status_code == 302
    assert office.round.kind_caps.get("travel") == kept


@pytest.mark.once
@pytest.mark.parametrize("typed", ["101", "15 % €", "-1", "viel", "1e3", "200"])
def test_what_is_no_cap_is_told(client: Client, office: Office, typed: str) -> None:
    client.force_login(office.coordinator)

    assert list(saved(client, office, "costs", {"cap_travel": typed}).context["form"].errors) == ["cap_travel"]


# --- the next year --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "moved"),
    [(date(2026, 3, 2), date(2027, 3, 1)), (date(2026, 2, 28), date(2027, 2, 27)),
     # 52 weeks after the fourth of May the first of May is a holiday, and a Saturday: Monday follows.
     (date(2026, 5, 2), date(2027, 5, 3)), (date(2027, 12, 26), date(2028, 12, 24))],
)  # fmt: skip
def test_a_day_moves_to_the_same_weekday_and_off_holidays(day: date, moved: date) -> None:
    assert day_next_year(day) == moved


@pytest.mark.parametrize(
    ("name", "moved"),
    [("Förderrunde 2026", "Förderrunde 2027"), ("Kleine Mittel", "Kleine Mittel 2027"),
     ("Runde 2026/2027", "Runde 2027/2028"), ("Fonds 20260", "Fonds 20260 2027")],
)  # fmt: skip
def test_a_name_moves_with_its_year(name: str, moved: str) -> None:
    assert name_next_year(name, 2026) == moved


@pytest.mark.once
def test_an_earlier_round_is_copied_for_the_next_year(client: Client) -> None:
    office = make_office(
        RoundState.RUNNING, name="Förderrunde 2026", budget_year=2026, maximum_cents=123_400,
        opens_at=datetime(2026, 1, 12, 8, tzinfo=UTC), deadline_at=datetime(2026, 3, 31, 21, 59, 59, tzinfo=UTC),
        jury_on=date(2026, 5, 5), reserve_list_until=date(2026, 12, 31),
    )  # fmt: skip
    make_round(office.fund, maximum_cents=999, opens_at=clock.now() - timedelta(days=1))
    client.force_login(office.coordinator)
    link = page("round_copy", office.round.pk)

    response = client.post(link, as_posted(client.get(link)))

    made = Round.objects.latest("pk")
    assert response.headers["Location"] == page("round", made.pk)
    assert (made.name, made.slug, made.budget_year, made.state) == (
        "Förderrunde 2027",
        "forderrunde-2027",
        2027,
        "DRAFT",
    )
    assert made.opens_at == datetime(2027, 1, 11, 8, tzinfo=UTC)
    # Winter time became summer time between: the clock on the wall stays.
    assert made.deadline_at == datetime(2027, 3, 30, 21, 59, 59, tzinfo=UTC)
    assert (made.maximum_cents, made.jury_on, made.reserve_list_until) == (123_400, None, None)
    assert not made.accessibility_checked
    assert {body["on"] for body in made.committee_chain} == {None}
    assert [c.code for c in made.criteria.all()] == [c.code for c in office.round.criteria.all()]
    assert audit.history(made).get().data == {"copy_of": office.round.pk}


@pytest.mark.once
def test_a_round_of_another_fund_is_not_copied(client: Client, office: Office) -> None:
    foreign = make_round()
    client.force_login(office.coordinator)

    assert client.get(page("round_copy", foreign.pk)).status_code == 404
    assert client.post(page("round_copy", foreign.pk), {"name": "x"}).status_code == 404
    with pytest.raises(NotPermitted):
        actions.copy_round(
            former=foreign, by=office.coordinator, name="x", budget_year=2027, opens_at=OPENS, deadline_at=ENDS
        )


# --- the database keeps a published round ---------------------------------------------------------------------


@pytest.mark.parametrize("state", [s for s in RoundState if s != RoundState.DRAFT])
def test_the_database_keeps_the_rules_of_a_published_round(state: str) -> None:
    round_ = make_round(state=state)

    changes: list[dict[str, Any]] = [
        {"maximum_cents": 1},
        {"name": "x"},
        {"kind_caps": {}},
        {"opens_at": OPENS},
        {"announced_cents": 5},
    ]
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            Round.objects.filter(pk=round_.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        round_.criteria.update(weight=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        round_.criteria.all()[0].delete()


def test_the_database_lets_a_draft_change_and_deadlines_move() -> None:
    draft, open_ = make_round(state=RoundState.DRAFT), make_round()
    Round.objects.filter(pk=draft.pk).update(maximum_cents=1, name="x")
    draft.criteria.all().delete()

    Round.objects.filter(pk=open_.pk).update(deadline_at=ENDS, jury_on=ENDS.date(), committee_chain=[])

    assert Round.objects.get(pk=open_.pk).deadline_at == ENDS
