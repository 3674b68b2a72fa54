"""A code by letter: what it opens, for whom, once; and everything that it does not open."""

import io
import re
from datetime import datetime, timedelta
from typing import Any

import pypdf
import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.exceptions import NeedsReason, NotPermitted, NotPossible, SecondPersonNeeded
from accounts.models import AuditEntry, Membership, Organisation, User
from accounts.permissions import may_bind
from accounts.states import MemberRole, Role
from grants import takeover
from grants.actions import takeover as actions
from grants.exceptions import CaseChanged, CodeWrong, NoAddress, OfOffice
from grants.models import Application, TakeoverCode
from grants.queries import applications_of
from grants.states import ApplicationState as S
from grants.states import IntakeChannel, RoundState
from notifications.models import Document, Notice
from tests.factories import (
    make_application,
    make_auditor,
    make_deputy,
    make_fund,
    make_member,
    make_organisation,
    make_staff,
    make_user,
)
from tests.grants.office_world import Office, make_office

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


@pytest.fixture
def office() -> Office:
    return make_office(RoundState.OPEN)


def on_paper(office: Office, organisation: Organisation | None = None, **fields: Any) -> Application:
    """A case that the office has recorded, of an organisation for which nobody acts online."""
    at = clock.now() - timedelta(days=2)
    known: dict[str, Any] = {"channel": IntakeChannel.PAPER, "received_at": at, "submitted_at": at, "on_behalf": True}
    organisation = organisation or make_organisation()
    return office.case(organisation=organisation, by=office.officer, **known | fields)


def issued(office: Office, case: Application, seen: int = 0) -> tuple[TakeoverCode, str]:
    return actions.issue_code(application=case, by=office.officer, seen=seen, reason="Wünscht sich der Verein.")


def redeem(case: Application, code: str, by: User | None = None) -> User:
    by = by or make_user()
    actions.redeem_code(case_number=case.case_number or "", code=code, by=by)
    return by


def wrong(case: Application, code: str = "AAAA-AAAA-AAAA", by: User | None = None) -> None:
    with pytest.raises(CodeWrong):
        redeem(case, code, by)


class TestUsing:
    def test_the_case_passes_to_who_enters_it(self, office: Office) -> None:
        case = on_paper(office)
        row, code = issued(office, case)

        by = redeem(case, f" {code.lower().replace('-', ' ')} ")

        assert may_bind(by, case.organisation_id)
        assert list(applications_of(by)) == [case]
        case.refresh_from_db()
        assert (case.on_behalf, case.channel) == (False, IntakeChannel.PAPER)
        row.refresh_from_db()
        assert (row.used_by, row.tries) == (by, 0)
        lines = AuditEntry.objects.filter(case_key=case.case_key).order_by("pk").values_list("action", "actor")
        assert list(lines) == [("issue_code", office.officer.pk), ("use_code", by.pk), ("take_over", by.pk)]

    def test_drafts_that_the_office_is_writing_stay_with_it(self, office: Office) -> None:
        case = on_paper(office)
        draft = make_application(
            round=office.round, organisation=case.organisation, by=office.officer, channel=IntakeChannel.PAPER,
            received_at=clock.now(), on_behalf=True,
        )  # fmt: skip

        by = redeem(case, issued(office, case)[1])

        draft.refresh_from_db()
        assert draft.on_behalf is True
        assert list(applications_of(by)) == [case]

    def test_who_acted_before_is_told_and_stays(self, office: Office) -> None:
        organisation = make_organisation()
        owner, reader = make_member(organisation), make_member(organisation, MemberRole.READER)
        gone = make_member(organisation, is_active=False)
        case = office.case(organisation=organisation, by=owner)
        proposal = actions.propose_code(application=case, by=office.officer, seen=0, reason="Kontakt verstorben.")

        row, code = actions.confirm_code(application=case, proposal=proposal, by=office.second)
        redeem(case, code, reader)

        assert (row.issued_by, row.confirmed_by) == (office.officer, office.second)
        assert set(Notice.objects.filter(code="TAKEOVER").values_list("user", flat=True)) == {owner.pk}
        assert may_bind(reader, organisation.pk)
        living = Membership.objects.filter(organisation=organisation, ended_at=None)
        assert set(living.values_list("user", flat=True)) == {owner.pk, reader.pk, gone.pk}

    def test_it_works_once(self, office: Office) -> None:
        case = on_paper(office)
        code = issued(office, case)[1]
        first = redeem(case, code)

        wrong(case, code)
        wrong(case, code, first)

        assert Membership.objects.count() == 1

    def test_it_holds_for_thirty_days(self, office: Office) -> None:
        case = on_paper(office)
        row, code = issued(office, case)
        assert row.expires_at - row.issued_at == timedelta(days=30)

        clock.freeze(row.expires_at)
        wrong(case, code)
        clock.freeze(row.expires_at - timedelta(seconds=1))
        redeem(case, code)

    def test_a_newer_one_makes_the_older_one_void(self, office: Office) -> None:
        organisation = make_organisation()
        case, other = on_paper(office, organisation), on_paper(office, organisation)
        row, code = issued(office, case)

        newer = issued(office, other, seen=row.pk)[1]

        wrong(case, code)
        wrong(other, code)
        redeem(other, newer)

    def test_the_code_of_another_organisation_opens_nothing(self, office: Office) -> None:
        mine, theirs = on_paper(office), on_paper(office)
        code = issued(office, mine)[1]
        row = issued(office, theirs)[0]

        wrong(theirs, code)

        row.refresh_from_db()
        assert row.tries == 1

    @pytest.mark.parametrize("number", ["", "GIBT-ES-NICHT-0001", "%", "-- "])
    def test_unknown_numbers_get_the_same_answer(self, office: Office, number: str) -> None:
        code = issued(office, on_paper(office))[1]

        with pytest.raises(CodeWrong):
            actions.redeem_code(case_number=number, code=code, by=make_user())


