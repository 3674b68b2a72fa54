"""What comes on paper, by phone or in person: entered by the office, confirmed by a second person."""

import io
from datetime import datetime, timedelta
from typing import Any

import pypdf
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts import audit, clock
from accounts.exceptions import NotPermitted, NotPossible, SecondPersonNeeded
from accounts.models import AuditEntry, Membership, Organisation, User
from accounts.states import Role
from grants import actions as form_actions
from grants import recording
from grants.actions import office as checks
from grants.actions import recording as actions
from grants.exceptions import (
    AlreadySent,
    CaseChanged,
    NotReopened,
    NotYetReceived,
    PlanOpen,
    RecordingWaits,
    RoundNotOpen,
    ScanMissing,
    TitleMissing,
)
from grants.models import Application
from grants.queries import applications_of, open_fields
from grants.states import ApplicationState as S
from grants.states import AttachmentKind, IntakeChannel, RoundState
from grants.tasks import sweep
from notifications.models import Document, Notice, Timer
from notifications.rendering import render_due
from tests.factories import make_application, make_fund, make_member, make_organisation, make_staff
from tests.grants.factories import make_attachment
from tests.grants.office_world import ALL_YES, Office, make_office

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


@pytest.fixture
def office() -> Office:
    return make_office(RoundState.OPEN)


def receipt(at: datetime | None = None, channel: str = IntakeChannel.PAPER) -> actions.Receipt:
    return actions.Receipt(channel, at or clock.now() - timedelta(days=2))


def begun(office: Office, organisation: Organisation | None = None, **fields: Any) -> Application:
    """A draft of the office with a title and the scan of the original."""
    made = actions.begin_for(
        round_=office.round, organisation=organisation or make_organisation(), by=office.officer, receipt=receipt()
    )
    make_attachment(made, AttachmentKind.SCAN)
    Application.objects.filter(pk=made.pk).update(**{"title": "Nachbarschaftsküche"} | fields)
    return fresh(made)


def fresh(case: Application) -> Application:
    return Application.objects.select_related("round", "fund", "organisation").get(pk=case.pk)


def proposed(office: Office, draft: Application) -> Any:
    return actions.propose_recording(
        application=draft, by=office.officer, seen_version=draft.version, reason="Kam mit der Post."
    )


def recorded(office: Office, draft: Application) -> Application:
    return actions.confirm_recording(application=draft, proposal=proposed(office, draft), by=office.second)


