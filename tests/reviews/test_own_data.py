"""Everything kept about oneself, as data and to read; and the end of one's own account."""

import io
import json
from datetime import date
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts import clock
from accounts.exceptions import LastRepresentative, NotPossible
from accounts.models import AuditEntry, Membership, User
from accounts.states import MemberRole, Role
from grants.models import Application, OrganisationDocument
from grants.states import ApplicationState as S
from grants.states import MessageSide
from reviews.actions import leaving
from tests import factories as make
from tests.grants.factories import make_sendable
from tests.grants.office_world import make_office
from tests.grants.test_messages import asks

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


def exported(client: Client, user: User) -> dict[str, Any]:
    client.force_login(user)
    answer = client.get(reverse("reviews:own_data"))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    found: dict[str, Any] = json.loads(answer.content)
    return found


def text_of(client: Client, user: User) -> str:
    client.force_login(user)
    answer = client.get(reverse("reviews:own_data_sheet"))
    pages = PdfReader(io.BytesIO(b"".join(answer))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


# --- Export -------------------------------------------------------------------------------------------------


def test_export_holds_ones_own_data_only(client: Client) -> None:
    fund, organisation = make.make_fund(), make.make_organisation()
    user, stranger = make.make_member(organisation), make.make_user()
    make.give_role(user, fund, Role.COORDINATOR)
    make.make_application(title="Ein fremder Antrag", by=stranger)

    data = exported(client, user)

    assert data["person"]["email"] == user.email
    assert [m["organisation"] for m in data["memberships"]] == [organisation.name]
    assert [r["role"] for r in data["roles"]] == ["coordinator"]
    assert stranger.email not in json.dumps(data)
    assert "Ein fremder Antrag" not in json.dumps(data)


def test_export_holds_drafts_cases_files_and_messages(client: Client) -> None:
    office = make_office()
    case = office.case(title="Begegnungscafé")
    draft = make_sendable(organisation=case.organisation, by=case.created_by, title="Noch ein Entwurf")
    asks(case, "Dürfen wir später beginnen?")

    found = {row["title"]: row for row in exported(client, case.created_by)["applications"]}

    sent, begun = found["Begegnungscafé"], found["Noch ein Entwurf"]
    assert [version["content"]["fields"]["title"] for version in sent["versions"]] == ["Begegnungscafé"]
    assert [(row["side"], row["text"]) for row in sent["messages"]] == [
        (str(MessageSide.APPLICANT.label), "Dürfen wir später beginnen?")
    ]
    assert begun["content"]["fields"]["title"] == "Noch ein Entwurf"
    assert len(begun["files"]) == draft.attachments.count() > 0


def test_export_holds_what_stands_at_the_organisation(client: Client) -> None:
    """Of a private applicant it is the person's own name and address; papers are kept there too."""
    address = {"street": "Weg 9", "postcode": "30451", "city": "Hannover"}
    applicant = make.make_organisation(kind="person", name="Rana Aziz", **address)
    user, former = make.make_member(applicant), make.make_organisation(name="Früher e. V.")
    Membership.objects.create(organisation=former, user=user, role=MemberRole.READER, ended_at=clock.now())
    kept = {"kind": "statutes", "size": 9, "content_type": "application/pdf", "sha256": "0" * 64, "uploaded_by": user}
    for number, (organisation, ends) in enumerate([(applicant, date(2027, 12, 31)), (former, None)]):
        OrganisationDocument.objects.create(
            organisation=organisation, name="satzung.pdf", path=f"papers/{number}", expires_on=ends, **kept
        )

    data = exported(client, user)

    told = {row["organisation"]: row["data"] for row in data["memberships"]}
    assert (told["Rana Aziz"]["street"], told["Rana Aziz"]["city"], told["Früher e. V."]) == ("Weg 9", "Hannover", None)
    assert [(row["organisation"], row["name"], row["expires"]) for row in data["papers"]] == [
        ("Rana Aziz", "satzung.pdf", "2027-12-31")
    ]
    text = text_of(client, user)
    assert [word for word in ("Weg 9, 30451 Hannover", "satzung.pdf", "31.12.2027") if word not in text] == []


@pytest.mark.parametrize("state", [S.DECLINED, S.APPROVED, S.AWARDED, S.REJECTED])
def test_export_tells_no_inner_result(client: Client, state: str) -> None:
    case = make_office().case(state)

    (row,) = exported(client, case.created_by)["applications"]

    assert row["state"] == "Entschieden – der Bescheid folgt"


def test_sheet_says_the_same_in_words(client: Client) -> None:
    case = make_office().case(title="Begegnungscafé")
    asks(case, "Dürfen wir später beginnen?")

    text = text_of(client, case.created_by)

    names = [case.created_by.email, str(case.organisation), str(case.case_number)]
    assert [word for word in (*names, "Begegnungscafé", "später beginnen") if word not in text] == []


# --- The end of an account ----------------------------------------------------------------------------------


def test_account_is_closed_and_the_name_stays_with_the_act(client: Client) -> None:
    organisation = make.make_organisation()
    make.make_member(organisation)
    user = make.make_member(organisation, full_name="Ada Geht", phone="0511 1")
    email = user.email
    case = make.make_application(organisation=organisation, by=user, state=S.REJECTED)

    leaving.end_account(by=user)

    gone = User.objects.get(pk=user.pk)
    assert (gone.is_active, gone.full_name, gone.phone, gone.has_usable_password()) == (False, "Ada Geht", "", False)
    assert not User.objects.filter(email=email).exists()
    assert not EmailAddress.objects.filter(user=user).exists()
    assert not Membership.objects.filter(user=user, ended_at=None).exists()
    assert Application.objects.get(pk=case.pk).created_by == gone
    assert list(AuditEntry.objects.filter(actor=user).values_list("action", flat=True)[:2])


def test_closed_account_is_signed_out_and_cannot_come_back(client: Client) -> None:
    user = make.make_user()
    client.force_login(user)

    leaving.end_account(by=user)

    assert client.get(reverse("accounts:profile")).status_code == 302


def test_drafts_of_nobody_else_go() -> None:
    user = make.make_user()
    nobodys, alone = make.make_application(by=user), make.make_application()
    Application.objects.filter(pk=nobodys.pk).update(organisation=None)
    leaving.end_account(by=user)
    leaving.end_account(by=alone.created_by)

    assert set(Application.objects.values_list("state", flat=True)) == {S.DISCARDED}


def test_drafts_of_colleagues_stay() -> None:
    organisation = make.make_organisation()
    make.make_member(organisation)
    leaver = make.make_member(organisation)
    draft = make.make_application(organisation=organisation, by=leaver)

    leaving.end_account(by=leaver)

    assert Application.objects.get(pk=draft.pk).state == S.DRAFT


@pytest.mark.parametrize("colleague", [True, False])
def test_last_who_represents_must_name_another(colleague: bool) -> None:
    case = make_office().case()
    if colleague and case.organisation:
        make.make_member(case.organisation, MemberRole.EDITOR)

    with pytest.raises(LastRepresentative):
        leaving.end_account(by=case.created_by)

    assert User.objects.get(pk=case.created_by_id).is_active


def test_staff_asks_the_administration() -> None:
    with pytest.raises(NotPossible):
        leaving.end_account(by=make_office().officer)


def test_page_asks_for_the_tick_and_for_the_password(client: Client) -> None:
    user = make.make_user()
    client.force_login(user)
    page = reverse("reviews:end_account")

    assert client.get(page).status_code == 200
    answer = client.post(page, {"sure": "on"})

    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert User.objects.get(pk=user.pk).is_active
