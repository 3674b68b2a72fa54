"""What is owed: once per key, in the recipient's language, with nothing smuggled into subject or text."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, send_mail
from django.db import DatabaseError, IntegrityError, transaction

from accounts import clock
from accounts.models import User
from config.celery import app
from notifications import outbox, wakeup
from notifications.models import Notice
from notifications.states import NoticeState
from tests.factories import make_fund, make_user
from tests.notifications.factories import make_notice

pytestmark = pytest.mark.django_db

TEMPLATE = (
    '{% load i18n %}{% translate "Discarded by a person" %}: {{ title }}\n\n'
    "{{ name }}, {{ title }}\n{{ note }}\n{{ link }}\n"
)


@pytest.fixture(autouse=True)
def template_t01(settings: Any) -> None:
    """A template of its own, so that the wording of the real ones may change."""
    options = {**settings.TEMPLATES[0]["OPTIONS"]}
    options["loaders"] = [
        ("django.template.loaders.locmem.Loader", {"notifications/mail/t01.txt": TEMPLATE}),
        "django.template.loaders.filesystem.Loader",
        "django.template.loaders.app_directories.Loader",
    ]
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "APP_DIRS": False, "OPTIONS": options}]


def owe(key: str = "event:1", to: User | str = "verein@example.org", **more: Any) -> Notice:
    context = {"title": "Sommerfest", "note": "Zeile 1\nZeile 2", **more.pop("context", {})}
    with transaction.atomic():
        outbox.owe("T01", key=key, to=to, context=context, **more)
    return Notice.objects.get(key=key)


def test_notice_is_written_with_its_event_and_addressed() -> None:
    fund, user = make_fund(name="Miteinander", phone="0511 1"), make_user(full_name="Aylin Özdemir", language="en")

    notice = owe(to=user, fund=fund, case_key="case:7", link="/applications/7/")

    assert (notice.code, notice.email, notice.user, notice.fund) == ("T01", user.email, user, fund)
    assert (notice.case_key, notice.link, notice.state) == ("case:7", "/applications/7/", NoticeState.OWED)
    assert notice.subject == "Discarded by a person: Sommerfest"
    assert notice.body == (
        "Aylin Özdemir, Sommerfest\nZeile 1\nZeile 2\nhttp://testserver/applications/7/\n\n--\n"
        "Miteinander\nRegion Hannover, Koordinierungsstelle Integration\nPhone: 0511 1\n"
        "This message was sent automatically. Decisions reach you by letter, never by e-mail.\n"
    )


def test_the_same_key_owes_nothing_new() -> None:
    first = owe(context={"title": "Eins"})
    second = owe(context={"title": "Zwei"})

    assert first == second
    assert Notice.objects.get().subject.endswith("Eins")


@pytest.mark.committing
def test_two_events_at_once_owe_one_notice(in_threads: Callable[..., list[Any]]) -> None:
    results = in_threads([owe] * 6)

    assert len({notice.pk for notice in results}) == 1
    assert Notice.objects.count() == 1


def test_event_that_fails_owes_nothing() -> None:
    with transaction.atomic():
        owe()
        transaction.set_rollback(True)

    assert Notice.objects.count() == 0


@pytest.mark.committing
def test_owing_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError):
        outbox.owe("T01", key="k", to="a@example.org", context={})


@pytest.mark.parametrize("language", ["de", "en"])
def test_language_is_that_of_the_recipient_not_of_the_page(language: str, settings: Any) -> None:
    notice = owe(to=make_user(language=language))

    assert notice.language == language


@pytest.mark.parametrize("breaker", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\ue000"])
def test_no_value_becomes_a_header_line_or_moves_text_into_the_subject(breaker: str) -> None:
    notice = owe(context={"title": f"Fest{breaker}Bcc: all@example.org{breaker}{breaker}Text"})

    assert "Bcc: all@example.org" in notice.subject
    assert len(notice.subject.splitlines()) == 1
    assert notice.body.splitlines()[0].startswith("verein@example.org, Fest")


def test_markup_and_template_code_stay_words() -> None:
    notice = owe(context={"title": '<b>&"{{ link }}{% now "Y" %}'})

    assert notice.subject.endswith('<b>&"{{ link }}{% now "Y" %}')
    assert '<b>&"{{ link }}{% now "Y" %}' in notice.body


def test_names_from_right_to_left_are_kept_and_direction_marks_dropped() -> None:
    user = make_user(full_name="ليلى حداد\u202e gnp.exe")

    notice = owe(to=user, context={"title": "مهرجان الصيف"})

    assert "مهرجان الصيف" in notice.subject
    assert notice.body.startswith("ليلى حداد gnp.exe, مهرجان الصيف")


def test_marks_inside_a_title_become_inner_ones() -> None:
    notice = owe(context={"title": "Projekt „Brücke“", "note": "Bitte „Satzung“ nachreichen."})

    assert notice.subject.endswith(": Projekt ‚Brücke‘")
    assert "Bitte „Satzung“ nachreichen." in notice.body


def test_long_titles_are_cut_in_the_subject_only() -> None:
    notice = owe(context={"title": "x" * 100_000})

    assert len(notice.subject) == 200
    assert "x" * 100_000 in notice.body


def test_frame_adds_a_link_that_the_text_does_not_show() -> None:
    user = make_user(language="en")
    with transaction.atomic():
        body = outbox.compose("T01", to=user, context={"title": "a"}, fund=None, link="", language="en")[1]
    assert "Open the page" not in body


@pytest.fixture
def outbox_backend(settings: Any) -> None:
    """The product's backend; the test runner puts another one in its place."""
    settings.EMAIL_BACKEND = "notifications.mail.OutboxBackend"