class TestRecording:
    def test_it_counts_from_the_time_of_receipt(self, office: Office) -> None:
        draft = begun(office)

        sent = recorded(office, draft)

        assert (sent.state, sent.late, sent.submitted_at) == (S.SUBMITTED, False, draft.received_at)
        assert sent.submitted_by == office.officer
        assert sent.case_number is not None
        assert sent.case_number.endswith("-0001")
        version = sent.versions.get()
        assert (version.made_at, version.made_by) == (draft.received_at, office.officer)
        assert Document.objects.filter(case_key=sent.case_key).count() == 1
        assert Timer.objects.filter(subject_id=sent.pk).count() == 1

    def test_the_history_names_both_officers_and_the_reason(self, office: Office) -> None:
        sent = recorded(office, begun(office))

        lines = AuditEntry.objects.filter(case_key=sent.case_key).order_by("pk")
        assert [(line.action, line.actor) for line in lines] == [
            ("begin_on_behalf", office.officer),
            ("propose_record_on_behalf", office.officer),
            ("confirm_record_on_behalf", office.second),
            ("record_on_behalf", office.second),
        ]
        assert lines[3].reason == "Kam mit der Post."

    @pytest.mark.parametrize(("minutes", "late"), [(0, False), (1, True)])
    def test_the_deadline_is_judged_by_the_receipt(self, office: Office, minutes: int, late: bool) -> None:
        round_ = office.round
        round_.deadline_at = clock.now().replace(microsecond=0) - timedelta(days=3)
        round_.save()
        draft = begun(office, received_at=round_.deadline_at + timedelta(minutes=minutes))

        assert recorded(office, draft).late is late

    def test_a_round_that_is_closed_still_takes_it(self) -> None:
        office = make_office(RoundState.CLOSED)

        sent = recorded(office, begun(office, received_at=clock.now() - timedelta(hours=1)))

        assert (sent.state, sent.late) == (S.SUBMITTED, True)

    def test_what_is_missing_does_not_stop_it(self, office: Office) -> None:
        draft = begun(office)

        assert (draft.requested_cents, draft.truthful, draft.summary) == (0, False, "")
        assert recorded(office, draft).applied_cents == 0

    def test_without_a_title_or_a_scan_it_stays_a_draft(self, office: Office) -> None:
        untitled = begun(office, title="")
        with pytest.raises(TitleMissing):
            proposed(office, untitled)
        unscanned = begun(office)
        unscanned.attachments.all().delete()
        with pytest.raises(ScanMissing):
            proposed(office, unscanned)
        Application.objects.filter(pk=unscanned.pk).update(channel=IntakeChannel.PHONE)

        assert proposed(office, fresh(unscanned)).proposed_by == office.officer

    def test_nobody_confirms_their_own_recording(self, office: Office) -> None:
        draft = begun(office)
        proposal = proposed(office, draft)

        with pytest.raises(SecondPersonNeeded):
            actions.confirm_recording(application=draft, proposal=proposal, by=office.officer)
        with pytest.raises(NotPermitted):
            actions.confirm_recording(application=draft, proposal=proposal, by=office.head)
        assert fresh(draft).state == S.DRAFT
        assert actions.confirm_recording(application=draft, proposal=proposal, by=office.coordinator).case_number

    def test_what_was_changed_since_is_not_confirmed(self, office: Office) -> None:
        draft = begun(office)
        proposal = proposed(office, draft)
        form_actions.save_fields(
            application=draft, by=office.second, seen_version=draft.version, values={"summary": "Kochen"}
        )

        with pytest.raises(CaseChanged):
            actions.confirm_recording(application=fresh(draft), proposal=proposal, by=office.second)
        again = proposed(office, fresh(draft))
        assert audit.open_proposal(recording.PROPOSAL, draft) == again

    def test_a_confirmed_one_is_not_confirmed_again(self, office: Office) -> None:
        draft = begun(office)
        proposal = proposed(office, draft)
        actions.confirm_recording(application=draft, proposal=proposal, by=office.second)

        with pytest.raises(AlreadySent):
            actions.confirm_recording(application=draft, proposal=proposal, by=office.second)

    def test_while_it_waits_nobody_throws_it_away(self, office: Office) -> None:
        draft = begun(office)
        proposal = proposed(office, draft)

        with pytest.raises(RecordingWaits):
            form_actions.discard(application=draft, by=office.officer)
        actions.withdraw_recording(application=draft, proposal=proposal, by=office.officer)
        form_actions.discard(application=draft, by=office.officer)
        assert fresh(draft).state == S.DISCARDED

    def test_declined_it_can_be_recorded_anew(self, office: Office) -> None:
        draft = begun(office)
        actions.decline_recording(
            application=draft, proposal=proposed(office, draft), by=office.second, note="Der Stempel sagt 3. März."
        )
        before = draft.received_at
        mended = actions.correct_receipt(
            application=draft, by=office.officer, seen_version=draft.version,
            receipt=receipt(clock.now() - timedelta(days=5)),
        )  # fmt: skip

        assert before is not None
        assert mended.received_at is not None
        assert mended.received_at < before
        assert recorded(office, fresh(draft)).state == S.SUBMITTED


