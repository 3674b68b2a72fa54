import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.db.utils import DatabaseError
from django.test import Client
from django.urls import reverse

from accounts import actions, clock, steps
from accounts.exceptions import AlreadyMember, BankAccountKnown, LastRepresentative, LostRace, NotPermitted
from accounts.forms import BankAccountForm, OrganisationForm
from accounts.models import AuditEntry, BankAccount, Membership, Organisation, User
from accounts.states import MemberRole
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]

FIELDS: dict[str, Any] = {
    "kind": "association",
    "name": "Verein für Begegnung",
    "street": "Weg 1",
    "postcode": "30159",
    "city": "Hannover",
}
OTHER_IBAN = "DE89370400440532013000"


def membership(user: User) -> Membership:
    return user.memberships.get()


# --- Actions -------------------------------------------------------------------------------------------


def test_whoever_creates_an_organisation_owns_and_represents_it() -> None:
    person = make.make_user()

    made = actions.create_organisation(by=person, fields=FIELDS)

    own = membership(person)
    assert (own.organisation, own.role, own.represents) == (made, MemberRole.OWNER, True)
    assert [e.action for e in AuditEntry.objects.all()] == ["create_organisation", "add_member"]


def test_edit_keeps_old_and_new_in_the_history() -> None:
    organisation = make.make_organisation(name="Alt")
    editor = make.make_member(organisation, MemberRole.EDITOR)

    saved = actions.edit_organisation(organisation=organisation, by=editor, seen_version=1, fields={"name": "Neu"})

    assert (saved.name, saved.version) == ("Neu", 2)
    assert AuditEntry.objects.get().data == {"name": ["Alt", "Neu"]}


def test_edit_without_a_change_writes_nothing() -> None:
    organisation = make.make_organisation(name="Alt")
    owner = make.make_member(organisation)

    saved = actions.edit_organisation(organisation=organisation, by=owner, seen_version=1, fields={"name": "Alt"})

    assert saved.version == 1
    assert AuditEntry.objects.count() == 0


def test_edit_of_an_old_page_is_a_lost_race() -> None:
    organisation = make.make_organisation()
    owner = make.make_member(organisation)
    actions.edit_organisation(organisation=organisation, by=owner, seen_version=1, fields={"name": "A"})

    with pytest.raises(LostRace):
        actions.edit_organisation(organisation=organisation, by=owner, seen_version=1, fields={"name": "B"})


@pytest.mark.parametrize("role", [None, MemberRole.READER])
def test_edit_needs_an_owner_or_editor(role: str | None) -> None:
    organisation = make.make_organisation()
    person = make.make_member(organisation, role) if role else make.make_user()

    with pytest.raises(NotPermitted):
        actions.edit_organisation(organisation=organisation, by=person, seen_version=1, fields={"name": "B"})


def test_the_last_representative_cannot_leave_nor_lose_the_mark() -> None:
    organisation = make.make_organisation()
    last = make.make_member(organisation)
    make.make_member(organisation, represents=False)
    make.make_member(organisation, is_active=False)

    with pytest.raises(LastRepresentative):
        actions.end_membership(membership=membership(last), by=last)
    with pytest.raises(LastRepresentative):
        actions.change_membership(membership=membership(last), by=last, role=MemberRole.OWNER, represents=False)
    with pytest.raises(LastRepresentative):
        actions.change_membership(membership=membership(last), by=last, role=MemberRole.EDITOR, represents=True)


def test_one_of_two_representatives_may_leave() -> None:
    organisation = make.make_organisation()
    one, two = make.make_member(organisation), make.make_member(organisation)

    actions.end_membership(membership=membership(one), by=one)

    assert membership(one).ended_at is not None
    with pytest.raises(LastRepresentative):
        actions.end_membership(membership=membership(two), by=two)


def test_a_membership_ends_once() -> None:
    organisation = make.make_organisation()
    owner, reader = make.make_member(organisation), make.make_member(organisation, MemberRole.READER)
    actions.end_membership(membership=membership(reader), by=owner)

    with pytest.raises(LostRace):
        actions.end_membership(membership=membership(reader), by=owner)


@pytest.mark.parametrize("role", [MemberRole.EDITOR, MemberRole.READER])
def test_only_owners_change_members(role: str) -> None:
    organisation = make.make_organisation()
    owner, person = make.make_member(organisation), make.make_member(organisation, role)

    with pytest.raises(NotPermitted):
        actions.change_membership(membership=membership(owner), by=person, role=MemberRole.READER, represents=False)
    with pytest.raises(NotPermitted):
        actions.end_membership(membership=membership(owner), by=person)


