"""Notices and letters when things go wrong, with a real worker, broker and mail server.

In the end every notice went out at least once under its own Message-ID, every letter is one file with the
stored hash, and no row is lost.
"""

import hashlib
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from accounts import clock
from config.celery import app
from notifications import wakeup
from notifications.models import Document, Letter, Notice
from notifications.states import NoticeState
from tests.factories import make_fund, make_staff
from tests.notifications.factories import make_letter, make_notice
from tests.services import ROOT, Broker, Postgres, SmtpSink, Worker, environment, wait_until

pytestmark = [pytest.mark.committing, pytest.mark.earnest, pytest.mark.usefixtures("awake")]

StartWorker = Callable[..., Worker]


@pytest.fixture
def awake() -> None:
    """No test inherits the pause that another one's dead broker left."""
    wakeup.breaker.reset()


def ids() -> list[str]:
    return sorted(Notice.objects.values_list("message_id", flat=True))


def states() -> Counter[str]:
    return Counter(Notice.objects.values_list("state", flat=True))


def sweep() -> None:
    """What the scheduler does every half minute."""
    app.send_task("notifications.sweep", queue="notices")


def a_day_later() -> None:
    """Leases run out and next tries fall due, also for the worker: the clock is a row."""
    clock.shift(days=1)


def drained() -> bool:
    return not Notice.objects.filter(state=NoticeState.OWED).exists()


def drawn() -> bool:
    return not Document.objects.filter(rendered_at=None).exists()


def assert_letters_whole(count: int) -> None:
    folder = Path(settings.MEDIA_ROOT) / settings.LETTER_FOLDER
    documents = list(Document.objects.all())
    assert len(documents) == count
    for document in documents:
        content = (Path(settings.MEDIA_ROOT) / document.file).read_bytes()
        assert hashlib.sha256(content).hexdigest() == document.sha256
    files = {str(p.relative_to(settings.MEDIA_ROOT)) for p in folder.rglob("*.pdf")}
    assert {document.file for document in documents} == files


def make_letters(count: int) -> None:
    shutil.rmtree(Path(settings.MEDIA_ROOT) / settings.LETTER_FOLDER, ignore_errors=True)
    fund = make_fund()
    people: dict[str, Any] = {"author": make_staff(fund, "case_officer"), "signatory": make_staff(fund, "signatory")}
    for _ in range(count):
        make_letter(fund, rendered=False, **people)


def test_calm_every_notice_once(smtp_sink: SmtpSink, start_worker: StartWorker) -> None:
    start_worker(concurrency=2)

    for _ in range(20):
        make_notice()

    wait_until(drained, 60, "the notices")
    assert sorted(mail.message_id for mail in smtp_sink.received) == ids()


def test_worker_killed_while_sending(smtp_sink: SmtpSink, start_worker: StartWorker) -> None:
    worker = start_worker()
    smtp_sink.plan("hang")
    for _ in range(5):
        make_notice()
    wait_until(lambda: not smtp_sink.faults, 60, "the message that hangs")

    worker.kill()
    smtp_sink.release()
    assert states()[NoticeState.OWED] > 0
    start_worker()
    sweep()

    wait_until(drained, 60, "the notices")
    received = Counter(mail.message_id for mail in smtp_sink.received)
    assert sorted(received) == ids()


def test_worker_killed_while_drawing(start_worker: StartWorker) -> None:
    worker = start_worker(concurrency=2)
    make_letters(12)
    wait_until(lambda: Document.objects.filter(rendered_at__isnull=False).exists(), 60, "a first letter")

    worker.kill()
    start_worker(concurrency=2)
    sweep()

    wait_until(drawn, 60, "the letters")
    assert_letters_whole(12)
    assert Letter.objects.count() == 12


def test_broker_emptied(broker: Broker, smtp_sink: SmtpSink, start_worker: StartWorker) -> None:
    for _ in range(5):
        make_notice()
    broker.empty()
    start_worker()
    assert states() == {NoticeState.OWED: 5}

    sweep()

    wait_until(drained, 60, "the notices")
    assert sorted(mail.message_id for mail in smtp_sink.received) == ids()


def test_broker_killed_and_started_empty(broker: Broker, smtp_sink: SmtpSink, start_worker: StartWorker) -> None:
    worker = start_worker()
    broker.kill()

    for _ in range(3):
        make_notice()
    assert Notice.objects.count() == 3
    broker.start()
    broker.empty()
    wakeup.breaker.reset()

    wait_until(_swept, 60, f"the notices {worker.log[-500:]}")
    assert sorted(mail.message_id for mail in smtp_sink.received) == ids()


def _swept() -> bool:
    sweep()
    return drained()


