"""The pages of the formal check: what each person sees, and that nothing typed is lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock
from accounts.models import User
from accounts.states import Role
from grants import actions as applicant_actions
from grants import filestore
from grants.actions import office as actions
from grants.models import Application, ApplicationVersion, FormalCheck
from grants.office import rejection_proposal
from grants.states import ApplicationState as S
from grants.states import LatePolicy
from notifications.dates import next_working_day
from notifications.models import Notice
from tests.factories import make_juror, make_staff, make_user
from tests.grants.factories import make_attachment
from tests.grants.office_world import ALL_YES, Office, make_office

# What a page shows and asks back is decided in Python; statements are counted on PostgreSQL elsewhere.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def office() -> Office:
    return make_office()


def url(name: str, case: Application, *more: Any) -> str:
    return reverse(f"grants:office_{name}", args=[case.pk, *more])


def day(days: int) -> str:
    return f"{clock.today() + timedelta(days=days):%d.%m.%Y}"


def checked_post(case: Application, do: str, **fields: str) -> dict[str, str]:
    version = FormalCheck.objects.get(application=case).version
    answers = {f"item_{code}": answer for code, answer in ALL_YES.items()}
    return {**answers, "costs_note": "Geprüft.", "note": "", "version": str(version), "do": do, **fields}


def test_the_whole_way_from_start_to_acceptance(client: Client, office: Office) -> None:
    case = office.case()
    client.force_login(office.officer)
    page = url("check", case)

    assert client.post(page, {"do": "start"}).url == page  # type: ignore[attr-defined]
    assert client.post(page, checked_post(case, "save", costs_note="")).status_code == 302
    refused = client.post(page, checked_post(case, "accept", costs_note="", item_plan="no"))
    assert refused.status_code == 200
    assert set(refused.context["form"].errors) == {"costs_note", "item_plan", "__all__"}
    assert client.post(page, checked_post(case, "accept"), follow=True).status_code == 200
    case.refresh_from_db()
    assert case.state == S.ELIGIBLE


@pytest.mark.parametrize("name", ["check", "documents", "extend", "reopen", "versions"])
def test_strangers_find_nothing(client: Client, office: Office, name: str) -> None:
    case = office.case(S.FORMAL_CHECK)
    foreign = make_staff(make_office().fund, *(r for r in Role if r not in (Role.AUDITOR, Role.ADMINISTRATOR)))
    for person in (case.created_by, make_user(), make_juror(office.round).user, foreign):
        client.force_login(person)
        assert client.get(url(name, case)).status_code == 404
        assert client.post(url(name, case), {"do": "start"}).status_code in (404, 405)


def test_anonymous_signs_in_first(client: Client, office: Office) -> None:
    assert client.get(url("check", office.case())).status_code == 302


@pytest.mark.parametrize("state", [S.SUBMITTED, S.FORMAL_CHECK, S.RETURNED, S.INELIGIBLE, S.ELIGIBLE, S.AWARDED])
def test_the_auditor_reads_and_presses_nothing(client: Client, office: Office, state: str) -> None:
    case = office.case(state, due_date=clock.today())
    client.force_login(office.auditor)
    response = client.get(url("check", case))

    assert response.status_code == 200
    assert b'method="post" novalidate data-guard' not in response.content
    for do in ("start", "save", "accept", "confirm"):
        assert client.post(url("check", case), {"do": do}).status_code == 404
    assert client.get(url("documents", case)).status_code == 404


def ask_data(case: Application, **fields: Any) -> dict[str, Any]:
    known = {
        "message": "Bitte die Satzung.",
        "open_files": ["statutes"],
        "open_project": ["summary"],
        "due_date": day(14),
    }
    return {**known, "version": str(case.version), **fields}


def test_documents_are_asked_for_by_choice(client: Client, office: Office) -> None:
    case = office.case(S.FORMAL_CHECK)
    client.force_login(office.officer)
    proposed = next_working_day(clock.today() + timedelta(days=14))
    assert f'value="{proposed:%d.%m.%Y}"' in client.get(url("documents", case)).content.decode()

    assert client.post(url("documents", case), ask_data(case)).status_code == 302
    case.refresh_from_db()
    request = case.document_requests.get()
    assert (case.state, request.fields, request.message) == (S.RETURNED, ["statutes", "summary"], "Bitte die Satzung.")


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"due_date": "31.02.2027"}, "due_date"),
        ({"open_files": [], "open_project": []}, "open_files"),
        ({"message": " "}, "message"),
        ({"message": "x" * 4001}, "message"),
        ({"open_files": ["state"]}, "open_files"),
    ],
)
def test_a_bad_entry_is_told_at_its_field_and_keeps_the_rest(
    client: Client, office: Office, bad: dict[str, Any], field: str
) -> None:
    case = office.case(S.FORMAL_CHECK)
    client.force_login(office.officer)
    response = client.post(url("documents", case), ask_data(case, **bad))

    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert response.context["form"]["message"].value() == bad.get("message", "Bitte die Satzung.")


def test_two_officers_the_second_keeps_the_text(client: Client, office: Office) -> None:
    case = office.case(S.FORMAL_CHECK)
    data = ask_data(case, message="Mein langer Text.")
    actions.request_documents(
        application=case, by=office.second, fields=["aims"], message="Schneller.", due_date=clock.today() + timedelta(9)
    )
    client.force_login(office.officer)
    response = client.post(url("documents", case), data)

    assert response.status_code == 409
    assert "Mein langer Text." in response.content.decode()
    assert case.document_requests.count() == 1


def test_an_old_page_of_the_same_state_is_told_too(client: Client, office: Office) -> None:
    case = office.case(S.FORMAL_CHECK)
    data = ask_data(case)
    actions.request_documents(
        application=case, by=office.second, fields=["aims"], message="x", due_date=clock.today() + timedelta(9)
    )
    case.refresh_from_db()
    applicant_actions.resubmit(application=case, by=case.created_by, seen_version=case.version)
    client.force_login(office.officer)
    response = client.post(url("documents", case), data)

    assert response.status_code == 409
    case.refresh_from_db()
    assert case.state == S.FORMAL_CHECK
    # What the page shows now is the current version, and all choices are still ticked.
    assert response.context["form"]["version"].value() == str(case.version)
    assert response.context["form"]["open_files"].value() == ["statutes"]


def test_two_officers_save_one_checklist(client: Client, office: Office) -> None:
    case = office.case(S.FORMAL_CHECK)
    old = checked_post(case, "save", costs_note="Mein Text.")
    actions.save_check(
        application=case, by=office.second, seen_version=1, answers={}, costs_note="Anderer Text.", note=""
    )
    client.force_login(office.officer)
    response = client.post(url("check", case), old)

    assert response.status_code == 409
    assert "Mein Text." in response.content.decode()
    assert FormalCheck.objects.get(application=case).costs_note == "Anderer Text."
    assert response.context["form"]["version"].value() == "2"


def test_a_checklist_of_a_case_that_went_on_is_given_back(client: Client, office: Office) -> None:
    case = office.checked()
    data = checked_post(case, "accept", costs_note="Mein Text.")
    actions.accept(application=case, by=office.second, seen_version=1, answers=ALL_YES, costs_note="Gut.", note="")
    client.force_login(office.officer)
    response = client.post(url("check", case), data)

    assert response.status_code == 409
    assert "Mein Text." in response.content.decode()
    assert Notice.objects.filter(code="N06").count() == 1


def proposed(office: Office) -> Application:
    case = office.case(S.FORMAL_CHECK)
    FormalCheck.objects.filter(application=case).update(answers={**ALL_YES, "region": "no"})
    actions.propose_rejection(application=case, kind="reject_formally", by=office.officer, reason="Sitz in Berlin.")
    return case


def decide(client: Client, case: Application, person: User, do: str, **fields: str) -> Any:
    client.force_login(person)
    proposal = rejection_proposal(case)
    return client.post(url("check", case), {"do": do, "version": str(proposal.pk if proposal else 1), **fields})


def test_four_eyes_on_the_page(client: Client, office: Office) -> None:
    case = proposed(office)

    own = decide(client, case, office.officer, "confirm")
    assert own.status_code == 200
    assert own.context["decision_form"].non_field_errors()
    empty = decide(client, case, office.second, "decline")
    assert empty.context["decision_form"].non_field_errors()
    assert decide(client, case, office.second, "confirm").status_code == 302
    case.refresh_from_db()
    assert case.state == S.INELIGIBLE
    assert decide(client, case, office.coordinator, "decline", note="Zu spät").status_code == 409


def test_a_new_proposal_is_not_confirmed_by_an_old_page(client: Client, office: Office) -> None:
    case = proposed(office)
    first = rejection_proposal(case)
    assert first is not None
    actions.withdraw_rejection(application=case, proposal=first, by=office.officer)
    actions.propose_rejection(application=case, kind="reject_formally", by=office.officer, reason="Anderer Grund.")
    client.force_login(office.second)
    response = client.post(url("check", case), {"do": "confirm", "version": str(first.pk)})

    assert response.status_code == 409
    assert "Anderer Grund." in response.content.decode()
    case.refresh_from_db()
    assert case.state == S.FORMAL_CHECK


def test_rejections_are_proposed_on_their_pages(client: Client) -> None:
    office = make_office(late_policy=LatePolicy.REJECT)
    late = office.case(late=True)
    client.force_login(office.officer)
    page = url("reject", late, "reject_late")

    assert client.get(page).status_code == 200
    assert client.get(url("reject", late, "accept")).status_code == 404
    assert client.post(page, {"reason": "", "version": str(late.version)}).status_code == 200
    assert client.post(page, {"reason": "Zwei Tage zu spät.", "version": str(late.version)}).status_code == 302
    proposal = rejection_proposal(late)
    assert proposal is not None
    assert proposal.reason == "Zwei Tage zu spät."


def test_more_time_and_reopening_on_their_pages(client: Client, office: Office) -> None:
    case = office.case(S.FORMAL_CHECK)
    actions.request_documents(
        application=case, by=office.officer, fields=["aims"], message="x", due_date=clock.today() + timedelta(9)
    )
    case.refresh_from_db()
    client.force_login(office.officer)
    data = {"due_date": day(8), "reason": "Urlaub.", "version": str(case.version)}
    assert client.post(url("extend", case), data).context["form"].non_field_errors()
    assert client.post(url("extend", case), {**data, "due_date": day(20)}).status_code == 302

    closed = office.case(S.INELIGIBLE)
    assert client.get(url("reopen", closed)).status_code == 404
    client.force_login(office.head)
    assert client.post(url("reopen", closed), {"reason": "Neu.", "version": str(closed.version)}).status_code == 302


def test_the_difference_of_a_resubmission(client: Client, office: Office) -> None:
    case = office.case(S.FORMAL_CHECK)
    actions.request_documents(
        application=case, by=office.officer, fields=["summary"], message="x", due_date=clock.today() + timedelta(9)
    )
    case.refresh_from_db()
    values = {"summary": "Neu <b>beschrieben</b>."}
    saved = applicant_actions.save_fields(
        application=case, by=case.created_by, seen_version=case.version, values=values
    )
    applicant_actions.resubmit(application=saved, by=case.created_by, seen_version=saved.version)
    client.force_login(office.officer)
    response = client.get(url("versions", case))

    assert [(c.old, c.new) for c in response.context["changes"]] == [
        ("Begegnung im Stadtteil.", "Neu <b>beschrieben</b>.")
    ]
    assert b"<b>beschrieben" not in response.content
    assert ApplicationVersion.objects.filter(application=case).count() == 2
    assert client.get(url("versions", case), {"old": "x", "new": "99"}).status_code == 200


def test_files_are_for_those_who_work_on_the_case(client: Client, office: Office) -> None:
    case = office.case()
    file = make_attachment(case)
    path = filestore.full_path(file.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF-1.7")
    link = reverse("grants:attachment", args=[case.pk, file.pk])
    other = reverse("grants:attachment", args=[office.case().pk, file.pk])

    client.force_login(office.officer)
    response = client.get(link)
    assert b"".join(response.streaming_content) == b"%PDF-1.7"  # type: ignore[attr-defined]
    assert response["Content-Disposition"].startswith("attachment")
    assert client.get(other).status_code == 404
    for person in (make_juror(office.round).user, make_staff(make_office().fund, Role.CASE_OFFICER), case.created_by):
        client.force_login(person)
        assert client.get(link).status_code == 404


def test_the_check_page_costs_a_fixed_number_of_queries(client: Client, office: Office) -> None:
    case = office.checked()
    for _ in range(5):
        make_attachment(case)
    client.force_login(office.officer)
    client.get(url("check", case))
    with CaptureQueriesContext(connection) as found:
        client.get(url("check", case))

    assert len(found) == 16
