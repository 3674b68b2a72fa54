from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts import actions, clock
from accounts import permissions as may
from accounts.exceptions import (
    AlreadyHeld,
    LostRace,
    NotPermitted,
    NotPossible,
    NotToOneself,
    Refused,
    RoleExcluded,
)
from accounts.models import AuditEntry, Deputy, Fund, FundRole, User
from accounts.states import Role
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


@pytest.fixture
def fund() -> Fund:
    return make.make_fund()


@pytest.fixture
def admin() -> User:
    return make.make_administrator()


def give(by: User, user: User, fund: Fund | None, role: str = Role.CASE_OFFICER, **more: Any) -> FundRole:
    return actions.give_role(by=by, user=user, fund=fund, role=role, **{"starts_on": clock.today()} | more)


# --- Giving and ending roles ---------------------------------------------------------------------------


def test_give_role(fund: Fund, admin: User) -> None:
    person = make.make_user()

    held = give(admin, person, fund, Role.SIGNATORY, limit_cents=100_00)

    assert (held.given_by, held.limit_cents) == (admin, 100_00)
    assert may.within_limit(person, fund.pk, Role.SIGNATORY, 100_00)
    line = AuditEntry.objects.get()
    assert (line.action, line.fund, line.actor) == ("give_role", fund, admin)
    assert line.data["role"] == "signatory"


def test_administrator_of_one_fund_gives_roles_there_only(fund: Fund) -> None:
    local = make.make_staff(fund, Role.ADMINISTRATOR)

    give(local, make.make_user(), fund)
    with pytest.raises(NotPermitted):
        give(local, make.make_user(), make.make_fund())
    with pytest.raises(NotPermitted):
        give(local, make.make_user(), None, Role.AUDITOR)


@pytest.mark.parametrize("role", [r for r in Role if r != Role.ADMINISTRATOR])
def test_nobody_but_administrators_gives_roles(fund: Fund, role: Role) -> None:
    with pytest.raises(NotPermitted):
        give(make.make_staff(fund, role), make.make_user(), fund)


def test_role_to_oneself_is_refused(fund: Fund, admin: User) -> None:
    with pytest.raises(NotToOneself):
        give(admin, admin, fund)


def test_role_held_already_is_refused(fund: Fund, admin: User) -> None:
    person = make.make_staff(fund, Role.CASE_OFFICER)

    with pytest.raises(AlreadyHeld):
        give(admin, person, fund)


@pytest.mark.parametrize(
    ("held", "wanted", "refused"),
    [
        (Role.CASE_OFFICER, Role.AUDITOR, True),
        (Role.AUDITOR, Role.CASE_OFFICER, True),
        (Role.ADMINISTRATOR, Role.AUDITOR, True),
        (Role.CASE_OFFICER, Role.SIGNATORY, False),
    ],
)
def test_exclusive_roles(fund: Fund, admin: User, held: Role, wanted: Role, refused: bool) -> None:
    person = make.make_staff(fund, held)

    if refused:
        with pytest.raises(RoleExcluded):
            give(admin, person, fund, wanted)
    else:
        give(admin, person, fund, wanted)
    assert person.fund_roles.count() == (1 if refused else 2)


def test_exclusive_role_after_the_last_day_of_the_other(fund: Fund, admin: User) -> None:
    person, today = make.make_user(), clock.today()
    make.give_role(person, fund, Role.CASE_OFFICER, ends_on=today)

    give(admin, person, fund, Role.AUDITOR, starts_on=today + timedelta(days=1))


def test_end_role(fund: Fund, admin: User) -> None:
    person = make.make_staff(fund, Role.CASE_OFFICER)
    held = person.fund_roles.get()

    actions.end_role(held=held, by=admin, reason="Wechsel")

    may.forget_roles(person)
    assert may.roles_of(person) == ()
    assert AuditEntry.objects.get().reason == "Wechsel"
    with pytest.raises(LostRace):
        actions.end_role(held=held, by=admin, reason="nochmal")


def test_own_role_is_not_ended_by_oneself(admin: User) -> None:
    with pytest.raises(NotToOneself):
        actions.end_role(held=admin.fund_roles.get(), by=admin, reason="weg")


def test_administrators_hold_no_right_in_a_case(fund: Fund, admin: User) -> None:
    for role in Role:
        assert may.has_role(admin, fund.pk, role) is (role == Role.ADMINISTRATOR)


# --- Deputies ------------------------------------------------------------------------------------------


def name(by: User, fund: Fund, principal: User, deputy: User) -> Deputy:
    today = clock.today()
    return actions.name_deputy(
        fund=fund, principal=principal, deputy=deputy, from_date=today, to_date=today + timedelta(days=7), by=by
    )


