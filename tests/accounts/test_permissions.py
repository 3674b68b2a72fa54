from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError
from pytest_django.asserts import assertNumQueries

from accounts import clock
from accounts import permissions as may
from accounts.models import SYSTEM, Deputy, Fund, FundRole, User
from accounts.states import ALL_FUNDS_ROLES, MemberRole, Role
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def fund() -> Fund:
    return make.make_fund()


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [(0, None, True), (1, None, False), (-5, 0, True), (-5, -1, False), (-5, 5, True)],
)
def test_role_holds_from_its_first_to_its_last_day(fund: Fund, starts: int, ends: int | None, holds: bool) -> None:
    today, user = clock.today(), make.make_user()
    make.give_role(
        user,
        fund,
        Role.CASE_OFFICER,
        starts_on=today + timedelta(days=starts),
        ends_on=None if ends is None else today + timedelta(days=ends),
    )

    assert may.has_role(user, fund.pk, Role.CASE_OFFICER) is holds


def test_role_ends_at_midnight_in_berlin(fund: Fund) -> None:
    last = clock.today()
    user = make.make_user()
    make.give_role(user, fund, Role.CASE_OFFICER, ends_on=last)

    clock.freeze(datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=clock.BERLIN))
    assert may.has_role(fresh(user), fund.pk, Role.CASE_OFFICER)
    clock.freeze(datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=clock.BERLIN) + timedelta(seconds=1))
    assert not may.has_role(fresh(user), fund.pk, Role.CASE_OFFICER)


def test_role_holds_for_its_own_fund_only(fund: Fund) -> None:
    user = make.make_staff(fund, Role.SIGNATORY)
    other = make.make_fund()

    assert may.has_role(user, fund.pk, Role.SIGNATORY)
    assert not may.has_role(user, other.pk, Role.SIGNATORY)
    assert not may.has_role(user, None, Role.SIGNATORY)
    assert not may.has_role(user, fund.pk, Role.CASE_OFFICER)
    assert may.fund_ids(user, Role.SIGNATORY) == {fund.pk}
    assert may.fund_ids(user, Role.CASE_OFFICER) == set()


@pytest.mark.parametrize("role", ALL_FUNDS_ROLES)
def test_role_for_all_funds(fund: Fund, role: Role) -> None:
    user = make.make_user()
    make.give_role(user, None, role)

    assert may.has_role(user, fund.pk, role)
    assert may.has_role(user, None, role)
    assert may.fund_ids(user, role) is None


def test_nobody_else_holds_roles(fund: Fund) -> None:
    gone = make.make_staff(fund, Role.CASE_OFFICER, is_active=False)

    assert may.roles_of(gone) == ()
    assert may.roles_of(SYSTEM) == ()
    assert may.is_system(fund, SYSTEM)
    assert not may.is_system(fund, make.make_user())


@pytest.mark.parametrize(
    ("limit", "amount", "allowed"), [(None, 10**9, True), (100, 100, True), (100, 101, False), (100, 0, True)]
)
def test_amount_limit(fund: Fund, limit: int | None, amount: int, allowed: bool) -> None:
    user = make.make_staff(fund, Role.SIGNATORY, limit_cents=limit)

    assert may.within_limit(user, fund.pk, Role.SIGNATORY, amount) is allowed
    assert not may.within_limit(user, fund.pk, Role.FINANCE_B, amount)


def test_roles_are_asked_once_and_again_after_forgetting(fund: Fund) -> None:
    user = make.make_staff(fund, Role.CASE_OFFICER)

    with assertNumQueries(2):
        for _ in range(20):
            assert may.has_role(user, fund.pk, Role.CASE_OFFICER)
    FundRole.objects.update(ended_at=clock.now(), ended_by=make.make_user())
    assert may.has_role(user, fund.pk, Role.CASE_OFFICER)
    may.forget_roles(user)
    assert not may.has_role(user, fund.pk, Role.CASE_OFFICER)


def test_roles_of_several_people_are_read_together(fund: Fund) -> None:
    officer, auditor = make.make_staff(fund, Role.CASE_OFFICER), make.make_auditor(fund)
    nobody, deputy = make.make_user(), make.make_staff(fund, Role.MAIL_ROOM)
    for person in (deputy, auditor):
        make.make_deputy(fund, principal=officer, deputy=person, named_by=officer)

    with assertNumQueries(2):
        may.know_roles([officer, auditor, nobody, deputy])
        held = {p.pk: [(h.role, h.principal_id) for h in may.roles_of(p)] for p in (officer, auditor, nobody, deputy)}
    assert held == {
        officer.pk: [(Role.CASE_OFFICER, None)],
        auditor.pk: [(Role.AUDITOR, None)],
        nobody.pk: [],
        deputy.pk: [(Role.CASE_OFFICER, officer.pk), (Role.MAIL_ROOM, None)],
    }


# --- Deputies ------------------------------------------------------------------------------------------


def test_deputy_holds_the_roles_of_the_principal_in_that_fund(fund: Fund) -> None:
    other = make.make_fund()
    principal = make.make_staff(fund, Role.SIGNATORY, limit_cents=500)
    make.give_role(principal, other, Role.SIGNATORY)
    deputy = make.make_user()
    make.make_deputy(fund, principal=principal, deputy=deputy, named_by=principal)

    assert may.roles_of(deputy) == (may.Held(fund.pk, Role.SIGNATORY, 500, principal.pk),)
    assert may.principal_of(deputy, fund.pk, Role.SIGNATORY) == principal.pk
    assert may.within_limit(deputy, fund.pk, Role.SIGNATORY, 500)
    assert not may.within_limit(deputy, fund.pk, Role.SIGNATORY, 501)