def test_an_owner_without_representation_marks_no_representative() -> None:
    organisation = make.make_organisation()
    plain, reader = make.make_member(organisation, represents=False), make.make_member(organisation, MemberRole.READER)

    with pytest.raises(NotPermitted):
        actions.change_membership(membership=membership(reader), by=plain, role=MemberRole.OWNER, represents=True)
    with pytest.raises(NotPermitted):
        actions.change_membership(membership=membership(plain), by=plain, role=MemberRole.OWNER, represents=True)


def test_nobody_joins_twice() -> None:
    organisation = make.make_organisation()
    person = make.make_member(organisation)

    with pytest.raises(AlreadyMember):
        steps.add_member(organisation=organisation, user=person, role=MemberRole.READER, by=person)


# --- Ways of their own ---------------------------------------------------------------------------------


def test_an_initiative_names_who_answers_and_no_register(client: Client) -> None:
    client.force_login(make.make_user())
    url = f"{reverse('accounts:organisation_create')}?kind=initiative"
    given = FIELDS | {
        "kind": "initiative",
        "name": "Nachbarn",
        "register_number": "VR 1",
        "tax_exempt_date": "1.1.2026",
    }

    page = client.get(url).content.decode()
    refused = client.post(url, given)
    client.post(url, given | {"representatives": "Ada Muster, Ben Muster"})

    assert 'name="register_number"' not in page
    assert 'type="hidden" name="kind" value="initiative"' in page
    assert refused.status_code == 200
    made = Organisation.objects.get()
    assert (made.kind, made.representatives) == ("initiative", "Ada Muster, Ben Muster")
    assert (made.register_number, made.tax_exempt_date) == ("", None)


def test_a_private_person_is_asked_for_name_and_address_alone(client: Client) -> None:
    client.force_login(make.make_user(full_name="Eva Muster"))
    url = f"{reverse('accounts:organisation_create')}?kind=person&city=Garbsen"

    page = client.get(url).content.decode()

    assert 'value="Eva Muster"' in page
    assert 'value="Garbsen"' in page
    assert {name for name in FIELDS if f'name="{name}"' in page} == set(FIELDS)
    assert 'name="representatives"' not in page
    client.post(url, FIELDS | {"kind": "person"})
    assert Organisation.objects.get().kind == "person"


def test_an_initiative_that_becomes_an_association_is_asked_for_more() -> None:
    form = OrganisationForm(FIELDS | {"kind": "association"}, initial={"kind": "initiative"})

    assert form.is_valid()
    assert "register_number" in form.fields


def test_an_association_that_became_an_initiative_leaves_its_register(client: Client) -> None:
    organisation = make.make_organisation()
    client.force_login(make.make_member(organisation))
    url = reverse("accounts:organisation_edit", args=[organisation.pk])

    client.post(url, FIELDS | {"kind": "initiative", "representatives": "Ada Muster", "version": 1})

    organisation.refresh_from_db()
    assert (organisation.kind, organisation.register_number, organisation.legal_form) == ("initiative", "", "")


# --- Bank account --------------------------------------------------------------------------------------


def test_a_new_account_waits_for_a_check_and_takes_the_place_of_unchecked_ones() -> None:
    organisation = make.make_organisation()
    owner = make.make_member(organisation)
    first = actions.enter_bank_account(organisation=organisation, by=owner, holder="Verein", iban=make.IBAN)

    second = actions.enter_bank_account(organisation=organisation, by=owner, holder="Verein", iban=OTHER_IBAN)

    first.refresh_from_db()
    assert first.replaced_at is not None
    assert (second.checked_by, second.usable_from, second.replaced_at) == (None, None, None)
    line = AuditEntry.objects.last()
    assert line is not None
    assert line.data == {"holder": "Verein", "iban_end": "3000"}
    assert make.IBAN not in json.dumps([e.data for e in AuditEntry.objects.all()])


def test_a_checked_account_stays_until_the_new_one_is_checked() -> None:
    organisation = make.make_organisation()
    owner, officer = make.make_member(organisation), make.make_user()
    used = make.make_bank_account(organisation, owner)
    steps.check_bank_account(used, by=officer, usable_from=clock.today())

    actions.enter_bank_account(organisation=organisation, by=owner, holder="Verein", iban=OTHER_IBAN)

    used.refresh_from_db()
    assert used.replaced_at is None


def test_the_same_account_is_entered_once() -> None:
    organisation = make.make_organisation(name="Verein")
    owner = make.make_member(organisation)
    make.make_bank_account(organisation, owner)

    with pytest.raises(BankAccountKnown):
        actions.enter_bank_account(organisation=organisation, by=owner, holder="Verein", iban=make.IBAN)