def test_name_and_end_a_deputy(fund: Fund, admin: User) -> None:
    principal, deputy = make.make_staff(fund, Role.SIGNATORY), make.make_staff(fund, Role.CASE_OFFICER)

    named = name(admin, fund, principal, deputy)

    assert may.has_role(deputy, fund.pk, Role.SIGNATORY)
    actions.end_deputy(named=named, by=admin)
    may.forget_roles(deputy)
    assert not may.has_role(deputy, fund.pk, Role.SIGNATORY)
    with pytest.raises(LostRace):
        actions.end_deputy(named=named, by=admin)


@pytest.mark.parametrize(
    ("principal", "deputy", "refusal"),
    [
        (Role.AUDITOR, Role.CASE_OFFICER, RoleExcluded),
        (Role.CASE_OFFICER, Role.AUDITOR, RoleExcluded),
        (None, Role.CASE_OFFICER, NotPossible),
    ],
)
def test_who_cannot_be_a_deputy(
    fund: Fund, admin: User, principal: Role | None, deputy: Role, refusal: type[Refused]
) -> None:
    away = make.make_staff(fund, principal) if principal else make.make_user()

    with pytest.raises(refusal):
        name(admin, fund, away, make.make_staff(fund, deputy))


def test_nobody_names_themselves(fund: Fund) -> None:
    local = make.make_staff(fund, Role.ADMINISTRATOR)

    with pytest.raises(NotToOneself):
        name(local, fund, make.make_staff(fund, Role.CASE_OFFICER), local)
    officer = make.make_staff(fund, Role.CASE_OFFICER)
    with pytest.raises(NotPermitted):
        name(officer, fund, officer, make.make_staff(fund, Role.CASE_OFFICER))


# --- Pages ---------------------------------------------------------------------------------------------


def test_give_and_end_a_role_through_the_pages(client: Client, fund: Fund, admin: User) -> None:
    person = make.make_user()
    client.force_login(admin)
    url = reverse("accounts:person", args=[person.pk])

    given = client.post(url, {"role": "finance_b", "fund": fund.pk, "starts_on": "01.01.2026", "limit": "1.000,00"})

    assert given.status_code == 302
    held = person.fund_roles.get()
    assert (held.limit_cents, held.starts_on.isoformat()) == (100_000, "2026-01-01")
    end = reverse("accounts:role_end", args=[held.pk])
    assert client.post(end, {"reason": ""}).status_code == 200
    assert client.post(end, {"reason": "Wechsel"}).status_code == 302
    assert client.post(end, {"reason": "Wechsel"}).status_code == 409


def test_end_of_a_role_says_who_goes_on(client: Client, fund: Fund, admin: User) -> None:
    leaves = make.make_staff(fund, Role.SIGNATORY)
    make.make_staff(make.make_fund(), Role.SIGNATORY)
    end = reverse("accounts:role_end", args=[leaves.fund_roles.get().pk])
    client.force_login(admin)

    assert "Danach hat niemand diese Rolle" in client.get(end).content.decode()
    stays = make.make_staff(fund, Role.SIGNATORY, full_name="Bleibt Da")
    page = client.get(end).content.decode()

    assert "Danach hat niemand diese Rolle" not in page
    assert f"nur noch: {stays}." in page
    assert "neu entworfen" in page


@pytest.mark.parametrize(
    "bad",
    [
        {"role": "king"}, {"fund": "0"}, {"fund": "all"}, {"starts_on": "gestern"}, {"ends_on": "31.12.2025"},
        {"limit": "5"}, {"limit": "1e9", "role": "signatory"}, {"role": "auditor"},
    ],
)  # fmt: skip
def test_bad_role_is_named(client: Client, fund: Fund, admin: User, bad: dict[str, str]) -> None:
    person = make.make_staff(fund, Role.COORDINATOR)
    client.force_login(admin)
    data = {"role": "case_officer", "fund": str(fund.pk), "starts_on": "01.01.2026"} | bad

    response = client.post(reverse("accounts:person", args=[person.pk]), data)

    assert response.status_code == 200
    assert "mt-summary" in response.content.decode()
    assert person.fund_roles.count() == 1


def test_own_roles_offer_no_form(client: Client, admin: User) -> None:
    client.force_login(admin)

    page = client.get(reverse("accounts:person", args=[admin.pk])).content.decode()

    assert 'name="role"' not in page
    assert client.post(reverse("accounts:role_end", args=[admin.fund_roles.get().pk])).status_code == 404


def test_people_are_found_by_name_without_accents(client: Client, fund: Fund, admin: User) -> None:
    make.make_user(full_name="Zoë Müller")
    make.make_user(full_name="Anton Schulz")
    client.force_login(admin)

    page = client.get(reverse("accounts:people"), {"q": "zoe mue"}).content.decode()

    assert "Zoë Müller" in page
    assert "Anton Schulz" not in page


def test_administrator_of_one_fund_sees_its_people_only(client: Client, fund: Fund) -> None:
    make.make_staff(fund, Role.CASE_OFFICER, full_name="Hier Drinnen")
    make.make_staff(make.make_fund(), Role.CASE_OFFICER, full_name="Dort Draußen")
    client.force_login(make.make_staff(fund, Role.ADMINISTRATOR))

    page = client.get(reverse("accounts:people")).content.decode()

    assert "Hier Drinnen" in page
    assert "Dort Draußen" not in page