class TestGuessing:
    def test_ten_wrong_tries_lock_the_right_code(self, office: Office) -> None:
        case = on_paper(office)
        row, code = issued(office, case)
        guesser = make_user()
        for _try in range(10):
            wrong(case, by=guesser)

        wrong(case, code)

        row.refresh_from_db()
        assert (row.tries, row.used_at) == (10, None)
        lines = AuditEntry.objects.filter(case_key=case.case_key, actor=guesser).order_by("pk")
        assert [line.action for line in lines] == ["enter_wrong_code"] * 9 + ["lock_code"]

    def test_a_new_code_counts_from_zero(self, office: Office) -> None:
        case = on_paper(office)
        row, _code = issued(office, case)
        for _try in range(10):
            wrong(case)

        redeem(case, issued(office, case, seen=row.pk)[1])

    def test_nothing_in_the_database_is_the_code(self, office: Office) -> None:
        case = on_paper(office)
        row, code = issued(office, case)
        plain = code.replace("-", "")

        kept = [*AuditEntry.objects.values(), *Document.objects.values(), *TakeoverCode.objects.values()]
        assert not any(plain in str(value) or code in str(value) for line in kept for value in line.values())
        assert row.code_hash == takeover.hash_of(code, row.organisation_id) != takeover.hash_of(code, 0)

    def test_codes_have_no_signs_that_look_alike(self) -> None:
        codes = {takeover.new_code() for _code in range(200)}

        assert len(codes) == 200
        assert not set("".join(codes)) & set("ILO01")