class TestWho:
    def test_nothing_arrives_in_the_future_or_in_a_round_in_preparation(self, office: Office) -> None:
        known: dict[str, Any] = {"organisation": make_organisation(), "by": office.officer}
        with pytest.raises(NotYetReceived):
            actions.begin_for(round_=office.round, receipt=receipt(clock.now() + timedelta(minutes=1)), **known)
        other = make_office(RoundState.PUBLISHED, fund=office.fund)
        with pytest.raises(RoundNotOpen):
            actions.begin_for(round_=other.round, receipt=receipt(), **known)

    @pytest.mark.parametrize("role", [Role.COORDINATOR, Role.HEAD_OF_UNIT, Role.FINANCE_A, Role.AUDITOR])
    def test_only_a_case_officer_of_the_fund_records(self, office: Office, role: Role) -> None:
        foreign = make_staff(make_fund(), Role.CASE_OFFICER)
        for by in (make_staff(office.fund, role), foreign):
            with pytest.raises(NotPermitted):
                actions.begin_for(round_=office.round, organisation=make_organisation(), by=by, receipt=receipt())

    def test_never_for_the_own_organisation(self, office: Office) -> None:
        own = make_organisation()
        Membership.objects.create(organisation=own, user=office.officer, role="reader")

        with pytest.raises(NotPermitted):
            actions.begin_for(round_=office.round, organisation=own, by=office.officer, receipt=receipt())
        draft = begun(office)
        proposal = proposed(office, draft)
        assert draft.organisation is not None
        Membership.objects.create(organisation=draft.organisation, user=office.second, role="reader")
        with pytest.raises(NotPermitted):
            actions.confirm_recording(application=draft, proposal=proposal, by=office.second)

    def test_a_second_press_finds_the_first_draft(self, office: Office) -> None:
        at, fields = receipt(), {"kind": "initiative", "name": "Nachbarn", "city": "Hannover"}
        first, second = (
            actions.begin_for_new(round_=office.round, fields=fields, by=office.officer, receipt=at) for _ in range(2)
        )

        assert first == second
        assert Organisation.objects.filter(name="Nachbarn").count() == 1

    def test_people_of_the_organisation_find_it_once_it_is_recorded(self, office: Office) -> None:
        organisation = make_organisation()
        owner = make_member(organisation)
        draft = begun(office, organisation)

        assert list(applications_of(owner)) == []
        with pytest.raises(NotPermitted):
            form_actions.save_fields(
                application=draft, by=owner, seen_version=draft.version, values={"title": "Unseres"}
            )
        with pytest.raises(NotPermitted):
            form_actions.submit(application=draft, by=owner, seen_version=draft.version)
        sent = recorded(office, draft)
        assert list(applications_of(owner)) == [sent]
        assert sent.on_behalf is False
        assert Notice.objects.get(code="N01").user == owner

    def test_whose_it_is_cannot_be_changed(self, office: Office) -> None:
        mine = make_organisation()
        Membership.objects.create(organisation=mine, user=office.officer, role="owner", represents=True)
        draft = begun(office)

        assert "organisation" not in open_fields(draft)
        with pytest.raises(NotReopened):
            form_actions.save_fields(
                application=draft, by=office.officer, seen_version=draft.version, values={"organisation": mine}
            )

    def test_applicants_attach_no_scans(self) -> None:
        assert AttachmentKind.SCAN not in open_fields(make_application())