def test_name_a_deputy_through_the_page(client: Client, fund: Fund, admin: User) -> None:
    one, two = make.make_staff(fund, Role.SIGNATORY), make.make_staff(fund, Role.CASE_OFFICER)
    client.force_login(admin)
    url = reverse("accounts:deputies")
    data = {"fund": fund.pk, "principal": one.pk, "deputy": two.pk, "from_date": "01.01.2026", "to_date": "31.12.2026"}

    assert client.post(url, data | {"deputy": one.pk}).status_code == 200
    assert client.post(url, data | {"to_date": "31.12.2025"}).status_code == 200
    assert client.post(url, data).status_code == 302
    named = Deputy.objects.get()
    end = reverse("accounts:deputy_end", args=[named.pk])
    assert client.post(end).status_code == 302
    assert client.post(end).status_code == 409


FUND = {
    "name": "Neuer Fonds", "slug": "neu", "authority": "Region", "street": "Weg 1", "postcode": "30159",
    "city": "Hannover", "case_prefix": "NEU", "court": "Verwaltungsgericht Hannover",
}  # fmt: skip


def test_create_and_edit_a_fund(client: Client, admin: User) -> None:
    client.force_login(admin)

    assert client.post(reverse("accounts:fund_create"), FUND).status_code == 302
    made = Fund.objects.get(slug="neu")
    url = reverse("accounts:fund", args=[made.pk])
    new = {"name": "Anders", "version": "1"}
    assert client.post(url, FUND | new).status_code == 302
    assert AuditEntry.objects.last().data == {  # type: ignore[union-attr]
        "name": ["Neuer Fonds", "Anders"],
    }


def test_old_page_of_a_fund_writes_nothing_back(client: Client, admin: User, fund: Fund) -> None:
    client.force_login(admin)
    url = reverse("accounts:fund", args=[fund.pk])
    assert client.post(url, FUND | {"phone": "0511 1", "version": "1"}).status_code == 302

    answer = client.post(url, FUND | {"phone": "", "office": "Zimmer 7", "version": "1"})

    assert (answer.status_code, "Zimmer 7" in answer.content.decode()) == (409, True)
    assert Fund.objects.get(pk=fund.pk).phone == "0511 1"
    assert client.post(url, FUND | {"office": "Zimmer 7", "version": "2"}).status_code == 302


@pytest.mark.parametrize("bad", [{"slug": "a b"}, {"name": ""}, {"slug": "da"}])
def test_bad_fund_is_named(client: Client, admin: User, bad: dict[str, str]) -> None:
    make.make_fund(slug="da")
    client.force_login(admin)

    response = client.post(reverse("accounts:fund_create"), FUND | bad)

    assert response.status_code == 200
    assert Fund.objects.count() == 1


def test_auditor_reads_people_roles_and_deputies_and_changes_nothing(client: Client, fund: Fund) -> None:
    staff, away = make.make_staff(fund, Role.CASE_OFFICER), make.make_staff(fund, Role.COORDINATOR)
    make.make_deputy(fund, principal=away, deputy=staff, named_by=make.make_administrator())
    auditor = make.make_auditor(fund)
    client.force_login(auditor)
    pages = [
        reverse("accounts:people"), reverse("accounts:person", args=[staff.pk]), reverse("accounts:deputies"),
    ]  # fmt: skip

    shown = [client.get(page).content.decode() for page in pages]

    assert all(staff.full_name in page for page in shown)
    pressed = ('name="role"', 'name="principal"', "/end/")
    assert [word for page in shown for word in pressed if word in page] == []
    assert [client.post(page, {}).status_code for page in pages] == [405, 404, 404]
    assert client.get(reverse("accounts:funds")).status_code == 404


# --- The first administrator ---------------------------------------------------------------------------


def test_first_administrator_gets_a_link_and_is_made_once(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_admin", email="Chefin@example.org", name="Chefin", link=True)

    admin = User.objects.get(email="chefin@example.org")
    assert may.administers_all(admin)
    link = capsys.readouterr().out.rpartition("http://testserver")[2].strip()
    page = client.get(link, follow=True)
    assert page.status_code == 200
    done = client.post(
        page.redirect_chain[-1][0], {"password1": "ein-gutes-Kennwort", "password2": "ein-gutes-Kennwort"}
    )
    assert done.status_code == 302
    assert client.login(email="chefin@example.org", password="ein-gutes-Kennwort")
    with pytest.raises(CommandError):
        call_command("create_admin", email="zweite@example.org", name="Zweite", link=True)
    assert User.objects.count() == 1


def test_first_administrator_needs_an_address() -> None:
    with pytest.raises(CommandError):
        call_command("create_admin", email="keine", name="X", link=True)
