import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts import permissions as may
from accounts.exceptions import AlreadyMember, LinkInvalid, LostRace, NotPermitted, NotToOneself, RoleExcluded
from accounts.models import Fund, Membership, Organisation, User
from accounts.states import MemberRole, Role
from notifications.actions import invitations as actions
from notifications.exceptions import TooManyInvitations
from notifications.models import Invitation, Notice
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]

JOIN = {"full_name": "Neue Kollegin", "password": "ein-gutes-Kennwort", "language": "de"}


@pytest.fixture
def fund() -> Fund:
    return make.make_fund()


@pytest.fixture
def admin() -> User:
    return make.make_administrator()


def invite(admin: User, fund: Fund | None, email: str = "neu@example.org", role: str = Role.CASE_OFFICER) -> str:
    actions.invite_staff(by=admin, email=email, full_name="Neue Kollegin", fund=fund, role=role)
    return token()


def token() -> str:
    notice = Notice.objects.filter(code="INVITE").order_by("-pk").first()
    assert notice is not None
    found = re.search(r"/invitations/([^/\s]+)/", notice.body)
    assert found is not None
    return found.group(1)


def test_new_person_sets_a_password_and_holds_the_role(client: Client, fund: Fund, admin: User) -> None:
    url = reverse("notifications:invitation", args=[invite(admin, fund)])

    assert client.get(url).status_code == 200
    assert client.post(url, JOIN | {"password": "kurz"}).status_code == 200
    assert User.objects.filter(email="neu@example.org").count() == 0
    assert client.post(url, JOIN).status_code == 302

    joined = User.objects.get(email="neu@example.org")
    assert may.has_role(joined, fund.pk, Role.CASE_OFFICER)
    assert joined.fund_roles.get().given_by == admin
    assert client.get(reverse("accounts:profile")).status_code == 200
    assert Client().login(email=joined.email, password=JOIN["password"])
    assert Client().get(url).status_code == 404


def test_mail_greets_by_name_and_says_the_role(fund: Fund, admin: User) -> None:
    invite(admin, fund)
    make.make_user("da@example.org", full_name="Ist Da", language="en")
    invite(admin, fund, "da@example.org")
    owner = make.make_member(make.make_organisation())
    actions.invite_member(
        by=owner, email="dritt@example.org", organisation=owner.memberships.get().organisation, role=MemberRole.EDITOR
    )  # fmt: skip

    mails = {notice.email: notice.body for notice in Notice.objects.filter(code="INVITE")}

    assert "Guten Tag Neue Kollegin,\n" in mails["neu@example.org"]
    assert "Ihre Rolle: Sachbearbeitung." in mails["neu@example.org"]
    assert "Good day Ist Da,\n" in mails["da@example.org"]
    assert "Your role: Case officer." in mails["da@example.org"]
    assert mails["dritt@example.org"].startswith("Guten Tag,\n")


def test_known_person_signs_in_and_accepts(client: Client, fund: Fund, admin: User) -> None:
    known = make.make_user("neu@example.org")
    url = reverse("notifications:invitation", args=[invite(admin, fund)])

    page = client.get(url).content.decode()
    assert 'name="password"' not in page
    assert client.post(url, JOIN).status_code == 200
    client.force_login(known)
    assert client.get(url).status_code == 200
    assert client.post(url).status_code == 302

    assert may.has_role(known, fund.pk, Role.CASE_OFFICER)


def test_another_persons_invitation_is_not_accepted(client: Client, fund: Fund, admin: User) -> None:
    other = make.make_user()
    link = invite(admin, fund)
    client.force_login(other)

    assert client.post(reverse("notifications:invitation", args=[link])).status_code == 200
    assert other.fund_roles.count() == 0
    with pytest.raises(NotPermitted):
        actions.accept(token=link, by=other)


def test_link_ends_after_fourteen_days_and_when_withdrawn(fund: Fund, admin: User) -> None:
    first = invite(admin, fund)
    clock.freeze(clock.now() + timedelta(days=14))
    with pytest.raises(LinkInvalid):
        actions.find(first)

    second = invite(admin, fund)
    invitation = actions.find(second)
    actions.revoke(invitation=invitation, by=admin)
    with pytest.raises(LinkInvalid):
        actions.find(second)
    with pytest.raises(LostRace):
        actions.revoke(invitation=invitation, by=admin)


def test_a_newer_link_replaces_the_older(fund: Fund, admin: User) -> None:
    first = invite(admin, fund)
    second = invite(admin, fund)

    assert actions.find(second).email == "neu@example.org"
    with pytest.raises(LinkInvalid):
        actions.find(first)


def test_invitation_of_somebody_who_lost_the_right_gives_nothing(fund: Fund, admin: User) -> None:
    link = invite(admin, fund)
    admin.fund_roles.update(ended_at=clock.now(), ended_by=make.make_user())

    with pytest.raises(LinkInvalid):
        actions.accept_as_new(token=link, full_name="X", password="p", language="de")
    assert User.objects.filter(email="neu@example.org").count() == 0


def test_exclusive_role_is_refused_when_accepting(client: Client, fund: Fund, admin: User) -> None:
    auditor = make.make_auditor(email="neu@example.org")
    link = invite(admin, fund)

    with pytest.raises(RoleExcluded):
        actions.accept(token=link, by=auditor)
    client.force_login(auditor)
    assert client.post(reverse("notifications:invitation", args=[link])).status_code == 409


