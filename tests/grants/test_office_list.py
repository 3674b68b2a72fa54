"""The staff's list: scope, filters, order, search, files, and what it costs."""

import csv
import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.exports import harmless
from accounts.states import Role
from grants.office import ROUNDS_OFFERED
from grants.states import ApplicationState as S
from grants.views.office_list import PER_PAGE
from tests.factories import make_juror, make_member, make_organisation, make_round, make_staff, make_user
from tests.grants.office_world import Office, make_office

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]
LIST = reverse("grants:office_applications")


@pytest.fixture
def office() -> Office:
    return make_office()


@pytest.fixture
def seen(client: Client, office: Office) -> Any:
    """Ask for the list as the officer; returns the titles in their order."""
    client.force_login(office.officer)

    def ask(**filters: str) -> list[str]:
        response = client.get(LIST, filters)
        assert response.status_code == 200
        return [case.title for case, _is_over in response.context["rows"]]

    return ask


def test_only_sent_cases_of_the_own_fund_are_listed(office: Office, seen: Any) -> None:
    office.case(title="Meins")
    office.case(S.DRAFT, title="Entwurf")
    make_office().case(title="Fremd")

    assert seen() == ["Meins"]


def test_the_case_of_the_own_organisation_is_not_listed(office: Office, seen: Any) -> None:
    own = make_organisation()
    own.memberships.create(user=office.officer, role="reader")
    office.case(title="Eigener", organisation=own)

    assert seen() == []


@pytest.mark.parametrize(
    ("role", "status"),
    [(role, 404 if role in (Role.MAIL_ROOM, Role.ADMINISTRATOR) else 200) for role in Role],
)
def test_who_reads_the_list(client: Client, office: Office, role: str, status: int) -> None:
    client.force_login(make_staff(office.fund, role))

    assert client.get(LIST).status_code == status


def test_others_find_no_list(client: Client, office: Office) -> None:
    case = office.case()
    assert client.get(LIST).status_code == 302
    for person in (make_user(), case.created_by, make_juror(office.round).user):
        client.force_login(person)
        assert client.get(LIST).status_code == 404


def test_filters(office: Office, seen: Any) -> None:
    today = clock.today()
    other = make_office(fund=office.fund).round
    office.case(title="A", late=True, municipality="Laatzen")
    office.case(S.RETURNED, title="B", due_date=today - timedelta(days=1), first_application=True)
    office.case(S.RETURNED, title="C", due_date=today + timedelta(days=7), officer=office.second)
    Office(office.fund, other).case(title="D")

    assert seen(late="yes") == ["A"]
    assert seen(municipality="Laatzen") == ["A"]
    assert seen(state=S.RETURNED) == ["B", "C"]
    assert seen(due="over") == ["B"]
    assert seen(due="week") == ["C"]
    assert seen(due="none") == ["A", "D"]
    assert seen(first="yes") == ["B"]
    assert seen(officer=str(office.second.pk)) == ["C"]
    assert seen(round=str(other.pk)) == ["D"]
    assert seen(round=str(office.round.pk), state=S.RETURNED, due="week") == ["C"]


@pytest.mark.parametrize(
    "bad", [{"round": "x"}, {"state": "NONE"}, {"officer": "-1"}, {"page": "x"}, {"sort": "pk;--"}]
)
def test_nonsense_in_the_address_filters_nothing(office: Office, seen: Any, bad: dict[str, str]) -> None:
    office.case(title="A")

    assert seen(**bad) == ["A"]


@pytest.mark.parametrize("words", ["frauencafé", "FRAUENCAFE", "über café", "ueber", "Strasse", "STRAẞE", "verein öz"])
def test_search_knows_umlauts(office: Office, seen: Any, words: str) -> None:
    office.case(title="Frauencafé über der Straße", organisation=make_organisation(name="Verein Özgür"))
    office.case(title="Anderes")

    assert seen(q=words) == ["Frauencafé über der Straße"]


def test_search_finds_the_case_number(office: Office, seen: Any) -> None:
    case = office.case(title="A")
    office.case(title="B")

    assert seen(q=str(case.case_number).lower()) == ["A"]


