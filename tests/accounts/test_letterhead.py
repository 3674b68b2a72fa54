"""The authority's own data: each change holds from a day and is kept, and letters take what holds on their date."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts import audit, clock, letterhead
from accounts.actions import bring_letterhead_into_force, edit_fund
from accounts.exceptions import DayIsPast, LostRace, NotPermitted
from accounts.models import Fund, LetterheadChange, User
from accounts.states import Role
from grants.tasks import sweep
from payments.terms import remedy_of
from tests.factories import make_administrator, make_fund, make_round, make_staff
from tests.payments import chain

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def day() -> Any:
    with clock.hold(datetime(2026, 11, 23, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def fund() -> Fund:
    return make_fund(phone="0511 1", authority="Region Hannover")


@pytest.fixture
def admin() -> User:
    return make_administrator()


def edit(fund: Fund, by: User, day: date | None = None, **fields: str) -> Fund:
    fresh = Fund.objects.get(pk=fund.pk)
    return edit_fund(fund=fresh, by=by, fields=fields, seen_version=fresh.version, valid_from=day)


def phones(fund: Fund, *days: date) -> list[str]:
    return [letterhead.on(Fund.objects.get(pk=fund.pk), day).phone for day in days]


def test_what_is_changed_today_holds_today_and_yesterday_is_kept(fund: Fund, admin: User) -> None:
    edit(fund, admin, phone="0511 2")

    assert Fund.objects.get(pk=fund.pk).phone == "0511 2"
    assert phones(fund, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1)) == ["0511 1", "0511 2", "0511 2"]


def test_what_is_planned_holds_from_its_day_on(fund: Fund, admin: User) -> None:
    january = date(2027, 1, 1)
    edit(fund, admin, january, phone="0511 9", name="Fonds der Vielfalt")

    shown = Fund.objects.get(pk=fund.pk)
    # The name is no part of the letterhead: it changes at once.
    assert (shown.phone, shown.name) == ("0511 1", "Fonds der Vielfalt")
    assert phones(fund, TODAY, date(2026, 12, 31), january) == ["0511 1", "0511 1", "0511 9"]
    assert audit.history(fund).filter(action="plan_letterhead").get().data == {
        "valid_from": "2027-01-01", "phone": ["0511 1", "0511 9"],
    }  # fmt: skip


def test_changes_of_different_days_meet(fund: Fund, admin: User) -> None:
    january, march = date(2027, 1, 1), date(2027, 3, 1)
    edit(fund, admin, march, phone="3", city="Laatzen")
    edit(fund, admin, phone="2")
    edit(fund, admin, january, street="Neue Straße 1")

    def head(day: date) -> tuple[str, str, str]:
        found = letterhead.on(Fund.objects.get(pk=fund.pk), day)
        return found.phone, found.street, found.city

    assert head(TODAY - timedelta(days=1)) == ("0511 1", "Hildesheimer Straße 20", "Hannover")
    assert head(TODAY) == ("2", "Hildesheimer Straße 20", "Hannover")
    assert head(january) == ("2", "Neue Straße 1", "Hannover")
    assert head(march) == ("3", "Neue Straße 1", "Laatzen")


def test_the_scheduler_brings_what_was_planned_into_force(fund: Fund, admin: User) -> None:
    edit(fund, admin, date(2027, 1, 1), phone="9")
    sweep()
    assert Fund.objects.get(pk=fund.pk).phone == "0511 1"

    # Midnight in Hannover is eleven in the evening of the day before in UTC.
    with clock.hold(datetime(2026, 12, 31, 23, 5, tzinfo=UTC)):
        assert phones(fund, clock.today()) == ["9"]
        sweep()
        shown = Fund.objects.get(pk=fund.pk)
        assert (shown.phone, shown.version) == ("9", 2)
        assert not bring_letterhead_into_force(fund=shown)
    assert audit.history(fund).filter(action="letterhead_in_force").get().data == {"fields": ["phone"]}


def test_letters_take_what_holds_on_their_date(admin: User) -> None:
    case = chain.make_case()
    fund = case.office.fund
    edit(fund, admin, authority="Landeshauptstadt Hannover", closing="In Vertretung", remedy_text="Klage beim VG.")
    letter = chain.released(case)

    assert letter.document.data["sender"]["authority"] == "Landeshauptstadt Hannover"
    assert letter.document.data["sender"]["closing"] == "In Vertretung"
    assert letter.document.data["remedy"] == "Klage beim VG."
    edit(fund, admin, authority="Region Hannover")
    letter.document.refresh_from_db()
    assert letter.document.data["sender"]["authority"] == "Landeshauptstadt Hannover"


def test_the_round_s_own_remedy_goes_before_the_fund_s() -> None:
    fund = make_fund(remedy_text="Vom Fonds.")

    assert remedy_of(make_round(fund, remedy_text="Von der Runde."), fund) == "Von der Runde."
    assert remedy_of(make_round(fund), fund) == "Vom Fonds."


def test_no_day_of_the_past_and_no_old_page(fund: Fund, admin: User) -> None:
    with pytest.raises(DayIsPast):
        edit(fund, admin, TODAY - timedelta(days=1), phone="2")
    edit(fund, admin, phone="2")
    with pytest.raises(LostRace):
        edit_fund(fund=fund, by=admin, fields={"phone": "3"}, seen_version=1)
    with pytest.raises(NotPermitted):
        edit(fund, make_staff(fund, Role.HEAD_OF_UNIT), phone="3")
    assert LetterheadChange.objects.count() == 1


def test_the_database_keeps_every_change(fund: Fund, admin: User) -> None:
    edit(fund, admin, phone="2")
    made = LetterheadChange.objects.all()

    with pytest.raises(IntegrityError), transaction.atomic():
        made.update(values={})
    with pytest.raises(IntegrityError), transaction.atomic():
        made.delete()


@pytest.mark.once
def test_the_page_plans_a_change_and_shows_what_is_kept(client: Client, fund: Fund, admin: User) -> None:
    client.force_login(admin)
    link = reverse("accounts:fund", args=[fund.pk])
    form = client.get(link).context["form"]
    sent = {field.html_name: field.value() or "" for field in form} | {"version": "1"}
    past = client.post(link, sent | {"phone": "9", "valid_from": "22.11.2026"})
    assert list(past.context["form"].errors) == ["valid_from"]
    assert 'value="9"' in past.content.decode()

    assert client.post(link, sent | {"phone": "9", "valid_from": "01.01.2027"}).status_code == 302

    shown = client.get(link).content.decode()
    assert "01.01.2027" in shown
    assert "<s>0511 1</s> → 9" in shown
    assert Fund.objects.get(pk=fund.pk).phone == "0511 1"
