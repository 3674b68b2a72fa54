"""Outbox, mail room, messages, demo mail: who sees what, and what the buttons do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock
from accounts.models import AuditEntry, User
from accounts.states import MemberRole, Role
from notifications import delivery
from notifications.models import Document, Letter, Notice, Sweep
from notifications.permissions import OUTBOX_READERS
from notifications.states import LetterState, NoticeState
from tests.factories import (
    give_role,
    make_administrator,
    make_auditor,
    make_fund,
    make_member,
    make_organisation,
    make_staff,
    make_user,
)
from tests.notifications.factories import make_letter, make_notice, render_all

# What a page shows and asks back is decided in Python; statements are counted on PostgreSQL elsewhere.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def queries_of(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(url).status_code == 200
    return len(counted)


# --- outbox -----------------------------------------------------------------------------------------------


def test_outbox_shows_the_own_funds_only() -> None:
    mine, other = make_fund(), make_fund()
    make_notice(fund=mine, subject="Meins")
    make_notice(fund=other, subject="Fremdes")
    make_notice(subject="Ohne Fonds")
    url = reverse("notifications:outbox")

    officer = signed_in(make_staff(mine, Role.CASE_OFFICER)).get(url).content.decode()
    everybody = signed_in(make_administrator()).get(url).content.decode()

    assert ("Meins" in officer, "Fremdes" in officer, "Ohne Fonds" in officer) == (True, False, False)
    assert ("Meins" in everybody, "Fremdes" in everybody, "Ohne Fonds" in everybody) == (True, True, True)


def test_outbox_hides_what_is_about_the_own_organisation() -> None:
    fund, organisation = make_fund(), make_organisation()
    about = make_notice(fund=fund, subject="Eigener Fall", organisation=organisation, state=NoticeState.FAILED)
    officer = make_member(organisation, MemberRole.READER)
    give_role(officer, fund, Role.CASE_OFFICER)
    client = signed_in(officer)
    url = reverse("notifications:outbox")

    assert "Eigener Fall" in signed_in(make_staff(fund, Role.CASE_OFFICER)).get(url).content.decode()
    assert "Eigener Fall" not in client.get(url, {"state": "ALL"}).content.decode()
    assert client.get(reverse("notifications:outbox_detail", args=[about.pk])).status_code == 404
    assert client.post(reverse("notifications:outbox_again", args=[about.pk])).status_code == 404
    assert "Eigener Fall" not in client.get(reverse("notifications:outbox_again_all")).content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role not in OUTBOX_READERS])
def test_outbox_is_not_there_for_other_roles(role: Role) -> None:
    fund = make_fund()
    notice = make_notice(fund=fund)
    client = signed_in(make_staff(fund, role))

    assert client.get(reverse("notifications:outbox")).status_code == 404
    assert client.get(reverse("notifications:outbox_detail", args=[notice.pk])).status_code == 404
    assert client.post(reverse("notifications:outbox_again", args=[notice.pk])).status_code == 404


def test_outbox_asks_to_sign_in() -> None:
    response = Client().get(reverse("notifications:outbox"))

    assert response.status_code == 302
    assert response["Location"].startswith("/konto/login/")


def test_text_is_shown_to_staff_but_not_to_administrators_and_never_with_a_token() -> None:
    fund = make_fund()
    plain = make_notice(fund=fund, body="Der Text der Nachricht")
    token = make_notice(fund=fund, body="https://example.org/geheim-123/", erase_body=True)
    officer, admin = signed_in(make_staff(fund, Role.CASE_OFFICER)), signed_in(make_administrator())

    def shows(client: Client, notice: Notice, text: str) -> bool:
        return text in client.get(reverse("notifications:outbox_detail", args=[notice.pk])).content.decode()

    assert shows(officer, plain, "Der Text der Nachricht")
    assert not shows(admin, plain, "Der Text der Nachricht")
    assert not shows(officer, token, "geheim-123")
    assert not shows(admin, token, "geheim-123")


def test_stuck_notice_is_sent_again_with_its_message_id() -> None:
    fund = make_fund()
    officer = make_staff(fund, Role.CASE_OFFICER)
    notice = make_notice(fund=fund, state=NoticeState.FAILED, error="550 unknown")

    response = signed_in(officer).post(reverse("notifications:outbox_again", args=[notice.pk]))

    assert response.status_code == 302
    again = Notice.objects.get(pk=notice.pk)
    assert (again.state, again.error, again.message_id) == (NoticeState.OWED, "", notice.message_id)
    entry = AuditEntry.objects.get(action="send_again")
    assert (entry.actor, entry.from_state, entry.to_state) == (officer, "FAILED", "FAILED")


def test_sent_notice_is_not_sent_again() -> None:
    fund = make_fund()
    client = signed_in(make_staff(fund, Role.COORDINATOR))
    notice = make_notice(fund=fund)
    delivery.deliver_due(seconds=5)

    response = client.post(reverse("notifications:outbox_again", args=[notice.pk]))

    assert response.status_code == 409
    assert Notice.objects.get(pk=notice.pk).state == NoticeState.SENT


@pytest.mark.parametrize("url_name", ["outbox_again", "outbox_discard"])
def test_auditor_reads_but_does_nothing(url_name: str) -> None:
    fund = make_fund()
    notice = make_notice(fund=fund, state=NoticeState.FAILED)
    client = signed_in(make_auditor(fund))

    assert client.get(reverse("notifications:outbox_detail", args=[notice.pk])).status_code == 200
    assert client.post(reverse(f"notifications:{url_name}", args=[notice.pk])).status_code == 404
    assert Notice.objects.get(pk=notice.pk).state == NoticeState.FAILED


def test_discarding_needs_a_reason_and_keeps_what_was_typed() -> None:
    fund = make_fund()
    client = signed_in(make_staff(fund, Role.CASE_OFFICER))
    notice = make_notice(fund=fund, state=NoticeState.HELD, body="token", erase_body=True)
    url = reverse("notifications:outbox_discard", args=[notice.pk])

    assert client.post(url, {"reason": "  "}).status_code == 200
    assert Notice.objects.get(pk=notice.pk).state == NoticeState.HELD
    too_long = client.post(url, {"reason": "x" * 1001})
    assert "x" * 1001 in too_long.content.decode()

    assert client.post(url, {"reason": "Adresse gibt es nicht"}).status_code == 302
    gone = Notice.objects.get(pk=notice.pk)
    assert (gone.state, gone.body) == (NoticeState.DISCARDED, "")
    assert AuditEntry.objects.get(action="discard_notice").reason == "Adresse gibt es nicht"


def test_notice_that_is_being_sent_cannot_be_discarded() -> None:
    fund = make_fund()
    client = signed_in(make_staff(fund, Role.CASE_OFFICER))
    lease = clock.now() + timedelta(minutes=1)
    notice = make_notice(fund=fund, lease_token="a-worker", lease_until=lease)

    response = client.post(reverse("notifications:outbox_discard", args=[notice.pk]), {"reason": "Doch nicht"})

    assert response.status_code == 409
    assert Notice.objects.get(pk=notice.pk).state == NoticeState.OWED


def test_all_stuck_ones_are_shown_first_and_exactly_those_sent_again() -> None:
    mine, other = make_fund(), make_fund()
    client = signed_in(make_staff(mine, Role.COORDINATOR))
    first, second = (make_notice(fund=mine, state=s) for s in (NoticeState.FAILED, NoticeState.HELD))
    foreign = make_notice(fund=other, state=NoticeState.FAILED)
    url = reverse("notifications:outbox_again_all")

    page = client.get(url).content.decode()
    late = make_notice(fund=mine, state=NoticeState.FAILED)
    response = client.post(url, {"notice": [first.pk, second.pk, foreign.pk, "x", "9" * 30]})

    assert f'value="{first.pk}"' in page
    assert f'value="{foreign.pk}"' not in page
    assert response.status_code == 302
    states = dict(Notice.objects.values_list("pk", "state"))
    assert states == {first.pk: "OWED", second.pk: "OWED", foreign.pk: "FAILED", late.pk: "FAILED"}


def test_failed_document_is_drawn_again() -> None:
    fund = make_fund()
    client = signed_in(make_staff(fund, Role.CASE_OFFICER))
    document = make_letter(fund, rendered=False).document
    Document.objects.filter(pk=document.pk).update(failed_at=clock.now(), error="OSError", attempts=9)
    url = reverse("notifications:document_again", args=[document.pk])

    assert "OSError" in client.get(reverse("notifications:outbox")).content.decode()
    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 409
    render_all()
    assert Document.objects.get(pk=document.pk).rendered_at is not None


def test_outbox_reads_the_same_number_of_times_for_3_and_300_rows() -> None:
    fund = make_fund()
    client = signed_in(make_staff(fund, Role.CASE_OFFICER))
    url = reverse("notifications:outbox")
    for _ in range(3):
        make_notice(fund=fund)
    few = queries_of(client, url)
    Notice.objects.bulk_create(
        Notice(key=f"many:{n}", code="N01", fund=fund, email="a@example.org", subject="x", message_id=f"<{n}>")
        for n in range(300)
    )

    assert queries_of(client, url) == few == 12


def test_outbox_says_since_when_the_clockwork_stands_still() -> None:
    fund = make_fund()
    client, url = signed_in(make_staff(fund, Role.ADMINISTRATOR)), reverse("notifications:outbox")
    assert "ist hier noch nie geschehen" in client.get(url).content.decode()

    now = clock.now()
    for name in settings.SWEEPS_LATE_AFTER:
        Sweep.objects.create(name=name, done_at=now)
    assert "Uhrwerk" not in client.get(url).content.decode()

    Sweep.objects.filter(name="grants.sweep").update(done_at=datetime(2026, 9, 1, 6, 30, tzinfo=UTC))
    page = client.get(url).content.decode()
    assert "Das Uhrwerk steht still" in page
    assert "ist seit 01.09.2026, 08:30 Uhr nicht geschehen" in page


# --- mail room --------------------------------------------------------------------------------------------


def released(fund: Any, **fields: Any) -> Letter:
    now = clock.now()
    return make_letter(fund, state=LetterState.RELEASED, signed_at=now, released_at=now, **fields)


def test_mail_room_sees_released_letters_of_its_funds() -> None:
    mine, other = make_fund(), make_fund()
    clerk = signed_in(make_staff(mine, Role.MAIL_ROOM))
    letter, foreign, draft = released(mine), released(other), make_letter(mine)

    page = clerk.get(reverse("notifications:dispatch")).content.decode()

    assert (letter.number in page, foreign.number in page, draft.number in page) == (True, False, False)
    for pk, status in ((letter.pk, 200), (foreign.pk, 404), (draft.pk, 404)):
        assert clerk.get(reverse("notifications:dispatch_letter", args=[pk])).status_code == status


@pytest.mark.parametrize("role", [r for r in Role if r != Role.MAIL_ROOM])
def test_mail_room_is_not_there_for_other_roles(role: Role) -> None:
    fund = make_fund()
    letter = released(fund)
    client = signed_in(make_staff(fund, role))

    # An auditor looks on, and finds nothing to press.
    page = client.get(reverse("notifications:dispatch"))
    assert page.status_code == (200 if role == Role.AUDITOR else 404)
    assert b'name="letter"' not in page.content
    url = reverse("notifications:dispatch_post", args=[letter.pk])
    assert client.post(url, {"posted_on": str(clock.today()), "version": letter.version}).status_code == 404


def test_dispatch_is_recorded_once() -> None:
    fund = make_fund()
    clerk = make_staff(fund, Role.MAIL_ROOM)
    client, letter, today = signed_in(clerk), released(fund), clock.today()
    url = reverse("notifications:dispatch_post", args=[letter.pk])

    first = client.post(url, {"posted_on": f"{today:%d.%m.%Y}", "version": letter.version})
    second = client.post(url, {"posted_on": f"{today:%d.%m.%Y}", "version": letter.version})

    assert (first.status_code, second.status_code) == (302, 409)
    posted = Letter.objects.get(pk=letter.pk)
    assert (posted.state, posted.posted_on, posted.posted_by) == (LetterState.POSTED, today, clerk)


def test_wrong_day_is_said_at_the_field_and_kept() -> None:
    fund = make_fund()
    client, letter = signed_in(make_staff(fund, Role.MAIL_ROOM)), released(fund)
    url = reverse("notifications:dispatch_post", args=[letter.pk])
    tomorrow = f"{clock.today() + timedelta(days=1):%d.%m.%Y}"

    for typed in (tomorrow, "1.1.2020", "31.02.2026", "gestern", ""):
        page = client.post(url, {"posted_on": typed, "version": letter.version})
        assert page.status_code == 200, typed
        assert f'value="{typed}"' in page.content.decode() or typed == ""
        assert "id_posted_on_error" in page.content.decode()
    assert Letter.objects.get(pk=letter.pk).state == LetterState.RELEASED


def test_several_letters_are_shown_with_addresses_and_posted_together() -> None:
    fund = make_fund()
    client = signed_in(make_staff(fund, Role.MAIL_ROOM))
    letters = [released(fund) for _ in range(3)]
    url = reverse("notifications:dispatch_many")

    page = client.get(url, {"letter": [x.pk for x in letters[:2]]}).content.decode()
    assert "Limmerstraße 12 b" in page
    assert (letters[1].number in page, letters[2].number in page) == (True, False)

    picks = [f"{x.pk}:{x.version}" for x in letters[:2]]
    assert client.post(url, {"letter": picks, "posted_on": f"{clock.today():%d.%m.%Y}"}).status_code == 302
    states = list(Letter.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["POSTED", "POSTED", "RELEASED"]


def test_several_letters_are_posted_all_or_none() -> None:
    fund = make_fund()
    client = signed_in(make_staff(fund, Role.MAIL_ROOM))
    fresh, changed = released(fund), released(fund)
    picks = [f"{fresh.pk}:{fresh.version}", f"{changed.pk}:{changed.version + 1}"]

    response = client.post(
        reverse("notifications:dispatch_many"), {"letter": picks, "posted_on": f"{clock.today():%d.%m.%Y}"}
    )

    assert response.status_code == 409
    assert set(Letter.objects.values_list("state", flat=True)) == {"RELEASED"}


@pytest.mark.parametrize("picks", [[], ["x"], ["-1"], ["9" * 40], ["1:2:3"]])
def test_nothing_picked_leads_back(picks: list[str]) -> None:
    client = signed_in(make_staff(make_fund(), Role.MAIL_ROOM))

    assert client.get(reverse("notifications:dispatch_many"), {"letter": picks}).status_code == 302
    assert client.post(reverse("notifications:dispatch_many"), {"letter": picks}).status_code == 302


def test_labels_hold_the_frozen_addresses() -> None:
    fund = make_fund()
    client = signed_in(make_staff(fund, Role.MAIL_ROOM))
    released(fund)
    released(fund)

    response = client.get(reverse("notifications:dispatch_labels"))

    address = "Kulturbrücke Linden e. V.\nz. Hd. Frau Aylin Özdemir\nLimmerstraße 12 b\n30451 Hannover"
    assert response.content.decode() == f"{address}\n\n{address}\n"
    assert response["Content-Disposition"].startswith("attachment")


def test_letter_is_handed_out_to_the_mail_room(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    fund = make_fund()
    letter = make_letter(fund, rendered=False, state=LetterState.RELEASED, released_at=clock.now())
    render_all()

    response = signed_in(make_staff(fund, Role.MAIL_ROOM)).get(reverse("notifications:dispatch_pdf", args=[letter.pk]))

    assert b"".join(response.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    assert response["Content-Disposition"] == f'attachment; filename="{letter.number}.pdf"'


def test_letter_whose_file_is_damaged_is_not_handed_out() -> None:
    fund = make_fund()
    letter = released(fund)

    response = signed_in(make_staff(fund, Role.MAIL_ROOM)).get(reverse("notifications:dispatch_pdf", args=[letter.pk]))

    assert response.status_code == 409


def test_dispatch_list_reads_the_same_number_of_times_for_3_and_60_rows() -> None:
    fund = make_fund()
    client = signed_in(make_staff(fund, Role.MAIL_ROOM))
    author, signatory = make_staff(fund, Role.CASE_OFFICER), make_staff(fund, Role.SIGNATORY)
    url = reverse("notifications:dispatch")
    for _ in range(3):
        released(fund, author=author, signatory=signatory)
    few = queries_of(client, url)
    for _ in range(57):
        released(fund, author=author, signatory=signatory)

    assert queries_of(client, url) == few == 9


# --- messages ---------------------------------------------------------------------------------------------


def test_messages_are_the_own_ones_without_sign_in_mails() -> None:
    user, other = make_user(), make_user()
    make_notice(user, subject="An mich")
    make_notice(user, subject="Mit Kennwort-Link", erase_body=True)
    foreign = make_notice(other, subject="An andere")
    client = signed_in(user)

    page = client.get(reverse("notifications:messages")).content.decode()

    assert ("An mich" in page, "Kennwort" in page, "An andere" in page) == (True, False, False)
    assert client.get(reverse("notifications:message", args=[foreign.pk])).status_code == 404
    assert Notice.objects.get(pk=foreign.pk).read_at is None


def test_opened_message_counts_as_read_once_also_after_it_was_sent() -> None:
    user = make_user()
    message = make_notice(user, body="<b>Text</b> & mehr", link="/messages/")
    delivery.deliver_due(seconds=5)
    client = signed_in(user)

    page = client.get(reverse("notifications:message", args=[message.pk])).content.decode()
    first = Notice.objects.get(pk=message.pk).read_at
    client.get(reverse("notifications:message", args=[message.pk]))

    assert "&lt;b&gt;Text&lt;/b&gt; &amp; mehr" in page
    assert first is not None
    assert Notice.objects.get(pk=message.pk).read_at == first


def test_all_messages_are_marked_as_read() -> None:
    user = make_user()
    make_notice(user)
    make_notice(user)
    foreign = make_notice(make_user())

    assert signed_in(user).post(reverse("notifications:messages_read")).status_code == 302
    assert Notice.objects.filter(user=user, read_at=None).count() == 0
    assert Notice.objects.get(pk=foreign.pk).read_at is None


# --- demo mail --------------------------------------------------------------------------------------------


@pytest.fixture
def mail_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.usefixtures("mail_folder")
def test_demo_shows_mails_as_sent_also_those_with_tokens() -> None:
    notice = make_notice("neu@example.org", subject="Bitte bestätigen: Größe", erase_body=True,
                         body="https://example.org/konto/bestaetigen/abc/ <script>")  # fmt: skip
    delivery.deliver_due(seconds=5)

    mails = Client().get(reverse("notifications:demo_mail")).content.decode()
    mail = Client().get(reverse("notifications:demo_mail_detail", args=[notice.pk])).content.decode()

    assert "Bitte bestätigen: Größe" in mails
    assert 'href="https://example.org/konto/bestaetigen/abc/"' in mail
    assert "<script>" not in mail.partition("<main")[2]
    assert Client().get(reverse("notifications:demo_mail_detail", args=[notice.pk + 1])).status_code == 404


@pytest.mark.usefixtures("mail_folder")
def test_demo_mail_exists_in_the_demo_only(settings: Any) -> None:
    notice = make_notice()
    delivery.deliver_due(seconds=5)
    settings.DEMO = False

    assert Client().get(reverse("notifications:demo_mail")).status_code == 404
    assert Client().get(reverse("notifications:demo_mail_detail", args=[notice.pk])).status_code == 404