@pytest.mark.parametrize(("role", "represents"), [(MemberRole.OWNER, False), (MemberRole.EDITOR, False)])
def test_only_who_represents_enters_an_account(role: str, represents: bool) -> None:
    organisation = make.make_organisation()
    person = make.make_member(organisation, role, represents=represents)

    with pytest.raises(NotPermitted):
        actions.enter_bank_account(organisation=organisation, by=person, holder="X", iban=make.IBAN)


@pytest.mark.parametrize(
    "change",
    [
        {"holder": "Dieb"},
        {"iban": "DE89370400440532013000"},
        {"iban_end": "0000"},
        {"iban_fingerprint": "0" * 64},
        {"usable_from": "2026-01-01"},
        {"id": 999_999},
    ],
)
def test_database_refuses_to_edit_an_account(change: dict[str, str]) -> None:
    account = make.make_bank_account(make.make_organisation(), make.make_user())

    with pytest.raises(DatabaseError), transaction.atomic():
        BankAccount.objects.filter(pk=account.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        account.delete()


@pytest.mark.parametrize(
    "change", [{"usable_from": "2020-01-01"}, {"usable_from": None}, {"checked_at": None, "checked_by": None}]
)
def test_database_keeps_a_check_as_it_was(change: dict[str, str | None]) -> None:
    account = make.make_bank_account(make.make_organisation(), make.make_user())
    steps.check_bank_account(account, by=make.make_user(), usable_from=clock.today())

    with pytest.raises(DatabaseError), transaction.atomic():
        BankAccount.objects.filter(pk=account.pk).update(**change)


def test_database_keeps_a_replaced_account_replaced() -> None:
    account = make.make_bank_account(make.make_organisation(), make.make_user())
    BankAccount.objects.update(replaced_at=clock.now())

    for moment in (None, clock.now() + timedelta(days=1)):
        with pytest.raises(DatabaseError), transaction.atomic():
            BankAccount.objects.filter(pk=account.pk).update(replaced_at=moment)


def test_checking_keeps_the_stored_iban_to_the_letter() -> None:
    account = make.make_bank_account(make.make_organisation(), make.make_user())
    stored = BankAccount.objects.annotate(raw=Cast("iban", TextField())).values_list("raw", flat=True)
    before = list(stored)

    steps.check_bank_account(account, by=make.make_user(), usable_from=clock.today())

    assert list(stored) == before


def test_database_refuses_the_same_person_as_checker_and_a_second_check() -> None:
    person, officer = make.make_user(), make.make_user()
    account = make.make_bank_account(make.make_organisation(), person)

    with pytest.raises(DatabaseError), transaction.atomic():
        steps.check_bank_account(account, by=person, usable_from=clock.today())
    steps.check_bank_account(account, by=officer, usable_from=clock.today())
    with pytest.raises(DatabaseError), transaction.atomic():
        steps.check_bank_account(account, by=make.make_user(), usable_from=clock.today())


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("DE02 1203 0000 0000 2020 51", make.IBAN),
        ("de02120300000000202051", make.IBAN),
        ("DE02\u00a01203\u00a00000\u00a00000\u00a02020\u00a051", make.IBAN),
        ("AT61 1904 3002 3457 3201", "AT611904300234573201"),
        ("DE03 1203 0000 0000 2020 51", None),
        ("DE02 1203 0000 0000 2020 5", None),
        ("Sparkasse Hannover", None),
        ("BR15 0000 0000 0000 1093 2840 814 P2", None),
        ("D", None),
        ("\u0660" * 22, None),
        ("9" * 100_000, None),
    ],
)
def test_iban(typed: str, clean: str | None) -> None:
    form = BankAccountForm({"holder": "Verein", "iban": typed}, organisation=Organisation())

    assert form.is_valid() is (clean is not None)
    assert form.cleaned_data.get("iban") == clean


# --- Pages ---------------------------------------------------------------------------------------------


def test_create_and_edit_through_the_pages(client: Client) -> None:
    person = make.make_user()
    client.force_login(person)

    response = client.post(reverse("accounts:organisation_create"), FIELDS)

    made = Organisation.objects.get()
    assert response.headers["Location"] == reverse("accounts:organisation", args=[made.pk])
    edited = client.post(reverse("accounts:organisation_edit", args=[made.pk]), FIELDS | {"name": "Neu", "version": 1})
    assert edited.status_code == 302
    page = client.get(reverse("accounts:organisation", args=[made.pk])).content.decode()
    assert "Neu" in page


