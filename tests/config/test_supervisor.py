"""``make run``'s supervisor: everything starts, a second copy is refused, nothing stays behind."""

import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from shutil import copyfile

import psutil
import pytest

from config.processes import die_with_parent
from tests.architecture.sources import ROOT
from tests.services import children_of, environment, free_port, wait_until

# For the file of a fresh database, which they copy.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
Start = Callable[[], "Running"]
ENDS = "Ctrl-C stops it"


class Running:
    """A supervisor with its output in a file."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.log_path = folder / f"log-{free_port()}"
        env = environment(MITEINANDER_DATA=folder / "data", PORT=port, DJANGO_SETTINGS_MODULE="config.settings.demo")
        env["DEMO_APPLICATIONS"] = "0"  # only the start is of interest here
        for name in ("TEST_ENGINE", "TEST_DATABASE_URL", "CELERY_BROKER_URL", "MAKELEVEL"):
            env.pop(name, None)
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.supervisor"], cwd=ROOT, env=env, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=die_with_parent(),
            )  # fmt: skip

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def ready(self) -> "Running":
        wait_until(lambda: ENDS in self.log or self.process.poll() is not None, 90, "the start")
        assert self.process.poll() is None, self.log
        return self

    def family(self) -> list[psutil.Process]:
        """All that run below it; some, like the command that migrates, end while one looks."""
        found = []
        for pid in children_of(self.process.pid):
            with suppress(psutil.NoSuchProcess):
                found.append(psutil.Process(pid))
        return found

    def broker(self) -> psutil.Process | None:
        for member in self.family():
            with suppress(psutil.NoSuchProcess):
                if "valkey" in member.name():
                    return member
        return None


@pytest.fixture
def run(tmp_path: Path, fresh_database: Path) -> Iterator[Start]:
    """Starts copies on one data folder, whose database is migrated already; production's tests begin without."""
    copies: list[Running] = []
    (tmp_path / "data").mkdir(mode=0o700)
    copyfile(fresh_database, tmp_path / "data" / "miteinander.sqlite3")
    port = free_port()

    def start() -> Running:
        copies.append(Running(tmp_path, port))
        return copies[-1]

    yield start
    for copy in copies:
        if copy.process.poll() is None:
            copy.process.terminate()
            copy.process.wait(30)


def lives(member: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return member.is_running() and member.status() != psutil.STATUS_ZOMBIE
    return False


def gone(family: list[psutil.Process]) -> bool:
    return not any(map(lives, family))


def test_run_serves_refuses_a_second_copy_and_leaves_nothing_behind(run: Start) -> None:
    first = run().ready()
    with urllib.request.urlopen(f"http://localhost:{first.port}/health/") as answer:
        assert answer.status == 200

    second = run()
    assert second.process.wait(30) == 1
    assert "Miteinander already runs here" in second.log

    # Broker, web with two, worker with two, scheduler.
    wait_until(lambda: len(first.family()) >= 8, 30, "all processes")
    family = first.family()
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(30) == 0
    wait_until(lambda: gone(family), 10, "the end of all processes")


def test_children_die_with_a_killed_supervisor_and_a_crashed_one_comes_back(run: Start) -> None:
    running = run().ready()
    broker = running.broker()
    assert broker is not None
    broker.kill()
    wait_until(lambda: "broker ended with -9" in running.log, 10, "the notice")
    wait_until(lambda: running.broker() not in (None, broker), 20, "a new broker")

    family = running.family()
    running.process.kill()
    running.process.wait(10)

    wait_until(lambda: gone(family), 40, "the end of all processes")


def test_port_in_use_is_said_clearly(run: Start, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        copy = Running(tmp_path, port)

        assert copy.process.wait(30) == 1
        assert f"Port {port} cannot be used" in copy.log
