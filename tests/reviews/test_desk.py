"""The desk of a round, "my tasks" by role, and the search: what each person finds there."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.actions.paying import propose_paying_account
from accounts.models import User
from accounts.states import Role
from grants.models import Application, DocumentRequest
from grants.office import undecided_since
from grants.states import ApplicationState as S
from notifications.dates import three_months_after
from reviews.queries.tasks import tasks_of
from reviews.views.search import find
from tests.factories import IBAN, make_auditor, make_deputy, make_organisation, make_staff, make_user
from tests.grants.office_world import Office, make_office
from tests.payments import chain
from tests.reviews.worlds import fill, make_world, start

# What a page shows is decided in Python; statements are counted on PostgreSQL elsewhere.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def office() -> Office:
    return make_office()


def desk(client: Client, office: Office, person: User | None = None) -> Any:
    client.force_login(person or office.coordinator)
    return client.get(reverse("reviews:desk", args=[office.round.pk]))


def test_the_funnel_counts_sums_and_leads_to_the_oldest_first(client: Client, office: Office) -> None:
    now = clock.now()
    office.case(requested_cents=1_000_00, submitted_at=now - timedelta(days=9))
    office.case(requested_cents=500_50, submitted_at=now - timedelta(days=12))
    office.case(S.WITHDRAWN, requested_cents=10_00, submitted_at=now - timedelta(days=30))
    office.case(S.DRAFT)
    make_office(fund=office.fund).case()
    page = desk(client, office)
    first, last = page.context["funnel"].stages

    assert (first.state, first.count, first.cents, first.days) == ("SUBMITTED", 2, 1_500_50, 12)
    assert (last.state, last.count, last.days) == ("WITHDRAWN", 1, None)
    assert first.href.endswith(f"?round={office.round.pk}&state=SUBMITTED&sort=received")
    assert "1.500,50" in page.content.decode()
    assert client.get(first.href).context["rows"][0][0].days == 12


def test_figures_are_those_of_the_lists_behind_them(client: Client, office: Office) -> None:
    now, today = clock.now(), clock.today()
    office.case(S.RETURNED, due_date=today - timedelta(days=1), officer=office.officer)
    office.case(S.RETURNED, due_date=today + timedelta(days=7), officer=office.officer)
    office.case(S.FORMAL_CHECK, submitted_at=now - timedelta(days=100), officer=office.officer)
    office.case(S.WITHDRAWN, submitted_at=now - timedelta(days=100))
    office.case()
    figures = desk(client, office).context["figures"]

    assert [figure.value for figure in figures] == ["1", "1", "1", "2"]
    assert [client.get(figure.href).context["count"] for figure in figures] == [1, 1, 1, 2]


def test_what_is_due_and_missing(client: Client, office: Office) -> None:
    today = clock.today()
    asked = office.case(S.RETURNED, title="Offen", due_date=today + timedelta(days=3))
    DocumentRequest.objects.create(
        application=asked, fields=["files"], message="Satzung", due_date=today + timedelta(days=3),
        asked_by=office.officer,
    )  # fmt: skip
    office.case(S.RETURNED, title="Spät", due_date=today - timedelta(days=2))
    office.case(S.RETURNED, title="Später", due_date=today + timedelta(days=8))
    page = desk(client, office)

    assert [(row.title, over) for row, over in page.context["due"]] == [("Spät", True), ("Offen", False)]
    assert [(line.title, line.days_left) for line in page.context["missing"]] == [("Offen", 3)]
    assert "noch 3 Tage" in page.content.decode()


def test_who_is_away_and_who_stands_in(client: Client, office: Office) -> None:
    today, vera = clock.today(), make_user(full_name="Vera Vertretung")
    named = {"principal": office.officer, "named_by": office.head}
    make_deputy(office.fund, deputy=vera, from_date=today, to_date=today, **named)
    make_deputy(office.fund, deputy=vera, from_date=today + timedelta(days=1), to_date=date.max, **named)
    page = desk(client, office)

    assert [(line.principal, line.deputy) for line in page.context["away"]] == [("Olga Offizier", "Vera Vertretung")]
    assert f"Olga Offizier: Vera Vertretung vertritt, bis {today:%d.%m.%Y}" in page.content.decode()


def test_the_jurys_progress(client: Client) -> None:
    world = start(make_world(cases=2))
    fill(world, world.cases[0], world.jurors[2], 4)
    client.force_login(world.coordinator)
    progress = client.get(reverse("reviews:desk", args=[world.round.pk])).context["progress"]

    assert {(line.juror.pk, line.done, line.total) for line in progress} == {
        (juror.pk, int(juror == world.jurors[2]), 2) for juror in world.jurors
    }


def test_cases_of_the_own_organisation_are_not_on_the_desk(client: Client, office: Office) -> None:
    own = make_organisation()
    own.memberships.create(user=office.coordinator, role="reader")
    office.case(organisation=own)

    assert desk(client, office).context["funnel"].stages == []


def test_only_the_office_and_the_auditor_see_the_desk(client: Client, office: Office) -> None:
    others = (make_staff(make_office().fund, Role.COORDINATOR), make_staff(office.fund, Role.FINANCE_A), make_user())
    assert [desk(client, office, person).status_code for person in others] == [404] * 3
    assert desk(client, office, make_auditor(office.fund)).status_code == 200
    assert "Allen in einem dieser Stände schreiben" not in desk(client, office).content.decode()
    office.case()
    assert "Allen in einem dieser Stände schreiben" in desk(client, office).content.decode()
    assert "Allen in einem dieser Stände schreiben" not in desk(client, office, office.auditor).content.decode()


@pytest.mark.parametrize("today", [date(2026, 5, 31), date(2026, 3, 1), date(2028, 2, 29), date(2026, 11, 23)])
def test_three_months_are_over_the_day_after(today: date) -> None:
    since = undecided_since(today)

    assert three_months_after(since) < today
    assert three_months_after(since + timedelta(days=1)) >= today


# --- my tasks ----------------------------------------------------------------------------------------------


def told(person: User) -> list[tuple[str, int, date | None]]:
    return [(str(task.title), task.count, task.due_date) for task in tasks_of(person)]


def test_documents_that_did_not_come_wait_for_the_officer(office: Office) -> None:
    today = clock.today()
    office.case(S.RETURNED, due_date=today)
    assert told(office.officer) == []
    office.case(S.RETURNED, due_date=today - timedelta(days=2))

    assert told(office.officer) == [("Unterlagen nicht fristgerecht nachgereicht", 1, today - timedelta(days=2))]


def test_a_line_tells_how_many_cases_are_ones_own(office: Office) -> None:
    office.case(officer=office.officer)
    assert [task.detail for task in tasks_of(office.officer)] == [""]
    office.case()

    assert [(task.count, task.detail) for task in tasks_of(office.officer)] == [(2, "davon 1 von Ihnen")]
    assert [(task.count, task.detail) for task in tasks_of(office.second)] == [(2, "")]


def test_a_proposed_account_waits_for_the_head_of_finance(client: Client, office: Office) -> None:
    head = make_staff(office.fund, Role.HEAD_OF_FINANCE)
    propose_paying_account(
        fund=office.fund, name="Region", iban=IBAN, bic="", by=make_staff(office.fund, Role.FINANCE_A)
    )
    (task,) = [task for task in tasks_of(head) if "Zahlungskonto" in str(task.title)]
    client.force_login(head)

    assert client.get(task.href).status_code == 200


def test_sheets_are_due_when_the_round_asks_for_them() -> None:
    world = start(make_world(cases=2))
    due = world.round.scoring_period.due_date

    assert told(world.jurors[2].user) == [("Auszufüllende Bewertungsbögen", 2, due)]


# --- search ------------------------------------------------------------------------------------------------


def found(asked: str, person: User) -> list[Application]:
    return [hit.application for hit in find(asked, person)]


@pytest.mark.parametrize("asked", ["VR 4711", "vr4711", "VR-4711", "4711"])
def test_a_register_number_is_found_however_it_is_written(office: Office, asked: str) -> None:
    case = office.case(organisation=make_organisation(register_number="VR 4711"))
    office.case(organisation=make_organisation(register_number="VR 47"))

    assert found(asked, office.officer) == [case]


@pytest.mark.parametrize("asked", ["1.234,56", "1234,56", "1234.56", "1.234,56 €", "1 234,56 EUR"])
def test_an_amount_is_found_however_it_is_written(office: Office, asked: str) -> None:
    case = office.case(requested_cents=1_234_56)
    office.case(requested_cents=1_234_57)

    assert found(asked, office.officer) == [case]


@pytest.mark.parametrize("asked", ["müller", "Mueller", "MÜLL", "özgür", "OEZGUER müller"])
def test_parts_of_names_are_found_with_and_without_umlauts(office: Office, asked: str) -> None:
    case = office.case(organisation=make_organisation(name="Verein Özgür Müller"))
    office.case()

    assert found(asked, office.officer) == [case]


def test_the_number_of_a_letter_is_found_by_the_office_alone() -> None:
    chain.at(chain.NOW)
    case = chain.make_case()
    letter = chain.draft(case)
    application = letter.case.application

    assert found(letter.number.lower(), case.office.officer) == [application]
    assert found(letter.number, application.created_by) == []
    assert found(letter.number, make_staff(make_office().fund, Role.CASE_OFFICER)) == []