def test_only_the_hash_of_a_link_is_kept(fund: Fund, admin: User) -> None:
    link = invite(admin, fund)

    assert link not in str(Invitation.objects.values().get())
    notice = Notice.objects.get()
    assert (notice.link, notice.erase_body) == ("", True)


def test_who_invites_staff(fund: Fund, admin: User) -> None:
    local = make.make_staff(fund, Role.ADMINISTRATOR)

    invite(local, fund)
    for by, where in ((local, None), (local, make.make_fund()), (make.make_staff(fund, Role.COORDINATOR), fund)):
        with pytest.raises(NotPermitted):
            invite(by, where)
    with pytest.raises(NotToOneself):
        invite(admin, fund, email=admin.email.upper())


# --- Organisations -------------------------------------------------------------------------------------


def test_member_joins_by_link(client: Client) -> None:
    organisation = make.make_organisation()
    owner = make.make_member(organisation)
    client.force_login(owner)
    url = reverse("notifications:member_invitations", args=[organisation.pk])

    assert client.post(url, {"email": "kein", "role": "editor"}).status_code == 200
    assert client.post(url, {"email": "neu@example.org", "role": "editor"}).status_code == 302
    joined = Client().post(reverse("notifications:invitation", args=[token()]), JOIN)

    assert joined.headers["Location"] == reverse("accounts:organisation", args=[organisation.pk])
    member = User.objects.get(email="neu@example.org").memberships.get()
    assert (member.role, member.represents) == (MemberRole.EDITOR, False)
    again = client.post(url, {"email": "neu@example.org", "role": "reader"})
    assert again.status_code == 200
    assert "neu@example.org" in client.get(url).content.decode()


@pytest.mark.parametrize("role", [MemberRole.EDITOR, MemberRole.READER])
def test_only_owners_invite(role: str) -> None:
    organisation = make.make_organisation()
    owner, person = make.make_member(organisation), make.make_member(organisation, role)

    with pytest.raises(NotPermitted):
        actions.invite_member(by=person, organisation=organisation, email="x@example.org", role=MemberRole.READER)
    with pytest.raises(AlreadyMember):
        actions.invite_member(by=owner, organisation=organisation, email=person.email, role=MemberRole.READER)


# --- Pages ---------------------------------------------------------------------------------------------


def test_invite_and_withdraw_staff_through_the_pages(client: Client, fund: Fund, admin: User) -> None:
    client.force_login(admin)
    url = reverse("notifications:staff_invitations")
    data = {"email": "neu@example.org", "role": "signatory", "fund": fund.pk, "limit": "5.000,00"}

    assert client.post(url, data | {"role": "case_officer"}).status_code == 200
    assert client.post(url, data | {"email": admin.email}).status_code == 200
    assert client.post(url, data).status_code == 302
    sent = Invitation.objects.get()
    assert (sent.role, sent.limit_cents) == ("signatory", 500_000)
    withdraw = reverse("notifications:invitation_revoke", args=[sent.pk])
    assert client.get(withdraw).status_code == 405
    assert client.post(withdraw).status_code == 302
    assert client.post(withdraw).status_code == 409
    client.force_login(make.make_user())
    assert client.post(withdraw).status_code == 404
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("link", ["x", "x" * 200, "../..", "%00"])
def test_unknown_link(client: Client, link: str) -> None:
    assert client.get(f"/invitations/{link}/").status_code == 404


# --- Not a way to send mails to strangers --------------------------------------------------------------


def ask(owner: User, organisation: Organisation, *addresses: str) -> None:
    for address in addresses:
        actions.invite_member(by=owner, organisation=organisation, email=address, role=MemberRole.READER)


def test_ten_open_invitations_are_enough(client: Client) -> None:
    organisation = make.make_organisation()
    owner = make.make_member(organisation)
    ask(owner, organisation, *(f"gast{number}@example.org" for number in range(10)))
    client.force_login(owner)
    url = reverse("notifications:member_invitations", args=[organisation.pk])

    answer = client.post(url, {"email": "gast10@example.org", "role": MemberRole.READER})

    assert answer.status_code == 200
    assert "10 Einladungen Ihrer Organisation sind offen" in answer.content.decode()
    assert "gast10@example.org" in answer.content.decode()
    assert Notice.objects.filter(code="INVITE").count() == 10
    # The same person again takes no further place; one withdrawn makes room.
    ask(owner, organisation, "gast3@example.org")
    actions.revoke(invitation=Invitation.objects.get(email="gast0@example.org"), by=owner)
    ask(owner, organisation, "gast10@example.org")


def test_an_expired_invitation_is_not_open() -> None:
    organisation = make.make_organisation()
    owner = make.make_member(organisation)
    ask(owner, organisation, *(f"gast{number}@example.org" for number in range(10)))
    Invitation.objects.update(expires_at=clock.now(), invited_at=clock.now() - timedelta(days=14))

    ask(owner, organisation, "gast10@example.org")


def test_twenty_a_day_and_person_over_all_organisations() -> None:
    owner = make.make_user()
    organisations = [make.make_organisation() for _number in range(3)]
    for number, organisation in enumerate(organisations):
        Membership.objects.create(organisation=organisation, user=owner, role=MemberRole.OWNER)
        if number < 2:
            ask(owner, organisation, *(f"gast{guest}@example.org" for guest in range(10)))

    with pytest.raises(TooManyInvitations, match="20"):
        ask(owner, organisations[2], "gast@example.org")

    Invitation.objects.filter(organisation=organisations[0]).update(invited_at=clock.now() - timedelta(days=1))
    ask(owner, organisations[2], "gast@example.org")
