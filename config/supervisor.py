"""``python -m config.supervisor``: the whole product on one machine, for ``make run``.

Prepares the demo's folder (database, static files, translations, first data), then runs broker, web server,
worker and scheduler as separate processes until Ctrl-C. All of them end with it, also when it is killed.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands

from config.messages import compile_messages
from config.processes import broker_binary, broker_command, die_with_parent, set_death_signal

GRACE_SECONDS = 10
STABLE_SECONDS = 60
LONGEST_PAUSE = 30.0
UNFINISHED = "first-start-unfinished"
ROOT = Path(__file__).resolve().parents[1]
PYTHON = [sys.executable, "-m"]


def say(text: str, name: str = "run") -> None:
    """Print one line under the name of the process it comes from."""
    print(f"{name:<9} | {text}", flush=True)


@dataclass
class Child:
    """A process that is started again, after growing pauses, whenever it ends by itself."""

    name: str
    command: list[str]
    env: dict[str, str]
    process: subprocess.Popen[str] | None = None
    started: float = 0
    pause: float = 1
    due: float = 0

    def start(self) -> None:
        """Start it in a process group of its own, so that Ctrl-C reaches the supervisor only."""
        self.process = subprocess.Popen(
            self.command, env=self.env, cwd=ROOT, text=True, errors="replace", bufsize=1,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True, preexec_fn=die_with_parent(),
        )  # fmt: skip
        self.started, self.due = time.monotonic(), 0
        threading.Thread(target=self._echo, args=(self.process.stdout,), daemon=True).start()

    def _echo(self, lines: IO[str]) -> None:
        for line in lines:
            say(line.rstrip(), self.name)

    def look_after(self) -> None:
        """Notice an end, and start it again when its pause is over."""
        now = time.monotonic()
        if self.due and now >= self.due:
            self.start()
        elif not self.due and self.process is not None and self.process.poll() is not None:
            self.pause = 1 if now - self.started > STABLE_SECONDS else min(self.pause * 2, LONGEST_PAUSE)
            self.due = now + self.pause
            say(f"{self.name} ended with {self.process.returncode}; again in {self.pause:.0f} s")

    def ask_to_end(self) -> None:
        """Send SIGTERM: finish what you are doing."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, until: float) -> None:
        """Wait until then, and kill what is left of its process group."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"{self.name} does not end; killing it")
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


@contextmanager
def only_copy(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, or stop with a message that names who holds it."""
    with (folder / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            sys.exit(f"\nMiteinander already runs here ({lock.read().strip()}). Stop it first with Ctrl-C.\n")
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, {settings.SITE_URL}")
        lock.flush()
        yield


def check_port(port: int) -> None:
    """Stop with a message when somebody else listens on ``port``."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            sys.exit(f"\nPort {port} cannot be used ({error.strerror}). Another one: make run PORT={port + 1}\n")


def prepare() -> None:
    """Bring translations, database, static files and the demo's data up to date, with a word on each."""
    forget_half_a_demo()
    say("translations ...")
    compile_messages()
    say("database ...")
    call_command("migrate", interactive=False, verbosity=0)
    collect_static()
    if not get_user_model().objects.exists():
        seed()


def forget_half_a_demo() -> None:
    """Remove the database of a first start that was interrupted: half a demo would be taken for a whole one."""
    mark = Path(settings.DATA_DIR) / UNFINISHED
    if mark.exists():
        say("the first start was interrupted; beginning anew ...")
        for tail in ("", "-wal", "-shm"):
            Path(f"{settings.DATABASES['default']['NAME']}{tail}").unlink(missing_ok=True)
        mark.unlink()


def seed() -> None:
    """Invent the demo's data; ``DEMO_APPLICATIONS`` says how many applications (70), 0 leaves it empty."""
    count = int(os.environ.get("DEMO_APPLICATIONS") or 70)
    if count and "seed_demo" in get_commands():
        say(f"inventing the demo's fund, organisations and {count} applications (only at the first start) ...")
        mark = Path(settings.DATA_DIR) / UNFINISHED
        mark.touch()
        call_command("seed_demo", applications=count)
        mark.unlink()


def collect_static() -> None:
    """Collect and compress static files when one of them is newer than the collection."""
    sources = [path for folder in settings.STATICFILES_DIRS for path in Path(folder).rglob("*")]
    state = f"{len(sources)} {max((path.stat().st_mtime_ns for path in sources), default=0)}"
    stamp = Path(settings.STATIC_ROOT).with_name("static.stamp")
    if stamp.exists() and stamp.read_text() == state and Path(settings.STATIC_ROOT).is_dir():
        return
    say("style sheets, fonts and pictures ...")
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(state)


def children(port: int, runtime: Path) -> list[Child]:
    """Return the processes in the order of their start; the broker's socket lies in ``runtime``."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"], "PORT": str(port)}
    env |= {"PYTHONUNBUFFERED": "1", "MITEINANDER_DATA": str(settings.DATA_DIR)}
    # In a container the demo often runs as root; celery's lines about it would drown the welcome.
    env["PYTHONWARNINGS"] = "ignore:You're running the worker"
    queue = Path(settings.DATA_DIR) / "queue"
    queue.mkdir(exist_ok=True)
    binary = broker_binary()
    env["CELERY_BROKER_URL"] = f"redis+socket://{runtime / 'broker'}" if binary else "filesystem://"
    web = [
        *PYTHON, "gunicorn", "config.wsgi", f"--bind=127.0.0.1:{port}", "--worker-class=gthread",
        "--workers=2", "--threads=16", f"--control-socket={runtime / 'gunicorn'}", "--log-level=warning",
        f"--worker-tmp-dir={runtime}", "--timeout=60", "--graceful-timeout=8",
    ]  # fmt: skip
    celery = [*PYTHON, "celery", "--app=config", "--quiet"]
    worker = [*celery, "worker", "--concurrency=2", f"--queues={','.join(settings.CELERY_QUEUES)}"]
    worker += ["--without-gossip", "--without-mingle", "--loglevel=WARNING"]
    beat = [*celery, "beat", f"--schedule={Path(settings.DATA_DIR) / 'beat-schedule'}", "--pidfile="]
    beat += ["--loglevel=WARNING"]
    broker = [Child("broker", broker_command(binary, runtime / "broker", queue), env)] if binary else []
    return [*broker, Child("web", web, env), Child("worker", worker, env), Child("scheduler", beat, env)]


def wait_for(condition: Callable[[], bool], stopping: threading.Event, seconds: float = 30) -> bool:
    """Return whether ``condition`` came true before ``stopping`` or the end of ``seconds``."""
    end = time.monotonic() + seconds
    while not condition():
        if stopping.wait(0.1) or time.monotonic() > end:
            return False
    return True


def answers(port: int) -> bool:
    """Tell whether somebody listens on ``port``."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def welcome() -> None:
    """Print where the product is and who may sign in."""
    print(f"\n  Miteinander runs at {settings.SITE_URL}  (Ctrl-C stops it)\n", flush=True)
    people = get_user_model().objects.filter(email__endswith="@demo.example").order_by("pk")
    if people:
        print(f"  Demo sign-ins, all with the password  {settings.DEMO_PASSWORD}\n")
        for person in people:
            print(f"    {person.email:<34} {person.get_full_name()}")
        print(f"\n  Mails that the demo sends: {settings.SITE_URL}/demo/mail\n", flush=True)


def keep_running(crew: list[Child], stopping: threading.Event, port: int) -> None:
    """Start all, look after them until ``stopping``, then end all, the youngest first."""
    try:
        for child in crew:
            child.start()
        if wait_for(lambda: answers(port), stopping):
            welcome()
        while not stopping.wait(0.5):
            for child in crew:
                child.look_after()
    finally:
        say("stopping ...")
        until = time.monotonic() + GRACE_SECONDS
        for child in reversed(crew):
            child.ask_to_end()
        for child in reversed(crew):
            child.end(until)


def main() -> None:
    """Run everything until a signal comes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")
    stopping = threading.Event()
    port = int(os.environ.get("PORT") or 8000)
    with only_copy(Path(settings.DATA_DIR)), tempfile.TemporaryDirectory(prefix="mt-") as runtime:
        check_port(port)
        django.setup()
        prepare()
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, lambda *_: stopping.set())
        if "MAKELEVEL" in os.environ:
            set_death_signal()
        keep_running(children(port, Path(runtime)), stopping, port)


if __name__ == "__main__":
    main()
