"""The virus scanner: what it lets pass is shown, what it has not seen waits, what it refuses goes no further."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import AuditEntry
from config.env import weak_scanner
from grants import actions, filestore, queries, scanning
from grants.exceptions import BadFile
from grants.models import Application, Attachment
from grants.states import ApplicationState as S
from grants.states import Scan
from grants.tasks import sweep
from notifications.models import Notice
from tests.factories import make_application, make_staff
from tests.grants.factories import make_attachment, make_sendable, pdf, sender_of, stored, upload
from tests.scanner import VIRUS, Scanner

SICK = pdf() + b"\n% " + VIRUS


@pytest.fixture
def scanner(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scanner]:
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(scanning, "FIRST_SECONDS", 0.3)
    monkeypatch.setattr(scanning, "PATIENT_SECONDS", 0.3)
    scanning._silent_until[0] = 0.0
    made = Scanner().start()
    settings.CLAMAV_ADDRESS = made.address
    yield made
    made.remove()
    scanning._silent_until[0] = 0.0


def waiting(application: Application, content: bytes, kind: str = "quote") -> Attachment:
    """A file that came while the scanner was away."""
    file = actions.add_file(application=application, by=sender_of(application), kind=kind, stored=stored(content))
    Attachment.objects.filter(pk=file.pk).update(scan=Scan.WAITING, scanned_at=None)
    return Attachment.objects.get(pk=file.pk)


def files_in_store() -> list[Path]:
    root = Path(settings.MEDIA_ROOT) / settings.UPLOAD_FOLDER
    return [path for path in root.rglob("*") if path.is_file()]


def test_without_a_scanner_nothing_is_asked() -> None:
    assert settings.CLAMAV_ADDRESS == ""
    assert stored().scan == Scan.NONE


def test_clean_file_is_taken(scanner: Scanner) -> None:
    content = pdf() + b"\n" * 600_000

    found = stored(content)

    assert (found.scan, scanner.seen) == (Scan.CLEAN, [len(content)])


def test_virus_is_refused_and_nothing_stays(scanner: Scanner) -> None:
    with pytest.raises(BadFile, match="Virenscanner"):
        filestore.store(upload("rechnung.pdf", SICK))

    assert files_in_store() == []


@pytest.mark.parametrize("mood", ["hangs", "dies", "fails"])
def test_scanner_that_says_nothing_leaves_the_file_in_quarantine(scanner: Scanner, mood: str) -> None:
    scanner.mood = mood

    assert stored().scan == Scan.WAITING


def test_after_a_silence_nobody_waits_again(scanner: Scanner) -> None:
    scanner.stop()
    assert stored().scan == Scan.WAITING
    scanner.start()

    assert stored().scan == Scan.WAITING
    assert scanner.seen == []


def test_unreadable_answer_is_no_silence(scanner: Scanner) -> None:
    scanner.mood = "fails"
    stored()
    scanner.mood = "well"

    assert stored().scan == Scan.CLEAN


@pytest.mark.parametrize(
    ("address", "complaints"),
    [
        ("", 0),
        ("unix:///run/clamav/clamd.ctl", 0),
        ("tcp://clamav:3310", 0),
        ("tcp://10.0.0.7:3310", 0),
        ("unix://", 1),
        ("tcp://", 1),
        ("tcp://scanner.example.org:3310", 1),
    ],
)
def test_address_of_the_scanner(address: str, complaints: int) -> None:
    assert len(weak_scanner(address)) == complaints


@pytest.mark.committing
class TestQuarantine:
    def test_clean_one_comes_out_by_itself(self, scanner: Scanner) -> None:
        file = waiting(make_application(), pdf())

        sweep()

        file.refresh_from_db()
        assert (file.scan, file.shown, file.scanned_at is not None) == (Scan.CLEAN, True, True)
        assert not Notice.objects.filter(code="N32").exists()

    def test_virus_stays_and_its_sender_is_told_once(self, scanner: Scanner) -> None:
        draft = make_application()
        file = waiting(draft, pdf() + b"\n%x", kind="statutes")
        filestore.full_path(file.path).write_bytes(SICK)

        sweep()
        sweep()

        file.refresh_from_db()
        notice = Notice.objects.get(code="N32")
        assert (file.scan, file.shown) == (Scan.INFECTED, False)
        assert (notice.user, file.name in notice.body) == (sender_of(draft), True)
        assert "statutes" not in queries.load_draft(Application.objects.get(pk=draft.pk)).kinds_attached

    def test_history_of_a_sent_case_has_it(self, scanner: Scanner) -> None:
        case = make_application(state=S.SUBMITTED)
        file = make_attachment(case, path=stored().path, scan=Scan.WAITING)
        filestore.full_path(file.path).write_bytes(SICK)

        sweep()

        assert AuditEntry.objects.filter(action="refuse_file", case_key=case.case_key).count() == 1

    def test_scanner_that_is_still_away_changes_nothing(self, scanner: Scanner) -> None:
        file = waiting(make_application(), pdf())
        scanner.stop()

        sweep()

        file.refresh_from_db()
        assert file.scan == Scan.WAITING

    def test_application_can_be_sent_with_a_file_that_waits(self, scanner: Scanner) -> None:
        draft = make_sendable()
        draft.attachments.update(scan=Scan.WAITING)

        sent = actions.submit(application=draft, by=sender_of(draft), seen_version=draft.version)

        assert sent.state == S.SUBMITTED

    @pytest.mark.parametrize("scan", [Scan.WAITING, Scan.INFECTED])
    def test_no_door_hands_it_out(self, scanner: Scanner, client: Client, scan: Scan) -> None:
        case = make_application(state=S.SUBMITTED)
        file = make_attachment(case, path=stored().path, scan=scan)
        officer = make_staff(case.fund, "case_officer")
        for who, door in ((sender_of(case), "file"), (officer, "attachment")):
            client.force_login(who)
            for name in (door, f"{door}_preview"):
                assert client.get(reverse(f"grants:{name}", args=[case.pk, file.pk])).status_code == 404

    def test_lists_say_so_and_link_nothing(self, scanner: Scanner, client: Client) -> None:
        draft = make_application()
        file = make_attachment(draft, scan=Scan.WAITING)
        client.force_login(sender_of(draft))

        answer: Any = client.get(reverse("grants:files", args=[draft.pk]))

        page = answer.content.decode()
        assert "Wartet auf den Virenscanner" in page
        assert reverse("grants:file", args=[draft.pk, file.pk]) + '"' not in page
