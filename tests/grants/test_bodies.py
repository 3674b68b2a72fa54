"""Bodies of a fund: members of several kinds with terms and deputies, and sessions that rounds follow."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts import audit, clock
from accounts.exceptions import LostRace, NotPermitted
from accounts.states import Role
from grants import bodies as queries
from grants.actions import bodies as actions
from grants.models import Body, BodyMember, BodySession, Round
from grants.states import BodyKind, RoundState, SeatKind
from reviews.own_data import everything
from tests.factories import make_administrator, make_fund, make_round, make_staff, make_user
from tests.grants.office_world import Office, make_office
from tests.grants.test_round_settings import rows

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


@pytest.fixture
def office() -> Office:
    return make_office(RoundState.DRAFT)


@pytest.fixture
def body(office: Office) -> Body:
    return Body.objects.create(fund=office.fund, name="Integrationsbeirat", kind=BodyKind.BOARD)


def page(name: str, *more: Any) -> str:
    return reverse(f"grants:{name}", args=list(more))


def seat(body: Body, name: str, kind: str = SeatKind.RESIDENT, **fields: Any) -> BodyMember:
    return BodyMember.objects.create(
        **{"body": body, "name": name, "kind": kind, "starts_on": date(2020, 1, 1)} | fields
    )


def sitting() -> Any:
    found: Any = queries.with_figures(Body.objects.all(), clock.today()).get()
    return found.sitting


# --- members ----------------------------------------------------------------------------------------------------


def test_a_board_is_entered_with_members_of_several_kinds(client: Client, office: Office) -> None:
    client.force_login(office.coordinator)
    fields = {"fund": office.fund.pk, "name": "Integrationsbeirat Nord", "kind": "board"}
    assert client.post(page("body_new"), fields).status_code == 302
    made = Body.objects.get()
    for name, kind in (("Ada Rat", "councillor"), ("Ben Multi", "multiplier"), ("Cem Nachbar", "resident")):
        sent = client.post(
            page("body_member_new", made.pk), {"name": name, "kind": kind, "starts_on": "01.01.2026", "ends_on": ""}
        )
        assert sent.headers["Location"] == page("body", made.pk)
    first = made.members.get(name="Ada Rat")
    deputy = {"name": "Dora Vertretung", "kind": "councillor", "starts_on": "01.01.2026", "deputy_of": first.pk}
    assert client.post(page("body_member_new", made.pk), deputy).status_code == 302

    shown = client.get(page("body", made.pk)).content.decode()

    for words in (
        "Ratsmitglied",
        "Multiplikatorin oder Multiplikator",
        "Einwohnerin oder Einwohner",
        "Dora Vertretung",
    ):
        assert words in shown
    assert made.members.get(name="Dora Vertretung").deputy_of == first
    assert [entry.action for entry in audit.history(made)] == ["create_body", *["seat_member"] * 4]
    # A deputy has no seat of its own in the figure.
    assert sitting() == 3


def test_terms_part_members_from_former_ones(body: Body) -> None:
    today = clock.today()
    seat(body, "Heute", ends_on=today)
    seat(body, "Gestern", ends_on=today - timedelta(days=1))
    seat(body, "Morgen", starts_on=today + timedelta(days=1))

    members, former = queries.members_of(body, today)

    assert ([m.name for m in members], [m.name for m in former]) == (["Heute", "Morgen"], ["Gestern"])
    assert sitting() == 1


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": " "}, "name"), ({"starts_on": "31.02.2026"}, "starts_on"), ({"ends_on": "31.12.2025"}, "ends_on"),
        ({"email": "nobody@example.org"}, "email"), ({"kind": "king"}, "kind"), ({"deputy_of": "999999"}, "deputy_of"),
    ],
)  # fmt: skip
def test_a_seat_that_cannot_be_is_told_at_its_field(
    client: Client, office: Office, body: Body, fields: dict[str, str], wrong: str
) -> None:
    client.force_login(office.coordinator)
    known = {"name": "Ada", "kind": "councillor", "starts_on": "01.01.2026"}

    response = client.post(page("body_member_new", body.pk), known | fields)

    assert list(response.context["form"].errors) == [wrong]
    assert not BodyMember.objects.exists()


def test_a_member_with_an_account_finds_the_seat_in_the_own_data(client: Client, office: Office, body: Body) -> None:
    person = make_user("ada@example.org")
    client.force_login(office.coordinator)
    fields = {"name": "Ada", "kind": "councillor", "starts_on": "01.01.2026", "email": "ADA@example.org"}

    assert client.post(page("body_member_new", body.pk), fields).status_code == 302

    assert everything(person)["seats_in_bodies"] == [
        {"body": "Integrationsbeirat", "name": "Ada", "kind": "Ratsmitglied", "from": "2026-01-01", "until": None}
    ]
    assert everything(office.head)["seats_in_bodies"] == []


def test_a_term_ends_and_an_old_page_is_told(client: Client, office: Office, body: Body) -> None:
    member = seat(body, "Ada")
    client.force_login(office.coordinator)
    link = page("body_member", body.pk, member.pk)
    fields = {"name": "Ada", "kind": "resident", "starts_on": "01.01.2020", "ends_on": "31.12.2026", "version": "1"}

    assert client.post(link, fields).status_code == 302
    old = client.post(link, fields | {"ends_on": "30.06.2026"})

    assert old.status_code == 409
    assert "30.06.2026" in old.content.decode()
    member.refresh_from_db()
    assert member.ends_on == date(2026, 12, 31)


@pytest.mark.parametrize("change", [{"ends_on": date(2019, 1, 1)}, {"kind": "king"}, {"name": ""}])
def test_the_database_refuses_a_wrong_seat(body: Body, change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        seat(body, **{"name": "Ada"} | change)


# --- sessions ---------------------------------------------------------------------------------------------------


def plan(office: Office, body: Body, on: date, **fields: Any) -> BodySession:
    return actions.save_session(
        body=body, session=None, by=office.coordinator, seen_version=0, values={"on": on, "is_public": True, **fields}
    )


def choose(client: Client, round_: Round, session: BodySession, version: int = 1) -> Any:
    lines: list[dict[str, Any]] = [{"body": "Ausschuss", "on": ""}, {"session": session.pk, "body": "", "on": ""}]
    link = page("office_round_committees", round_.pk)
    return client.post(link, rows("bodies", lines, version))


def test_a_round_takes_body_and_day_from_a_planned_session(client: Client, office: Office, body: Body) -> None:
    session = plan(office, body, date(2099, 3, 24), starts_at=time(17, 30), place="Rathaus, Saal 2")
    client.force_login(office.coordinator)

    assert choose(client, office.round, session).status_code == 302

    office.round.refresh_from_db()
    assert office.round.committee_chain == [
        {"body": "Ausschuss", "on": None, "decides": False},
        {"body": "Integrationsbeirat", "session": session.pk, "on": "2099-03-24", "time": "17:30",
         "place": "Rathaus, Saal 2", "public": True, "decides": True},
    ]  # fmt: skip
    shown = client.get(page("office_round_preview", office.round.pk)).content.decode()
    assert "öffentlich, 17:30 Uhr, Rathaus, Saal 2" in shown
    # Sent back untouched, nothing changes.
    form = client.get(page("office_round_committees", office.round.pk)).context["formset"]
    assert [row["session"].value() for row in form] == [None, session.pk]


def test_time_and_place_of_a_closed_session_stay_inside(client: Client, office: Office, body: Body) -> None:
    session = plan(office, body, date(2099, 3, 24), starts_at=time(17, 30), place="Saal 2", is_public=False)
    client.force_login(office.coordinator)
    choose(client, office.round, session)

    assert "Saal 2" not in client.get(page("office_round_preview", office.round.pk)).content.decode()
    assert "nicht öffentlich, 17:30 Uhr, Saal 2" in client.get(page("office_round", office.round.pk)).content.decode()


def test_a_session_of_another_fund_is_no_choice(client: Client, office: Office) -> None:
    other = Body.objects.create(fund=make_fund(), name="Anderer Beirat", kind=BodyKind.BOARD)
    foreign = other.sessions.create(on=date(2099, 1, 1))
    client.force_login(office.coordinator)

    choose(client, office.round, foreign)
    # Nothing is planned in this fund: the line has no such field, and an empty line is none.
    assert Round.objects.get(pk=office.round.pk).committee_chain == [{"body": "Ausschuss", "on": None, "decides": True}]

    own = Body.objects.create(fund=office.fund, name="Beirat", kind=BodyKind.BOARD)
    own.sessions.create(on=date(2099, 1, 1))
    response = choose(client, office.round, foreign, version=2)
    assert response.status_code == 200
    assert Round.objects.get(pk=office.round.pk).version == 2
    assert "Anderer Beirat" not in response.content.decode()


def test_rounds_follow_a_session_that_moves(client: Client, body: Body, office: Office) -> None:
    session = plan(office, body, date(2099, 3, 24))
    entry = {"body": "Beirat", "decides": True, **queries.meeting(session)}
    states = (RoundState.DRAFT, RoundState.OPEN, RoundState.COMMITTEE, RoundState.DECIDED)
    made = {state: make_round(office.fund, state, committee_chain=[entry]) for state in states}
    foreign = make_round(committee_chain=[entry])

    actions.save_session(
        body=body, session=session, by=office.coordinator, seen_version=1, values={"on": date(2099, 4, 1), "place": "A"}
    )

    days = {state: Round.objects.get(pk=round_.pk).committee_chain[0]["on"] for state, round_ in made.items()}
    assert days == dict.fromkeys(states[:3], "2099-04-01") | {RoundState.DECIDED: "2099-03-24"}
    assert Round.objects.get(pk=foreign.pk).committee_chain == [entry]
    moved = Round.objects.get(pk=made[RoundState.OPEN].pk)
    assert (moved.version, moved.committee_chain[0]["place"], moved.committee_chain[0]["body"]) == (2, "A", "Beirat")
    assert audit.history(moved).get().data == {"fields": ["committee_chain"]}


def test_a_cancelled_session_leaves_the_day_open_again(office: Office, body: Body) -> None:
    session = plan(office, body, date(2099, 3, 24), place="Saal")
    chain = [{"body": "Beirat", "decides": True, **queries.meeting(session)}]
    round_ = make_round(office.fund, committee_chain=chain)

    actions.save_session(
        body=body, session=session, by=office.coordinator, seen_version=1, values={"is_cancelled": True}
    )

    assert Round.objects.get(pk=round_.pk).committee_chain == [
        {"body": "Beirat", "decides": True, "session": session.pk, "on": None}
    ]
    # The day is free for another one.
    assert plan(office, body, date(2099, 3, 24)).pk != session.pk


def test_one_session_a_day(client: Client, office: Office, body: Body) -> None:
    plan(office, body, date(2099, 3, 24))
    client.force_login(office.coordinator)

    response = client.post(page("body_session_new", body.pk), {"on": "24.03.2099"})

    assert list(response.context["form"].errors) == ["on"]
    with pytest.raises(IntegrityError), transaction.atomic():
        body.sessions.create(on=date(2099, 3, 24))


def test_a_session_is_planned_and_moved_on_its_page(client: Client, office: Office, body: Body) -> None:
    client.force_login(office.coordinator)
    fields = {"on": "24.03.2099", "starts_at": "17.30", "place": "Rathaus", "is_public": "on"}
    assert client.post(page("body_session_new", body.pk), fields).status_code == 302
    session = body.sessions.get()
    assert (session.starts_at, session.is_public) == (time(17, 30), True)

    link = page("body_session", body.pk, session.pk)
    assert client.post(link, fields | {"version": "1", "place": "Haus B"}).status_code == 302
    stale = client.post(link, fields | {"version": "1", "place": "Haus C"})

    session.refresh_from_db()
    assert (stale.status_code, session.place) == (409, "Haus B")
    assert "Haus C" in stale.content.decode()


# --- who may ----------------------------------------------------------------------------------------------------


def test_the_administrator_names_bodies_and_nobody_of_another_fund_does(office: Office, body: Body) -> None:
    values = {"name": "Beirat Süd", "kind": BodyKind.BOARD}
    admin = make_administrator()
    saved = actions.save_body(body=body, fund=office.fund, by=admin, seen_version=1, values=values)
    assert (saved.name, saved.version) == ("Beirat Süd", 2)

    with pytest.raises(LostRace):
        actions.save_body(body=body, fund=office.fund, by=admin, seen_version=1, values=values | {"name": "x"})
    for person in (office.officer, make_staff(make_fund(), Role.COORDINATOR), office.auditor):
        with pytest.raises(NotPermitted):
            actions.save_body(body=saved, fund=office.fund, by=person, seen_version=2, values=values)
        with pytest.raises(NotPermitted):
            actions.save_member(body=saved, member=None, by=person, seen_version=0, values={})
        with pytest.raises(NotPermitted):
            actions.save_session(body=saved, session=None, by=person, seen_version=0, values={})


def test_a_name_is_used_once_in_a_fund(client: Client, office: Office, body: Body) -> None:
    client.force_login(office.coordinator)
    fields = {"fund": office.fund.pk, "name": body.name, "kind": "board"}

    assert list(client.post(page("body_new"), fields).context["form"].errors) == ["name"]
    foreign = client.post(page("body_new"), fields | {"fund": make_fund().pk})
    assert list(foreign.context["form"].errors) == ["fund"]