class TestWithoutAnAccount:
    def test_the_receipt_goes_to_the_address_on_the_paper(self, office: Office) -> None:
        sent = recorded(office, begun(office, contact_email="kueche@example.org"))

        notice = Notice.objects.get(case_key=sent.case_key)
        assert (notice.code, notice.email, notice.user, notice.link) == (
            "N01", "kueche@example.org", None, reverse("grants:code"),
        )  # fmt: skip
        assert sent.on_behalf is True

    def test_without_any_address_there_is_a_sheet_to_print(self, office: Office) -> None:
        sent = recorded(office, begun(office))

        assert not Notice.objects.exists()
        assert Document.objects.get(case_key=sent.case_key).kind == "C01"

    def test_the_office_enters_what_comes_later(self, office: Office) -> None:
        sent = recorded(office, begun(office))
        Application.objects.filter(pk=sent.pk).update(late=True)
        case = checks.start_check(application=fresh(sent), by=office.second)
        checks.request_documents(
            application=case, by=office.second, fields=["summary", "plan"], message="Plan fehlt.",
            due_date=clock.today() + timedelta(days=14),
        )  # fmt: skip
        case = fresh(case)
        assert {"summary", "requested_cents", "scan"} <= open_fields(case)
        form_actions.save_fields(
            application=case, by=office.officer, seen_version=case.version, values={"summary": "Wir kochen."}
        )
        case = fresh(case)

        answered = form_actions.resubmit(application=case, by=office.officer, seen_version=case.version)

        assert (answered.state, answered.versions.count()) == (S.FORMAL_CHECK, 2)
        lines = AuditEntry.objects.filter(case_key=case.case_key).order_by("-pk")[:2]
        assert [line.action for line in lines] == ["resubmit", "edit_on_behalf"]

    def test_it_is_accepted_once_its_plan_balances(self, office: Office) -> None:
        sent = recorded(office, begun(office, requested_cents=50_000))
        Application.objects.filter(pk=sent.pk).update(late=True)
        case = checks.start_check(application=fresh(sent), by=office.second)
        known: dict[str, Any] = {"by": office.second, "answers": ALL_YES, "costs_note": "Angemessen.", "note": ""}

        with pytest.raises(PlanOpen):
            checks.accept(application=case, seen_version=1, **known)
        Application.objects.filter(pk=case.pk).update(cost_cents=50_000)
        version = checks.save_check(application=fresh(case), seen_version=1, **known).version
        assert checks.accept(application=fresh(case), seen_version=version, **known).state == S.ELIGIBLE

    def test_no_clock_throws_it_away(self) -> None:
        office = make_office(RoundState.CLOSED)
        draft = begun(office)
        long_ago = clock.now() - timedelta(days=400)
        Application.objects.filter(pk=draft.pk).update(edited_at=long_ago, expiry_noticed_at=long_ago)

        sweep()

        assert fresh(draft).state == S.DRAFT
        assert not Notice.objects.filter(code="N02").exists()

    def test_the_office_mends_what_it_entered_about_an_organisation(self, office: Office) -> None:
        draft = begun(office)
        organisation = draft.organisation
        assert organisation is not None
        fields = {"street": "Neue Gasse 2"}
        mended = actions.correct_organisation(
            application=draft, by=office.officer, seen_version=organisation.version, fields=fields
        )

        assert mended.street == "Neue Gasse 2"
        make_member(organisation)
        with pytest.raises(NotPermitted):
            actions.correct_organisation(application=draft, by=office.officer, seen_version=2, fields=fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"on_behalf": True},
        {"channel": IntakeChannel.PAPER},
        {"channel": "pigeon"},
        {"received_at": datetime(2026, 3, 1, tzinfo=clock.BERLIN)},
        {"channel": IntakeChannel.IMPORT, "on_behalf": True},
    ],
)
def test_the_database_refuses_what_came_no_way(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_application(**fields)


def test_the_database_refuses_two_times_of_receipt(office: Office) -> None:
    sent = recorded(office, begun(office))

    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=sent.pk).update(submitted_at=clock.now())


class TestFound:
    def test_only_organisations_with_a_case_in_the_own_funds(self, office: Office) -> None:
        ours, theirs = make_organisation(name="Café Süd"), make_organisation(name="Cafe Süd Fern")
        make_application(round=office.round, organisation=ours, state=S.SUBMITTED)
        make_application(organisation=theirs, state=S.SUBMITTED)
        make_organisation(name="Café ohne Fall")

        assert list(recording.organisations_found(office.officer, "cafe sued")) == [ours]

    def test_a_register_number_finds_it_everywhere(self, office: Office) -> None:
        known = make_organisation(name="Fernverein", register_number="VR 98765")

        assert list(recording.organisations_found(office.officer, "vr98765")) == [known]
        assert list(recording.organisations_found(office.officer, "98765")) == []
        Membership.objects.create(organisation=known, user=office.officer, role="reader")
        again = User.objects.get(pk=office.officer.pk)
        assert list(recording.organisations_found(again, "VR 98765")) == []