def test_order(office: Office, seen: Any) -> None:
    now, today = clock.now(), clock.today()
    office.case(title="Öffentlich", requested_cents=100, submitted_at=now - timedelta(days=1), due_date=today)
    office.case(title="Offen", requested_cents=300, submitted_at=now - timedelta(days=3))
    office.case(S.ELIGIBLE, title="Zirkus", requested_cents=200, submitted_at=now - timedelta(days=2))

    assert seen() == ["Offen", "Zirkus", "Öffentlich"]
    assert seen(sort="-received") == ["Öffentlich", "Zirkus", "Offen"]
    assert seen(sort="title") == ["Öffentlich", "Offen", "Zirkus"]
    assert seen(sort="-amount") == ["Offen", "Zirkus", "Öffentlich"]
    assert seen(sort="state")[0] == "Zirkus"
    assert seen(sort="due")[0] == "Öffentlich"
    assert seen(sort="-due")[0] == "Öffentlich"


def test_pages_count_and_sum_are_of_all_rows(client: Client, office: Office) -> None:
    for _ in range(61):
        office.case(requested_cents=1_00)
    client.force_login(office.officer)
    first, second = client.get(LIST).context, client.get(LIST, {"page": "2"}).context

    assert (first["count"], first["sum_cents"]) == (61, 61_00)
    assert (len(first["rows"]), len(second["rows"])) == (60, 1)


# --- files ---------------------------------------------------------------------------------------------------

EVIL = ["=1+1", "+49", "-5", "@SUM(A1)", "\t=1", " =1"]


@pytest.mark.parametrize("text", EVIL)
def test_formulas_are_disarmed(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Chor", "1+1", "a=b", "Müller-Öz", "'=1"])
def test_other_texts_stay(text: str) -> None:
    assert harmless(text) == text


def test_a_csv_for_a_german_spreadsheet(client: Client, office: Office) -> None:
    office.case(title="=HYPERLINK(1)", requested_cents=123_456_78, organisation=make_organisation(name="@home; e. V."))
    office.case(S.ELIGIBLE, title="Chor")
    client.force_login(office.officer)
    response = client.get(LIST, {"format": "csv", "state": S.SUBMITTED})
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    head, *rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))

    assert text.startswith("\ufeff")
    assert len(head) == 13
    assert [row[1:3] + row[5:6] for row in rows] == [["'=HYPERLINK(1)", "'@home; e. V.", "123456,78"]]
    assert response["Content-Disposition"].startswith('attachment; filename="')


def test_a_workbook_holds_texts_amounts_and_days(client: Client, office: Office) -> None:
    case = office.case(title="=1+1", requested_cents=1_234_56, due_date=clock.today())
    client.force_login(office.auditor)
    response = client.get(LIST, {"format": "xlsx"})
    sheet: Any = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active  # type: ignore[attr-defined]
    row = [cell.value for cell in sheet[2]]

    assert (row[0], row[1], row[5]) == (case.case_number, "'=1+1", 1234.56)
    assert row[11].date() == case.due_date
    assert all(cell.data_type != "f" for cell in sheet[2])


def test_a_file_has_no_other_rows_than_the_list(client: Client, office: Office) -> None:
    make_office().case(title="Fremd")
    client.force_login(make_member(make_organisation()))

    assert client.get(LIST, {"format": "csv"}).status_code == 404


def test_pages_of_the_later_half_come_from_the_end_and_show_every_case_once(client: Client, office: Office) -> None:
    client.force_login(office.officer)
    titles = [f"Projekt {number:03}" for number in range(2 * PER_PAGE + 5)]
    for title in titles:
        office.case(title=title)

    pages = [client.get(LIST, {"sort": "title", "page": str(page)}).context["rows"] for page in (1, 2, 3)]

    assert [case.title for page in pages for case, _is_over in page] == titles
    assert [len(page) for page in pages] == [PER_PAGE, PER_PAGE, 5]


def test_the_menu_of_rounds_ends_and_keeps_the_one_chosen(client: Client, office: Office) -> None:
    client.force_login(office.officer)
    case = office.case(title="Alt")
    for number in range(ROUNDS_OFFERED):
        make_round(office.fund, opens_at=office.round.opens_at + timedelta(days=number + 1))

    short = client.get(LIST).context["filters"].fields["round"].choices
    chosen = client.get(LIST, {"round": str(office.round.pk)})

    assert (len(short), office.round.pk in dict(short)) == (ROUNDS_OFFERED + 1, False)
    assert [row.pk for row, _is_over in chosen.context["rows"]] == [case.pk]
    assert f'<option value="{office.round.pk}" selected>' in chosen.content.decode()