@pytest.mark.usefixtures("outbox_backend")
def test_sign_in_mails_become_rows_whose_text_is_erased() -> None:
    user = make_user("Anna@Example.org")

    sent = send_mail("Bitte\u2028bestätigen", "https://example.org/token/", None, ["Anna <anna@example.org>"])

    notice = Notice.objects.get()
    assert sent == 1
    assert (notice.user, notice.email, notice.erase_body) == (user, "anna@example.org", True)
    assert (notice.subject, notice.body) == ("Bitte bestätigen", "https://example.org/token/")


@pytest.mark.usefixtures("outbox_backend")
def test_each_recipient_of_a_sign_in_mail_gets_a_row() -> None:
    message = EmailMultiAlternatives("s", "text", to=["a@example.org"], cc=["b@example.org"])
    message.attach_alternative("<b>text</b>", "text/html")
    message.send()

    assert sorted(Notice.objects.values_list("email", "body")) == [
        ("a@example.org", "text"),
        ("b@example.org", "text"),
    ]


# --- the database's own refusals --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "OWED", "sent_at": None},
        {"sent_at": None},
        {"body": "another text"},
        {"email": "other@example.org"},
        {"subject": "other"},
        {"message_id": "<other@example.org>"},
        {"attempts": 7},
    ],
)
def test_sent_notice_never_changes(changes: dict[str, Any]) -> None:
    notice = make_notice(state=NoticeState.SENT, sent_at=clock.now())

    with pytest.raises(DatabaseError), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(**changes)


def test_sent_notice_may_be_read_and_its_text_erased() -> None:
    notice = make_notice(state=NoticeState.SENT, sent_at=clock.now())

    assert Notice.objects.filter(pk=notice.pk).update(read_at=clock.now(), body="") == 1


def test_key_and_message_id_are_unique() -> None:
    notice = make_notice(key="once")
    for field in ("key", "message_id"):
        double = Notice(key="other", code="N01", email="a@example.org", subject="s", message_id="<other>")
        setattr(double, field, getattr(notice, field))
        with pytest.raises(IntegrityError), transaction.atomic():
            double.save()


# --- wake-ups ---------------------------------------------------------------------------------------------


@pytest.mark.committing
def test_a_transaction_wakes_the_worker_once_after_its_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    # The broker is the border of our code; what counts is how often it is asked.
    sent: list[str] = []
    monkeypatch.setattr(app, "send_task", lambda task, **_: sent.append(task))

    with transaction.atomic():
        for n in range(20):
            make_notice(key=f"many:{n}")
        assert sent == []

    assert sent == [wakeup.NOTICES]


@pytest.mark.committing
def test_a_dead_broker_loses_a_wake_up_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def dead(task: str, **_: Any) -> None:
        calls.append(task)
        raise ConnectionError

    wakeup.breaker.reset()
    monkeypatch.setattr(app, "send_task", dead)
    try:
        make_notice()
        make_notice()
    finally:
        wakeup.breaker.reset()

    assert Notice.objects.count() == 2
    # After the first failure the broker is left alone for a moment.
    assert calls == [wakeup.NOTICES]