@pytest.mark.once
class TestPages:
    def begin(self, client: Client, office: Office, **fields: Any) -> Any:
        client.force_login(office.officer)
        day = clock.today() - timedelta(days=1)
        known = {
            "round": office.round.pk, "channel": "paper", "received_on": f"{day:%d.%m.%Y}", "received_time": "09:30",
            "kind": "initiative", "name": "Kochen im Hof", "representatives": "Ada Beispiel", "street": "Hof 1",
            "postcode": "30159", "city": "Hannover",
        }  # fmt: skip
        return client.post(reverse("grants:office_record_new"), known | fields)

    def test_the_whole_way_of_a_paper(self, client: Client, office: Office) -> None:
        response = self.begin(client, office)
        draft = Application.objects.get()
        assert response.url == reverse("grants:application", args=[draft.pk])
        assert draft.received_at is not None
        assert f"{draft.received_at.astimezone(clock.BERLIN):%H:%M}" == "09:30"
        assert (draft.contact_name, draft.contact_email) == ("", "")
        assert client.get(response.url).status_code == 200

        section = reverse("grants:section", args=[draft.pk, "project"])
        assert client.get(section).status_code == 200
        client.post(section, {"version": draft.version, "title": "Suppe für alle"})
        make_attachment(draft, AttachmentKind.SCAN)
        draft = fresh(draft)
        page = reverse("grants:office_recorded", args=[draft.pk])
        assert client.get(reverse("grants:review", args=[draft.pk])).url == page  # type: ignore[attr-defined]
        shown = client.get(page)
        assert len(shown.context["problems"]) > 5
        assert client.post(page, {"do": "record", "version": draft.version, "reason": "Post"}).status_code == 302

        client.force_login(office.second)
        shown = client.get(page)
        confirm = {"do": "confirm", "version": shown.context["proposal"].pk, "note": ""}
        assert client.post(page, confirm).url == reverse("reviews:case", args=[draft.pk])  # type: ignore[attr-defined]
        assert fresh(draft).state == S.SUBMITTED
        assert client.get(page).status_code == 404
        printed = reverse("grants:office_receipt", args=[draft.pk])
        assert "gleich noch einmal" in client.get(printed).content.decode()
        render_due(seconds=30)
        assert client.get(printed)["Content-Type"] == "application/pdf"
        assert "Suppe für alle" in client.get(reverse("reviews:case", args=[draft.pk])).content.decode()

    def test_wrong_entries_are_told_at_their_fields(self, client: Client, office: Office) -> None:
        tomorrow = clock.today() + timedelta(days=1)
        response = self.begin(client, office, received_on=f"{tomorrow:%d.%m.%Y}", received_time="9 Uhr", name="")

        assert response.status_code == 200
        assert set(response.context["form"].errors) == {"received_time"}
        assert set(response.context["entry"].errors) == {"name"}
        assert not Organisation.objects.exists()

    def test_a_known_organisation_is_found_and_chosen(self, client: Client, office: Office) -> None:
        known = make_organisation(name="Fernverein", register_number="VR 98765")
        client.force_login(office.officer)
        shown = client.get(reverse("grants:office_record"), {"q": "VR 98765"})
        page = reverse("grants:office_record_begin", args=[known.pk])
        assert f'href="{page}?number=VR+98765"' in shown.content.decode()
        assert client.get(page).status_code == 404

        day = f"{clock.today() - timedelta(days=1):%d.%m.%Y}"
        data = {"round": office.round.pk, "channel": "phone", "received_on": day, "received_time": "00:00"}
        assert client.post(f"{page}?number=VR+98765", data).status_code == 302
        assert Application.objects.get().organisation == known

    def test_an_old_page_is_answered_409_with_the_words(self, client: Client, office: Office) -> None:
        draft = begun(office)
        client.force_login(office.officer)
        page = reverse("grants:office_recorded", args=[draft.pk])

        response = client.post(page, {"do": "record", "version": draft.version - 1, "reason": "Mit dem Boten"})

        assert response.status_code == 409
        assert "Mit dem Boten" in response.content.decode()
        stale = client.post(page, {"do": "confirm", "version": "77", "note": ""})
        assert stale.status_code == 409

    def test_a_missing_note_is_asked_for(self, client: Client, office: Office) -> None:
        draft = begun(office)
        client.force_login(office.officer)

        response = client.post(reverse("grants:office_recorded", args=[draft.pk]), {"do": "record", "version": "1"})

        assert set(response.context["form"].errors) == {"reason"}

    def test_the_receipt_is_mended(self, client: Client, office: Office) -> None:
        draft = begun(office)
        client.force_login(office.officer)
        page = reverse("grants:office_record_received", args=[draft.pk])
        assert client.get(page).context["form"].initial["channel"] == "paper"
        day = clock.today() - timedelta(days=3)
        data = {"channel": "email", "received_on": f"{day:%d.%m.%Y}", "received_time": "7:05", "version": "1"}

        assert client.post(page, data).status_code == 302
        assert fresh(draft).channel == IntakeChannel.EMAIL
        assert client.post(page, data).status_code == 409

    def test_the_organisation_is_mended(self, client: Client, office: Office) -> None:
        draft = begun(office)
        assert draft.organisation is not None
        client.force_login(office.officer)
        page = reverse("grants:office_record_organisation", args=[draft.pk])
        shown = client.get(page)
        data = {k: v for k, v in shown.context["form"].initial.items() if v} | {"city": "Seelze", "version": "1"}

        assert client.post(page, data).status_code == 302
        assert Organisation.objects.get(pk=draft.organisation.pk).city == "Seelze"
        assert client.post(page, data).status_code == 409

    def test_a_request_for_documents_is_printed_as_a_letter(self, client: Client, office: Office) -> None:
        sent = recorded(office, begun(office, make_organisation(street="Hofweg 7")))
        page = reverse("grants:office_request_letter", args=[sent.pk])
        client.force_login(office.officer)
        assert client.get(page).status_code == 404
        Application.objects.filter(pk=sent.pk).update(late=True)
        case = checks.start_check(application=fresh(sent), by=office.officer)
        checks.request_documents(
            application=case, by=office.officer, fields=["summary", "plan", "statutes"], message="Der Plan fehlt ganz.",
            due_date=clock.today() + timedelta(days=14),
        )  # fmt: skip

        check = client.get(reverse("grants:office_check", args=[sent.pk])).content.decode()
        response: Any = client.get(page)

        assert page in check
        assert "auch per Post" in check
        reader = pypdf.PdfReader(io.BytesIO(b"".join(response.streaming_content)))
        text = reader.pages[0].extract_text()
        for words in ("Hofweg 7", "Der Plan fehlt ganz.", "Kurzbeschreibung", "Kosten und Finanzierung", "Satzung"):
            assert words in text

    def test_the_account_on_the_paper_is_entered(self, client: Client, office: Office) -> None:
        draft = begun(office)
        client.force_login(office.officer)
        page = reverse("grants:office_record_account", args=[draft.pk])
        assert page in client.get(reverse("grants:section", args=[draft.pk, "applicant"])).content.decode()
        wrong = client.post(page, {"holder": "Ada Beispiel", "iban": "DE00"})
        assert set(wrong.context["form"].errors) == {"iban"}
        data = {"holder": "Ada Beispiel", "iban": "DE89 3704 0044 0532 0130 00"}

        assert client.post(page, data).status_code == 302
        account = fresh(draft).bank_account
        assert account is not None
        assert (account.holder, account.entered_by, account.checked_by) == ("Ada Beispiel", office.officer, None)
        assert client.post(page, data).status_code == 200
        assert draft.organisation is not None
        make_member(draft.organisation)
        assert client.post(page, data).status_code == 404

    def test_strangers_find_nothing(self, client: Client, office: Office) -> None:
        draft = begun(office)
        foreign = make_staff(make_fund(), Role.CASE_OFFICER)
        for person in (office.head, office.auditor, make_member(make_organisation()), foreign):
            client.force_login(person)
            for name in ("grants:office_recorded", "grants:application", "grants:files"):
                assert client.get(reverse(name, args=[draft.pk])).status_code == 404


def test_a_colleague_cannot_record_beside_one_that_waits(office: Office) -> None:
    draft = begun(office)
    proposed(office, draft)

    with pytest.raises(NotPossible):
        actions.propose_recording(
            application=draft, by=office.second, seen_version=draft.version, reason="Auch ich habe es gesehen."
        )
