"""The plain way of docs/operators.md: units as they stand in docs/deploy/systemd, on their own machine.

What needs a real systemd, a proxy and TLS is in docs/operators-way.md, tried by hand.
"""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.production.installation import TOKEN, Installation
from tests.production.units import SERVICES, Machine, Service, Unit
from tests.production.visitor import Visitor
from tests.services import Received, free_port, wait_until

pytestmark = pytest.mark.postgresql

EMAIL, REQUEST = "amina@example.org", "operator-0123456789abcdef"

# Owes a mail and orders a receipt as an action does; the nudge finds no broker, so only a sweep can send it.
OWES = """
from django.db import transaction
from notifications import documents, outbox
from tests.factories import make_fund
from tests.notifications import letters
with transaction.atomic():
    fund = make_fund()
    documents.order("C01", key="way", fund=fund, case_key="WAY-1", data=letters.receipt().to_json())
    outbox.write("N00", key="way", to="sweep@example.org", subject="By a sweep", body="Only the scheduler knew.",
                 fund=fund, language="en")
"""


def mails_to(installation: Installation, address: str) -> list[Received]:
    return [mail for mail in installation.mail.received if address in mail.recipients]


@pytest.fixture(scope="module", autouse=True)
def _swept_by_two(request: pytest.FixtureRequest) -> None:
    """Start a second scheduler beside the first, as by mistake on another machine, and owe what only sweeps find."""
    running: Installation = request.getfixturevalue("running")
    folder = running.machine.folder / "other-machine"
    folder.mkdir()
    (folder / "environment").write_text((running.machine.folder / "environment").read_text())
    running.services["second"] = Service(Unit.read("scheduler"), Machine(folder, free_port())).start()
    done = running.manage("shell", "--no-imports", "-c", OWES, REDIS_URL="redis://127.0.0.1:1/0")
    assert done.returncode == 0, done.stderr


def test_a_sign_up_is_mailed_and_its_request_is_found_in_every_log(running: Installation) -> None:
    visitor = running.visitor().ask("/konto/signup/")
    form = {"full_name": "Amina", "email": EMAIL, "password1": "ein langer Satz als Passwort", "language": "de"}
    visitor.ask("/konto/signup/", form, X_Request_ID=REQUEST)

    assert visitor.status == 302, visitor.body
    wait_until(lambda: mails_to(running, EMAIL), 60, "the mail that confirms an address")
    (mail,) = mails_to(running, EMAIL)
    assert (visitor.headers["X-Request-ID"], mail.message["X-Request-ID"]) == (REQUEST, REQUEST)
    wait_until(lambda: REQUEST in running["web"].log, 10, "the request in the web server's log")
    wait_until(lambda: REQUEST in running["notices"].log, 10, "the request in the worker's log")


def test_a_reload_under_load_fails_no_request(running: Installation) -> None:
    before = running["web"].children()
    with steady_visitors(running) as answers:
        wait_until(lambda: answers[200] > 50, 30, "the first answers")
        running["web"].reload()
        wait_until(lambda: not before & running["web"].children(), 60, "new workers in place of the old")
        after = answers[200]
        wait_until(lambda: answers[200] > after + 50, 30, "answers of the new workers")

    assert answers.keys() == {200}


@contextmanager
def steady_visitors(installation: Installation) -> Iterator[Counter[int | str]]:
    """Let four visitors ask for the sign-in page again and again; count what they get."""
    answers: Counter[int | str] = Counter()
    gone = threading.Event()

    def visit() -> None:
        visitor = installation.visitor()
        while not gone.is_set():
            try:
                answers[visitor.ask("/konto/login/").status] += 1
            except (OSError, HTTPException) as error:
                answers[repr(error)] += 1

    threads = [threading.Thread(target=visit, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        gone.set()
        for thread in threads:
            thread.join(30)


def test_a_stopped_worker_finishes_and_its_successor_goes_on(running: Installation) -> None:
    assert running["slow"].stop() == 0

    running["slow"].start()
    wait_until(lambda: running["slow"].lives and len(running["slow"].children()) >= 1, 60, "the worker's child")


def test_with_two_schedulers_a_mail_and_a_letter_are_made_once(running: Installation) -> None:
    wait_until(lambda: mails_to(running, "sweep@example.org"), 90, "the mail that only a sweep finds")
    wait_until(lambda: running.rows("SELECT 1 FROM notifications_document WHERE file <> ''"), 60, "the receipt")

    assert len(mails_to(running, "sweep@example.org")) == 1
    ((name, attempts),) = running.rows("SELECT file, attempts FROM notifications_document")
    assert attempts == 1
    assert (running.machine.folder / "media" / str(name)).read_bytes().startswith(b"%PDF-1.")


def test_a_lost_scheduler_is_noticed(running: Installation) -> None:
    monitoring = running.visitor()
    wait_until(lambda: look(monitoring)["ok"], 60, "all well with two schedulers")

    running["scheduler"].kill()
    running["second"].kill()
    running.rows("UPDATE notifications_sweep SET done_at = done_at - interval '10 minutes'")

    found = look(monitoring)
    assert monitoring.status == 503
    assert [name for name, check in found["checks"].items() if not check["ok"]] == ["scheduler"]
    running["scheduler"].start()
    wait_until(lambda: look(monitoring)["ok"], 60, "all well with a new scheduler")


def look(visitor: Visitor) -> dict[str, Any]:
    """Ask as monitoring does, inside the network and without TLS."""
    answer = visitor.ask("/health/details/", Authorization=f"Bearer {TOKEN}")
    found: dict[str, Any] = json.loads(answer.body)
    return found


def test_every_line_of_every_log_is_json(running: Installation) -> None:
    lines = [(name, line) for name in SERVICES for line in running[name].log.splitlines()]

    assert [pair for pair in lines if not is_record(pair[1])] == []
    assert {name for name, _ in lines} == set(SERVICES)


# What celery says from inside its signal handler, where nobody may write a log.
FAREWELL = ("", "worker: Warm shutdown (MainProcess)")


def is_record(line: str) -> bool:
    if line in FAREWELL:
        return True
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


@pytest.mark.parametrize("name", SERVICES)
def test_a_start_without_settings_names_each_of_them(tmp_path: Path, name: str) -> None:
    folder = tmp_path
    (folder / "environment").write_text("ALLOWED_HOSTS=*\nSITE_URL=http://miteinander.example\n")
    service = Service(Unit.read(name), Machine(folder, free_port())).start()
    try:
        wait_until(lambda: not service.lives, 60, "the end of a start that cannot be")
    finally:
        service.kill()

    missing = ("SECRET_KEY", "FIELD_ENCRYPTION_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "MEDIA_ROOT")
    assert [word for word in missing if f"{word} is missing." not in service.log] == []
    assert "ALLOWED_HOSTS must name the hosts" in service.log
    assert "SITE_URL must begin with https://" in service.log
