"""Handing an organisation over: one act, told to both."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions as people
from accounts.exceptions import LostRace, NotPermitted
from accounts.models import AuditEntry, Membership, User
from accounts.states import MemberRole
from notifications.actions import handovers as actions
from notifications.models import Notice
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


def membership(user: User) -> Membership:
    return user.memberships.get()


@pytest.mark.parametrize(("stay", "left"), [("", True), (MemberRole.EDITOR, False), (MemberRole.READER, False)])
def test_handing_over_is_one_act(stay: str, left: bool) -> None:
    organisation = make.make_organisation()
    old, new = make.make_member(organisation), make.make_member(organisation, MemberRole.READER)

    actions.hand_over(organisation=organisation, by=old, to=membership(new), stay=stay)

    heir, own = membership(new), membership(old)
    assert (heir.role, heir.represents, heir.ended_at) == (MemberRole.OWNER, True, None)
    assert (own.represents, own.ended_at is not None) == (False, left)
    assert left or own.role == stay
    line = AuditEntry.objects.get()
    assert (line.action, line.data) == ("hand_over", {"person": str(new), "role": stay})
    page = reverse("accounts:organisation", args=[organisation.pk])
    told = Notice.objects.order_by("pk").values_list("code", "user", "link")
    assert list(told) == [("HANDOVER", old.pk, "" if left else page), ("HANDOVER", new.pk, page)]
    for notice in Notice.objects.all():
        assert all(name in notice.subject + notice.body for name in (str(old), str(new), organisation.name))


def test_only_who_represents_hands_over_and_not_to_oneself() -> None:
    organisation = make.make_organisation()
    owner, plain = make.make_member(organisation), make.make_member(organisation, represents=False)

    with pytest.raises(NotPermitted):
        actions.hand_over(organisation=organisation, by=plain, to=membership(plain))
    with pytest.raises(NotPermitted):
        actions.hand_over(organisation=organisation, by=plain, to=membership(owner))
    with pytest.raises(NotPermitted):
        actions.hand_over(organisation=organisation, by=owner, to=membership(owner))


def test_nobody_hands_over_to_who_has_left_or_belongs_elsewhere() -> None:
    organisation = make.make_organisation()
    owner, gone = make.make_member(organisation), make.make_member(organisation)
    people.end_membership(membership=membership(gone), by=gone)
    stranger = make.make_member(make.make_organisation())
    closed = make.make_member(organisation, is_active=False)

    for heir in (gone, stranger, closed):
        with pytest.raises(LostRace):
            actions.hand_over(organisation=organisation, by=owner, to=membership(heir))
    assert membership(owner).represents


def test_hand_over_page(client: Client) -> None:
    organisation = make.make_organisation()
    owner = make.make_member(organisation)
    client.force_login(owner)
    url = reverse("notifications:hand_over", args=[organisation.pk])
    invite = reverse("notifications:member_invitations", args=[organisation.pk])
    assert invite in client.get(url).content.decode()
    heir = make.make_member(organisation, MemberRole.EDITOR)

    assert client.post(url, {"to": membership(owner).pk}).status_code == 200
    answer = client.post(url, {"to": membership(heir).pk, "stay": ""})

    assert answer.headers["Location"] == reverse("home")
    assert membership(heir).represents
    assert client.get(url).status_code == 404
