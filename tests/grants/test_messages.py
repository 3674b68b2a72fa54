"""Messages between applicant and office: who writes and reads, who is told, files, limits, a second press."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.exceptions import NotPermitted
from accounts.models import User
from accounts.states import MemberRole
from grants import filestore, thread
from grants.actions import messages as actions
from grants.exceptions import NotSentYet, SentAlready, TooManyMessages
from grants.models import Application, CaseMessage, CaseMessageFile
from grants.states import ApplicationState as S
from grants.states import MessageSide, Scan
from notifications.models import Notice
from reviews.queries.tasks import tasks_of
from tests.factories import make_application, make_member, make_organisation
from tests.grants.factories import pdf, stored
from tests.grants.office_world import Office, make_office

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]

ASK, ANSWER = "Dürfen wir die Räume wechseln?", "Ja, bitte melden Sie die neue Adresse."


@pytest.fixture
def office() -> Office:
    return make_office()


def write(case: Application, by: User, side: MessageSide, text: str = ASK, **known: Any) -> CaseMessage:
    return actions.send_message(application=case, by=by, side=side, text=text, **{"seen": 0} | known)


def asks(case: Application, text: str = ASK, **known: Any) -> CaseMessage:
    return write(case, case.created_by, MessageSide.APPLICANT, text, **known)


def told() -> list[tuple[User | None, str]]:
    return [(notice.user, notice.link) for notice in Notice.objects.filter(code="N31").order_by("pk")]


def page(case: Application) -> str:
    return reverse("grants:messages", args=[case.pk])


def office_page(case: Application) -> str:
    return reverse("reviews:case_messages", args=[case.pk])


def as_(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


# --- Both sides ---------------------------------------------------------------------------------------------


def test_question_and_answer_on_their_pages(client: Client, office: Office) -> None:
    case = office.case(S.FORMAL_CHECK, officer=office.officer)
    assert as_(client, case.created_by).post(page(case), {"text": ASK, "last": "0"}).status_code == 302
    assert told() == [(office.officer, office_page(case))]

    shown = as_(client, office.officer).get(office_page(case))
    assert ASK in shown.content.decode()
    assert client.post(office_page(case), {"text": ANSWER, "last": str(case.case_messages.get().pk)}).status_code == 302

    assert told()[1:] == [(case.created_by, page(case))]
    assert ANSWER in as_(client, case.created_by).get(page(case)).content.decode()
    assert [(m.side, m.sent_by, m.text) for m in case.case_messages.order_by("pk")] == [
        ("applicant", case.created_by, ASK), ("office", office.officer, ANSWER),
    ]  # fmt: skip


def test_mail_names_the_case_and_nothing_of_the_message(office: Office) -> None:
    case = office.case(officer=office.officer)
    asks(case)

    notice = Notice.objects.get(code="N31")
    assert str(case.case_number) in notice.subject
    assert ASK not in notice.subject + notice.body


def test_without_an_officer_the_coordinators_are_told(office: Office) -> None:
    case, coordinator = office.case(), office.coordinator
    asks(case)

    assert [user for user, _link in told()] == [coordinator]


def test_one_mail_until_it_is_read(client: Client, office: Office) -> None:
    case = office.case(officer=office.officer)
    asks(case)
    asks(case, "Und noch etwas.")
    assert len(told()) == 1

    as_(client, office.officer).get(office_page(case))
    asks(case, "Danke.")

    assert len(told()) == 2


# --- Who may ------------------------------------------------------------------------------------------------


def test_reader_reads_and_writes_nothing(client: Client, office: Office) -> None:
    organisation = make_organisation()
    case = office.case(organisation=organisation)
    reader = make_member(organisation, MemberRole.READER)
    write(case, office.officer, MessageSide.OFFICE)

    shown = as_(client, reader).get(page(case))

    assert (ASK in shown.content.decode(), "<textarea" in shown.content.decode()) == (True, False)
    assert client.post(page(case), {"text": "x"}).status_code == 404
    # What only a reader has seen still waits.
    assert case.case_messages.get().read_at is None


def test_auditor_reads_and_leaves_no_trace(client: Client, office: Office) -> None:
    case = office.case()
    asks(case)

    assert ASK in as_(client, office.auditor).get(office_page(case)).content.decode()
    assert client.post(office_page(case), {"text": "x"}).status_code == 404
    assert case.case_messages.get().read_at is None


@pytest.mark.parametrize("side", MessageSide)
def test_nobody_writes_for_the_other_side(office: Office, side: MessageSide) -> None:
    case = office.case()
    wrong = office.officer if side == MessageSide.APPLICANT else case.created_by

    with pytest.raises(NotPermitted):
        write(case, wrong, side)
    assert not CaseMessage.objects.exists()


def test_draft_has_no_thread(client: Client) -> None:
    draft = make_application()

    with pytest.raises(NotSentYet):
        asks(draft)
    assert as_(client, draft.created_by).get(page(draft)).status_code == 404


# --- What waits ---------------------------------------------------------------------------------------------


def test_message_is_a_task_until_it_is_opened(client: Client, office: Office) -> None:
    case = office.case()
    asks(case)
    waiting = [(str(task.href), task.count) for task in tasks_of(office.officer)]
    assert (office_page(case), 1) in waiting

    as_(client, office.officer).get(office_page(case))

    assert office_page(case) not in [task.href for task in tasks_of(office.officer)]


def test_answer_is_a_task_of_the_applicant(office: Office) -> None:
    case = office.case()
    write(case, office.officer, MessageSide.OFFICE)

    assert page(case) in [task.href for task in tasks_of(case.created_by)]


# --- Files --------------------------------------------------------------------------------------------------


def test_files_travel_with_the_message(client: Client, office: Office) -> None:
    case = office.case()
    paper = pdf()
    papers = [SimpleUploadedFile(f"angebot-{n}.pdf", paper) for n in (1, 2)]
    as_(client, case.created_by).post(page(case), {"text": ASK, "papers": papers})

    files = list(CaseMessageFile.objects.all())
    assert [file.name for file in files] == ["angebot-1.pdf", "angebot-2.pdf"]
    url = reverse("reviews:case_message_file", args=[case.pk, files[0].pk])
    assert b"".join(as_(client, office.officer).get(url)) == paper


def test_file_of_another_case_is_not_there(client: Client, office: Office) -> None:
    mine, foreign = office.case(), office.case()
    file = asks(foreign, files=[stored()]).files.get()

    assert as_(client, mine.created_by).get(
        reverse("grants:message_file", args=[mine.pk, file.pk])
    ).status_code == 404  # fmt: skip


def test_file_that_the_scanner_has_not_passed_is_named_and_closed(client: Client, office: Office) -> None:
    case = office.case()
    file = asks(case, files=[stored()]).files.get()
    CaseMessageFile.objects.update(scan=Scan.WAITING)
    url = reverse("reviews:case_message_file", args=[case.pk, file.pk])

    shown = as_(client, office.officer).get(office_page(case)).content.decode()

    assert (file.name in shown, url in shown) == (True, False)
    assert client.get(url).status_code == 404


def kept() -> set[str]:
    """The files that lie in the store."""
    folder = filestore.full_path("")
    return {path.name for path in folder.rglob("*") if path.is_file() and path.parent.name != filestore.REMOVED}


def test_bad_file_sends_nothing_and_keeps_the_text(client: Client, office: Office) -> None:
    case, before = office.case(), kept()
    papers = [SimpleUploadedFile("gut.pdf", pdf()), SimpleUploadedFile("schlecht.exe", b"MZ" + b"\0" * 200)]

    answer = as_(client, case.created_by).post(page(case), {"text": ASK, "papers": papers})

    shown = answer.content.decode()
    assert (answer.status_code, ASK in shown, "schlecht.exe" in shown) == (200, True, True)
    assert (CaseMessage.objects.exists(), kept()) == (False, before)


def test_second_press_leaves_no_file_behind(client: Client, office: Office) -> None:
    case = office.case()
    asks(case)
    before = kept()

    as_(client, case.created_by).post(page(case), {"text": ASK, "papers": [SimpleUploadedFile("a.pdf", pdf())]})

    assert (case.case_messages.count(), kept()) == (1, before)


def test_token_is_asked_for(office: Office) -> None:
    case, client = office.case(), Client(enforce_csrf_checks=True)

    assert as_(client, case.created_by).post(page(case), {"text": ASK}).status_code == 403
    assert not CaseMessage.objects.exists()


def test_long_thread_is_told_page_by_page(client: Client, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread, "SHOWN", 2)
    case = office.case()
    first, second, third = (asks(case, f"Frage {number}") for number in (1, 2, 3))

    newest = as_(client, office.officer).get(office_page(case))
    older = client.get(f"{office_page(case)}?before={newest.context['earlier']}")

    assert [message for message, _own, _new in newest.context["thread"]] == [second, third]
    assert [message for message, _own, _new in older.context["thread"]] == [first]
    assert (newest.context["earlier"], older.context["earlier"]) == (second.pk, 0)


# --- Limits -------------------------------------------------------------------------------------------------


def test_second_press_sends_once(client: Client, office: Office) -> None:
    case = office.case()
    for _press in range(2):
        assert as_(client, case.created_by).post(page(case), {"text": ASK, "last": "0"}).status_code == 302

    assert case.case_messages.count() == 1


def test_same_words_later_are_a_new_message(office: Office) -> None:
    case = office.case()
    first = asks(case)
    with pytest.raises(SentAlready):
        asks(case)

    asks(case, seen=first.pk)

    assert case.case_messages.count() == 2


def test_limit_of_a_day(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MESSAGES_A_DAY", 2)
    case = office.case()
    asks(case, "1")
    asks(case, "2")

    with pytest.raises(TooManyMessages):
        asks(case, "3")
    write(case, office.officer, MessageSide.OFFICE)


def test_limit_of_files(office: Office, settings: Any) -> None:
    settings.UPLOAD_MAX_FILES = 1
    case = office.case()
    asks(case, "1", files=[stored()])

    with pytest.raises(TooManyMessages):
        asks(case, "2", files=[stored()])


def test_empty_message_is_not_sent(client: Client, office: Office) -> None:
    case = office.case()

    answer = as_(client, case.created_by).post(page(case), {"text": "  "})

    assert answer.status_code == 200
    assert not CaseMessage.objects.exists()