@pytest.mark.parametrize(("first", "last", "stands_in"), [(-1, 0, True), (0, 1, True), (1, 2, False), (-2, -1, False)])
def test_deputy_stands_in_on_the_named_days(fund: Fund, first: int, last: int, stands_in: bool) -> None:
    today, deputy = clock.today(), make.make_user()
    principal = make.make_staff(fund, Role.CASE_OFFICER)
    make.make_deputy(
        fund,
        principal=principal,
        deputy=deputy,
        named_by=principal,
        from_date=today + timedelta(days=first),
        to_date=today + timedelta(days=last),
    )

    assert may.has_role(deputy, fund.pk, Role.CASE_OFFICER) is stands_in


def test_deputy_of_somebody_who_left_or_whose_naming_ended_holds_nothing(fund: Fund) -> None:
    left = make.make_staff(fund, Role.CASE_OFFICER, is_active=False)
    stays = make.make_staff(fund, Role.CASE_OFFICER)
    deputy = make.make_user()
    make.make_deputy(fund, principal=left, deputy=deputy, named_by=stays)
    make.make_deputy(fund, principal=stays, deputy=deputy, named_by=stays, ended_at=clock.now())

    assert may.roles_of(deputy) == ()


def test_deputy_never_inherits_an_exclusive_role_nor_a_deputyship(fund: Fund) -> None:
    auditor = make.make_auditor(fund)
    officer, middle, last = make.make_staff(fund, Role.CASE_OFFICER), make.make_user(), make.make_user()
    make.make_deputy(fund, principal=auditor, deputy=last, named_by=officer)
    make.make_deputy(fund, principal=officer, deputy=middle, named_by=officer)
    make.make_deputy(fund, principal=middle, deputy=last, named_by=officer)

    assert may.roles_of(last) == ()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_auditors_and_administrators_get_nothing_by_standing_in(fund: Fund, role: Role) -> None:
    officer, exclusive = make.make_staff(fund, Role.CASE_OFFICER), make.make_user()
    make.give_role(exclusive, fund, role)
    make.make_deputy(fund, principal=officer, deputy=exclusive, named_by=officer)

    assert [held.role for held in may.roles_of(exclusive)] == [role]


# --- What the database refuses -------------------------------------------------------------------------


def test_nobody_gives_a_role_to_oneself(fund: Fund) -> None:
    user = make.make_user()

    with pytest.raises(IntegrityError), transaction.atomic():
        make.give_role(user, fund, Role.CASE_OFFICER, given_by=user)


@pytest.mark.parametrize("role", [r for r in Role if r not in ALL_FUNDS_ROLES])
def test_only_auditor_and_administrator_hold_for_all_funds(role: Role) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.give_role(make.make_user(), None, role)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Role.AUDITOR, Role.CASE_OFFICER),
        (Role.FINANCE_A, Role.ADMINISTRATOR),
        (Role.AUDITOR, Role.ADMINISTRATOR),
    ],
)
def test_exclusive_roles_exclude_each_other(fund: Fund, first: Role, second: Role) -> None:
    user = make.make_user()
    make.give_role(user, fund, first)

    with pytest.raises(DatabaseError), transaction.atomic():
        make.give_role(user, make.make_fund(), second)


def test_exclusive_role_after_the_other_has_ended(fund: Fund) -> None:
    today, user = clock.today(), make.make_user()
    make.give_role(user, fund, Role.CASE_OFFICER, ends_on=today)

    make.give_role(user, fund, Role.AUDITOR, starts_on=today + timedelta(days=1))

    assert may.has_role(user, fund.pk, Role.CASE_OFFICER)
    assert not may.has_role(user, fund.pk, Role.AUDITOR)


def test_a_given_role_is_never_edited(fund: Fund) -> None:
    held = make.give_role(make.make_user(), fund, Role.SIGNATORY, limit_cents=100)

    for change in ({"limit_cents": 10**9}, {"role": Role.FINANCE_B}, {"ends_on": clock.today()}):
        with pytest.raises(DatabaseError), transaction.atomic():
            FundRole.objects.filter(pk=held.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        held.delete()


def test_nobody_is_their_own_deputy(fund: Fund) -> None:
    user = make.make_user()

    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_deputy(fund, principal=user, deputy=user, named_by=make.make_user())
    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_deputy(fund, principal=make.make_user(), deputy=user, named_by=user)
    assert Deputy.objects.count() == 0


# --- Organisations -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "represents", "edits", "binds", "is_owner"),
    [
        (MemberRole.OWNER, True, True, True, True),
        (MemberRole.OWNER, False, True, False, True),
        (MemberRole.EDITOR, False, True, False, False),
        (MemberRole.READER, False, False, False, False),
    ],
)
def test_what_a_member_may(role: str, represents: bool, edits: bool, binds: bool, is_owner: bool) -> None:
    mine, other = make.make_organisation(), make.make_organisation()
    person = make.make_member(mine, role, represents=represents)

    assert may.is_member(person, mine.pk)
    assert may.may_edit_for(person, mine.pk) is edits
    assert may.may_bind(person, mine.pk) is binds
    assert may.owns(mine, person) is is_owner
    assert not may.is_member(person, other.pk)
    assert not may.is_member(person, None)
    assert not may.may_edit_for(person, other.pk)
    assert not may.may_bind(person, other.pk)
    assert not may.owns(other, person)


def test_former_member_may_nothing() -> None:
    organisation = make.make_organisation()
    person = make.make_member(organisation)
    person.memberships.update(ended_at=clock.now())

    assert not may.is_member(person, organisation.pk)
    assert not may.is_member(SYSTEM, organisation.pk)


@pytest.mark.parametrize("role", [MemberRole.EDITOR, MemberRole.READER])
def test_only_owners_represent(role: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_member(make.make_organisation(), role, represents=True)