def test_old_page_answers_409_and_keeps_what_was_typed(client: Client) -> None:
    organisation = make.make_organisation()
    client.force_login(make.make_member(organisation))
    url = reverse("accounts:organisation_edit", args=[organisation.pk])
    client.post(url, FIELDS | {"version": 1})

    response = client.post(url, FIELDS | {"name": "Getippt", "version": 1})

    assert response.status_code == 409
    assert "Getippt" in response.content.decode()
    assert 'name="version" value="2"' in response.content.decode()


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""}, {"name": "x" * 100_000}, {"kind": "bank"}, {"postcode": "3015"},
        {"website": "javascript:alert(1)"},
        {"tax_exempt_date": "31.02.2026"}, {"name": "\x00"}, {"version": "9" * 30, "name": ""},
    ],
)  # fmt: skip
def test_bad_input_is_named_and_nothing_is_saved(client: Client, bad: dict[str, str]) -> None:
    client.force_login(make.make_user())

    response = client.post(reverse("accounts:organisation_create"), FIELDS | bad)

    assert response.status_code == 200
    assert "mt-summary" in response.content.decode()
    assert Organisation.objects.count() == 0


def test_markup_in_a_name_stays_text(client: Client) -> None:
    organisation = make.make_organisation(name="<script>alert(1)</script>")
    client.force_login(make.make_member(organisation, full_name="<b>Fett</b>"))

    page = client.get(reverse("accounts:organisation", args=[organisation.pk])).content.decode()

    assert "<script>alert(1)" not in page
    assert "<b>Fett" not in page


def test_extra_fields_of_a_post_are_ignored(client: Client) -> None:
    client.force_login(make.make_user())

    client.post(reverse("accounts:organisation_create"), FIELDS | {"search_key": "x", "version": "77", "id": "9"})

    made = Organisation.objects.get()
    assert (made.version, made.search_key) == (1, "verein fuer begegnung hannover")


def test_last_representative_is_told_what_to_do(client: Client) -> None:
    organisation = make.make_organisation()
    owner = make.make_member(organisation)
    client.force_login(owner)

    response = client.post(reverse("accounts:membership_end", args=[membership(owner).pk]))

    assert response.status_code == 409
    assert membership(owner).ended_at is None


def test_membership_pages(client: Client) -> None:
    organisation = make.make_organisation()
    owner, reader = make.make_member(organisation), make.make_member(organisation, MemberRole.READER)
    client.force_login(owner)
    url = reverse("accounts:membership", args=[membership(reader).pk])

    assert client.post(url, {"role": "reader", "represents": "on"}).status_code == 200
    assert client.post(url, {"role": "owner", "represents": "on"}).status_code == 302
    assert membership(reader).represents
    client.force_login(reader)
    assert client.post(reverse("accounts:membership_end", args=[membership(owner).pk])).status_code == 302
    assert membership(owner).ended_at is not None
    client.force_login(owner)
    assert client.get(reverse("accounts:organisation", args=[organisation.pk])).status_code == 404


def test_bank_account_page_masks_the_iban(client: Client) -> None:
    organisation = make.make_organisation()
    client.force_login(make.make_member(organisation))
    url = reverse("accounts:bank_account_add", args=[organisation.pk])

    assert client.post(url, {"holder": "Verein", "iban": "DE00"}).status_code == 200
    assert client.post(url, {"holder": "Verein", "iban": make.IBAN}).status_code == 302
    assert client.post(url, {"holder": "Verein", "iban": make.IBAN}).status_code == 200

    page = client.get(reverse("accounts:organisation", args=[organisation.pk])).content.decode()
    assert "•••• 2051" in page
    assert make.IBAN not in page


def test_form_shows_what_is_stored() -> None:
    organisation = make.make_organisation()

    assert OrganisationForm.of(organisation)["name"] == organisation.name


# --- At the same moment --------------------------------------------------------------------------------


@pytest.mark.committing
def test_two_representatives_who_leave_at_once_leave_one(
    in_threads: Callable[[Sequence[Callable[[], Any]]], list[Any]],
) -> None:
    organisation = make.make_organisation()
    people = [make.make_member(organisation) for _ in range(2)]

    def leave(person: User) -> Callable[[], Membership]:
        return lambda: actions.end_membership(membership=membership(person), by=person)

    results = in_threads([leave(person) for person in people])

    assert [type(result) for result in results].count(LastRepresentative) == 1
    assert organisation.memberships.filter(ended_at__isnull=True, represents=True).count() == 1


def test_new_organisation_leads_to_no_foreign_page(client: Client) -> None:
    client.force_login(make.make_user())

    answer = client.post(f"{reverse('accounts:organisation_create')}?next=https://boese.example/", FIELDS)

    assert answer.headers["Location"] == reverse("accounts:organisation", args=[Organisation.objects.get().pk])