class TestStaff:
    def test_nobody_who_works_for_the_fund_uses_one(self, office: Office) -> None:
        case = on_paper(office)
        row, code = issued(office, case)
        principal, deputy = make_staff(office.fund, Role.MAIL_ROOM), make_user()
        make_deputy(office.fund, principal=principal, deputy=deputy, named_by=office.head)
        for by in (office.officer, office.head, make_staff(office.fund, Role.TREASURY), make_auditor(), deputy):
            with pytest.raises(OfOffice):
                redeem(case, code, by)

        row.refresh_from_db()
        assert (row.tries, Membership.objects.count()) == (0, 0)
        redeem(case, code, make_staff(make_fund(), Role.CASE_OFFICER))

    def test_nor_of_another_fund_to_which_it_applied(self, office: Office) -> None:
        case = on_paper(office)
        elsewhere = make_application(organisation=case.organisation, by=make_user(), state=S.SUBMITTED)

        with pytest.raises(OfOffice):
            redeem(case, issued(office, case)[1], make_staff(elsewhere.fund, Role.FINANCE_A))

    def test_where_somebody_acts_it_takes_two(self, office: Office) -> None:
        case = office.case()
        with pytest.raises(SecondPersonNeeded):
            issued(office, case)
        proposal = actions.propose_code(application=case, by=office.officer, seen=0, reason="Kontakt weg.")

        with pytest.raises(SecondPersonNeeded):
            actions.confirm_code(application=case, proposal=proposal, by=office.officer)
        with pytest.raises(NotPermitted):
            actions.confirm_code(application=case, proposal=proposal, by=office.head)
        assert not TakeoverCode.objects.exists()
        actions.decline_code(application=case, proposal=proposal, by=office.coordinator, note="Bitte erst anrufen.")
        with pytest.raises(NotPossible):
            actions.propose_code(application=on_paper(office), by=office.officer, seen=0, reason="Braucht keine zwei.")

    def test_a_case_with_people_is_not_asked_for_by_one_person_afterwards(self, office: Office) -> None:
        case = on_paper(office)
        row, code = issued(office, case)
        redeem(case, code)

        with pytest.raises(SecondPersonNeeded):
            issued(office, case, seen=row.pk)

    def test_who_may_issue(self, office: Office) -> None:
        case = on_paper(office)
        foreign = make_staff(make_fund(), Role.CASE_OFFICER)
        for by in (foreign, office.head, office.coordinator, office.auditor, make_user()):
            with pytest.raises(NotPermitted):
                actions.issue_code(application=case, by=by, seen=0, reason="Ich möchte das.")
        draft = make_application(round=office.round)
        with pytest.raises(NotPermitted):
            issued(office, draft)
        with pytest.raises(NeedsReason):
            actions.issue_code(application=case, by=office.officer, seen=0, reason=" ")

    def test_without_an_address_there_is_no_letter(self, office: Office) -> None:
        with pytest.raises(NoAddress):
            issued(office, on_paper(office, make_organisation(street="")))

    def test_a_second_press_does_not_void_the_first_letter(self, office: Office) -> None:
        case = on_paper(office)
        code = issued(office, case)[1]

        with pytest.raises(CaseChanged):
            issued(office, case)
        redeem(case, code)


class TestTheDatabase:
    @pytest.mark.parametrize(
        "change",
        [
            {"code_hash": "0" * 64},
            {"expires_at": datetime(2099, 1, 1, tzinfo=clock.BERLIN)},
            {"tries": 11},
        ],
    )
    def test_a_code_never_changes(self, office: Office, change: dict[str, Any]) -> None:
        row = issued(office, on_paper(office))[0]

        with pytest.raises(DatabaseError), transaction.atomic():
            TakeoverCode.objects.filter(pk=row.pk).update(**change)

    def test_wrong_tries_and_an_end_stay(self, office: Office) -> None:
        case = on_paper(office)
        row, code = issued(office, case)
        wrong(case)
        with pytest.raises(DatabaseError), transaction.atomic():
            TakeoverCode.objects.filter(pk=row.pk).update(tries=0)
        redeem(case, code)

        with pytest.raises(DatabaseError), transaction.atomic():
            TakeoverCode.objects.filter(pk=row.pk).update(used_at=None, used_by=None)
        with pytest.raises(DatabaseError), transaction.atomic():
            TakeoverCode.objects.filter(pk=row.pk)._raw_delete("default")

    def test_one_open_code_and_nobody_of_the_office(self, office: Office) -> None:
        row = issued(office, on_paper(office))[0]
        now = clock.now()
        twin = {
            "application": row.application, "organisation": row.organisation, "code_hash": "1", "issued_at": now,
            "issued_by": office.officer, "expires_at": now + timedelta(days=1),
        }  # fmt: skip
        for change in ({}, {"voided_at": now, "confirmed_by": office.officer}):
            with pytest.raises(IntegrityError), transaction.atomic():
                TakeoverCode.objects.create(**twin | change)
        with pytest.raises(IntegrityError), transaction.atomic():
            TakeoverCode.objects.filter(pk=row.pk).update(used_by=office.officer, used_at=now)