def test_hung_broker_delays_nobody_for_long_and_loses_nothing(broker: Broker, smtp_sink: SmtpSink) -> None:
    broker.pause()

    for _ in range(5):
        make_notice()

    assert Notice.objects.count() == 5
    assert wakeup.breaker.closed()
    # Without any broker the operator still gets everything out.
    call_command("drain_outbox", verbosity=0)
    assert states() == {NoticeState.SENT: 5}
    assert sorted(mail.message_id for mail in smtp_sink.received) == ids()


def test_mail_server_with_all_its_moods(smtp_sink: SmtpSink, start_worker: StartWorker) -> None:
    smtp_sink.plan("451", "550", "421", "drop")
    start_worker()
    for _ in range(8):
        make_notice()
    wait_until(lambda: not smtp_sink.faults or _swept(), 60, "all faults")

    smtp_sink.refuse()
    late = make_notice()
    sweep()
    wait_until(lambda: Notice.objects.filter(error__contains="ConnectionRefused").exists(), 60, "the refusal")
    smtp_sink.accept()
    a_day_later()

    wait_until(_swept, 60, "the notices")
    assert states() == {NoticeState.SENT: 8, NoticeState.FAILED: 1}
    failed = Notice.objects.get(state=NoticeState.FAILED)
    received = Counter(mail.message_id for mail in smtp_sink.received)
    assert sorted([*received, failed.message_id]) == ids()
    assert received[late.message_id] == 1
    # The one whose connection broke after the server had taken it came twice, under one Message-ID.
    assert sorted(received.values()) == [1] * 7 + [2]


def test_doubled_wake_ups_for_two_workers_send_once(smtp_sink: SmtpSink, start_worker: StartWorker) -> None:
    for _ in range(10):
        make_notice()
    for _ in range(30):
        app.send_task(wakeup.NOTICES, queue="notices")

    start_worker()
    start_worker()

    wait_until(drained, 60, "the notices")
    assert sorted(mail.message_id for mail in smtp_sink.received) == ids()
    assert set(Notice.objects.values_list("attempts", flat=True)) == {1}


def weather(worker: Worker, broker: Broker, sink: SmtpSink) -> list[Callable[[], object]]:
    """One short storm: everything breaks, some of it at the same moment."""
    return [worker.kill, broker.empty, sink.refuse, broker.kill, broker.start, sink.accept, broker.pause, broker.resume]


def test_everything_at_once(broker: Broker, smtp_sink: SmtpSink, start_worker: StartWorker) -> None:
    """The storm of the soak with one short seed: workers, broker and mail server break while people go on."""
    smtp_sink.plan("451", "drop", "421", "550", "451")
    first, second = start_worker(), start_worker()
    shutil.rmtree(Path(settings.MEDIA_ROOT) / settings.LETTER_FOLDER, ignore_errors=True)
    fund = make_fund()
    people: dict[str, Any] = {"author": make_staff(fund, "case_officer"), "signatory": make_staff(fund, "signatory")}

    for fault in weather(first, broker, smtp_sink):
        fault()
        for _ in range(5):
            make_notice()
        make_letter(fund, rendered=False, **people)
    second.kill()
    start_worker()
    wakeup.breaker.reset()
    wait_until(lambda: _swept() or not smtp_sink.faults, 90, "all moods of the mail server")
    a_day_later()

    wait_until(lambda: _swept() and drawn(), 90, "notices and letters")
    assert states() == {NoticeState.SENT: 39, NoticeState.FAILED: 1}
    failed = Notice.objects.get(state=NoticeState.FAILED)
    assert sorted([*{mail.message_id for mail in smtp_sink.received}, failed.message_id]) == ids()
    assert_letters_whole(8)


@pytest.mark.postgresql
def test_database_crashes_while_sending(
    database_server: Postgres, smtp_sink: SmtpSink, start_worker: StartWorker
) -> None:
    # The tests' server answers before its log is written; what is committed must survive this crash.
    name = connection.ops.quote_name(str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = on")
    connection.close()
    start_worker()
    for _ in range(40):
        make_notice()

    connection.close()
    database_server.restart(crash=True)

    a_day_later()

    wait_until(_swept, 60, "the notices")
    assert states() == {NoticeState.SENT: 40}
    assert sorted({mail.message_id for mail in smtp_sink.received}) == ids()


FULL_DISK = """
import resource, sys
from pathlib import Path
import django
django.setup()
from notifications.rendering import store
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    store(Path(sys.argv[1]) / "2026" / "1.pdf", b"x" * 20_000)
except OSError as error:
    print("refused", error.errno)
"""


@pytest.mark.django_db
def test_disk_full_while_writing_leaves_nothing(tmp_path: Path) -> None:
    env = environment(DJANGO_SETTINGS_MODULE="config.settings.test", TEST_DATA_DIR=tmp_path / "data")

    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path / "letters")],
        env=env, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip

    assert done.stdout == "refused 27\n"
    assert list((tmp_path / "letters" / "2026").iterdir()) == []