@pytest.mark.once
class TestPages:
    def test_the_letter_holds_number_and_code(self, client: Client, office: Office) -> None:
        case = on_paper(office, make_organisation(name="Kochen im Hof", street="Hofweg 7"))
        client.force_login(office.officer)
        page = reverse("grants:office_code", args=[case.pk])
        assert client.get(page).status_code == 200

        response: Any = client.post(page, {"do": "issue", "version": "0", "reason": "Brief vom 3. Mai"})

        assert response["Content-Type"] == "application/pdf"
        assert "no-store" in response["Cache-Control"]
        reader = pypdf.PdfReader(io.BytesIO(b"".join(response.streaming_content)))
        text = " ".join(sheet.extract_text() for sheet in reader.pages)
        assert len(reader.pages) == 1
        assert "Hofweg 7" in text
        code = re.findall(r"\b[A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{4}\b", text)[0]
        client.force_login(make_user())
        done = client.post(reverse("grants:code"), {"case_number": case.case_number, "code": code})
        assert done.url == reverse("grants:application", args=[case.pk])  # type: ignore[attr-defined]
        assert client.get(done.url).status_code == 200  # type: ignore[attr-defined]

    def test_the_second_person_prints(self, client: Client, office: Office) -> None:
        case = office.case()
        page = reverse("grants:office_code", args=[case.pk])
        client.force_login(office.officer)
        assert client.post(page, {"do": "propose", "version": "0", "reason": "Kontakt weg"}).status_code == 302
        client.force_login(office.second)
        proposal = client.get(page).context["proposal"]

        response = client.post(page, {"do": "confirm", "version": proposal.pk, "note": ""})

        assert response["Content-Type"] == "application/pdf"
        assert client.post(page, {"do": "confirm", "version": proposal.pk, "note": ""}).status_code == 409

    def test_a_stale_page_is_answered_409_with_the_words(self, client: Client, office: Office) -> None:
        case = on_paper(office)
        issued(office, case)
        client.force_login(office.officer)

        response = client.post(
            reverse("grants:office_code", args=[case.pk]), {"do": "issue", "version": "0", "reason": "Brief vom Mai"}
        )

        assert response.status_code == 409
        assert "Brief vom Mai" in response.content.decode()

    def test_a_wrong_code_is_told_above_the_form(self, client: Client, office: Office) -> None:
        case = on_paper(office)
        issued(office, case)
        client.force_login(make_user())
        page = reverse("grants:code")

        response = client.post(page, {"case_number": case.case_number, "code": "FALSCH"})

        assert response.status_code == 200
        assert "nach zehn falschen Versuchen" in str(response.context["form"].non_field_errors())
        assert 'value="FALSCH"' in response.content.decode()
        assert set(client.post(page, {}).context["form"].errors) == {"case_number", "code"}

    def test_many_tries_of_one_person_are_stopped(self, client: Client) -> None:
        client.force_login(make_user())
        data = {"case_number": "X", "code": "Y"}

        answers = [client.post(reverse("grants:code"), data).status_code for _try in range(11)]

        assert answers == [200] * 10 + [429]

    def test_strangers_find_nothing(self, client: Client, office: Office) -> None:
        case = on_paper(office)
        page = reverse("grants:office_code", args=[case.pk])
        foreign = make_staff(make_fund(), Role.CASE_OFFICER)
        for person in (make_user(), foreign, office.head, office.auditor):
            client.force_login(person)
            assert client.get(page).status_code == 404
            assert client.post(page, {"do": "issue", "version": "0", "reason": "So"}).status_code == 404
        client.force_login(office.coordinator)
        assert client.get(page).context["form"] is None
        assert client.post(page, {"do": "issue", "version": "0", "reason": "So"}).status_code == 404
