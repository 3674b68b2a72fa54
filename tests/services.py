"""Real neighbours for the tests: a private PostgreSQL, a broker, an SMTP server with faults, a worker.

Each is started by the tests, lives in a temporary folder and dies with them.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import redis
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from config.processes import broker_binary, broker_command, die_with_parent

ROOT = Path(__file__).resolve().parents[1]


def wait_until(condition: Callable[[], object], seconds: float = 20, what: str = "") -> None:
    """Return as soon as ``condition()`` is true; fail after ``seconds``. The only waiting the tests do."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain for {what or condition}")
        threading.Event().wait(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# Nothing of a test's database outlives the test.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """A private server on a unix socket. As root it runs as the user ``postgres``.

    Args:
        data: keeps the database there, for the next start too; without it, it goes with the server.
        settings: of the server; without them it runs without fsync.
    """

    def __init__(self, data: Path | None = None, settings: Mapping[str, str] = FORGETFUL) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mt-pg-"))
        self.data = data or self.folder / "data"
        self.process: subprocess.Popen[bytes] | None = None
        self._settings = settings
        self._bin = self.find_programs()
        self._run_as: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
            if data is not None:
                data.mkdir(mode=0o700, parents=True, exist_ok=True)
                shutil.chown(data, "postgres", "postgres")
            ids = ["--reuid=postgres", "--regid=postgres", "--init-groups"]
            self._run_as = ["setpriv", *ids]

    @staticmethod
    def find_programs() -> Path:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
        program = found[-1] if found else shutil.which("initdb")
        if program is None:
            raise RuntimeError("PostgreSQL is missing: apt-get install postgresql")
        return Path(program).parent

    @property
    def url(self) -> str:
        return self.url_of("postgres")

    def url_of(self, database: str, user: str = "postgres") -> str:
        return f"postgresql://{user}@{quote(str(self.folder), safe='')}/{database}"

    def create(self) -> "Postgres":
        """Start it, with an empty database unless there is one already."""
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self.start()
        return self

    def _initialise(self) -> None:
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        command = [*self._run_as, str(self._bin / "initdb"), "-D", str(self.data), *options]
        subprocess.run(command, check=True, capture_output=True, cwd="/")

    def start(self) -> None:
        settings = {"listen_addresses": "", "max_connections": "200", "unix_socket_directories": str(self.folder)}
        settings |= self._settings
        # A change of user clears the parent-death signal, so setpriv sets it again after the change.
        run_as = [*self._run_as, "--pdeathsig", "INT"] if self._run_as else []
        command = [*run_as, str(self._bin / "postgres"), "-D", str(self.data)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd="/", preexec_fn=die_with_parent(signal.SIGINT)
        )
        log.close()
        wait_until(self._answers, 60, "PostgreSQL")

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url, connect_timeout=1):
            return True
        return False

    def stop(self, *, crash: bool = False) -> None:
        """Stop orderly, or (``crash``) as a power cut would: the next start has to recover."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT if crash else signal.SIGINT)
            self.process.wait(60)
            self.process = None

    def restart(self, *, crash: bool = False) -> None:
        self.stop(crash=crash)
        self.start()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Broker:
    """A private Valkey with append-only file. ``kill``, ``empty`` and ``pause`` are its faults."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mt-vk-"))
        self.socket = self.folder / "s"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis+socket://{self.socket}"

    @property
    def client(self) -> "redis.Redis":
        return redis.Redis(unix_socket_path=str(self.socket))

    def start(self) -> "Broker":
        binary = broker_binary()
        if binary is None:
            raise RuntimeError("No Valkey or Redis server found.")
        command = broker_command(binary, self.socket, self.folder)
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent()
        )
        wait_until(self._answers, what="the broker")
        return self

    def _answers(self) -> bool:
        client = self.client
        with contextlib.suppress(redis.RedisError), contextlib.closing(client):
            return bool(client.ping())
        return False

    def _signal(self, signum: int) -> None:
        if self.process is not None:
            self.process.send_signal(signum)

    def kill(self) -> None:
        """SIGKILL; ``start`` brings it back with what its file kept."""
        self._signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait(10)
            self.process = None
        self.socket.unlink(missing_ok=True)

    def empty(self) -> None:
        """Lose every message."""
        with contextlib.closing(self.client) as client:
            client.flushall()

    def pause(self) -> None:
        """Hang: it accepts connections and never answers, until ``resume``."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def remove(self) -> None:
        self.resume()
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass
class Received:
    """A mail as the server took it."""

    sender: str
    recipients: list[str]
    message: EmailMessage

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


class Doors(Controller):
    """An SMTP server that leaves no connection open when it stops."""

    def __init__(self, handler: object, port: int) -> None:
        super().__init__(handler, hostname="127.0.0.1", port=port, server_hostname="sink.example")
        self.talks: list[SMTP] = []

    def factory(self) -> SMTP:
        talk = SMTP(self.handler, **self.SMTP_kwargs)
        self.talks.append(talk)
        return talk

    def stop(self, no_assert: bool = False) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result(timeout=10)
        super().stop(no_assert)

    async def _hang_up(self) -> None:
        if self.server is not None:
            self.server.close()
        # Who was let in just before gets a connection in one of the next rounds, in which the loop also closes sockets.
        for _round in range(10):
            for talk in self.talks:
                if isinstance(talk.transport, asyncio.Transport):
                    talk.transport.abort()
            await asyncio.sleep(0)


@dataclass
class SmtpSink:
    """An SMTP server on loopback that keeps every mail, and fails as planned.

    ``plan("421", "451", "550", "hang", "drop")`` spoils the next deliveries in this order: an answer
    that begins with the code, a silence that lasts until ``release()``, or a connection cut right *after*
    the mail was accepted and kept. ``refuse()`` closes the door (connection refused), ``accept()`` opens it.
    """

    port: int = field(default_factory=free_port)
    received: list[Received] = field(default_factory=list)
    faults: deque[str] = field(default_factory=deque)
    _released: threading.Event = field(default_factory=threading.Event)
    _controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?tls=no"

    def plan(self, *faults: str) -> None:
        self.faults.extend(faults)

    def accept(self) -> None:
        self._controller = Doors(self, self.port)
        self._controller.start()

    def refuse(self) -> None:
        self.release()
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def release(self) -> None:
        self._released.set()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        fault = self.faults.popleft() if self.faults else ""
        if fault.isdigit():
            return f"{fault} planned by the test"
        if fault == "hang":
            self._released.clear()
            while not self._released.is_set():
                await asyncio.sleep(0.02)
            return "451 hung, then released"
        self._keep(envelope)
        if fault == "drop" and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "250 OK"

    def _keep(self, envelope: Envelope) -> None:
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.received.append(Received(envelope.mail_from or "", list(envelope.rcpt_tos), message))


class Worker:
    """A Celery worker in a process group of its own, on the test's database, broker and mail server.

    Args:
        nice: by how much it stands back when others want the processor.
    """

    def __init__(self, env: dict[str, str], folder: Path, queues: str, concurrency: int, nice: int = 0) -> None:
        self.log_path = folder / f"worker-{free_port()}.log"
        self._env = env
        options = [
            f"--queues={queues}",
            f"--concurrency={concurrency}",
            "--without-gossip",
            "--without-mingle",
        ]
        self._command = [
            *(["nice", "-n", str(nice)] if nice else []),
            sys.executable,
            "-m",
            "celery",
            "-A",
            "config",
            "worker",
            "--loglevel=INFO",
            *options,
        ]
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def start(self) -> "Worker":
        """Start it and come back when it takes tasks."""
        starts = self.log.count(" ready.")
        self.launch()
        wait_until(lambda: self.log.count(" ready.") > starts or not self._lives(), 90, "the worker")
        assert self._lives(), self.log[-3000:]
        return self

    def launch(self) -> "Worker":
        """Start it without waiting for it. It dies with the thread that called this."""
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, stdout=log, stderr=log, env=self._env, cwd=ROOT, start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )  # fmt: skip
        return self

    def _lives(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """SIGKILL the worker and its children: nothing gets the chance to tidy up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to finish its task and go."""
        self._end(signal.SIGTERM)

    def _end(self, signum: int) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            if signum == signal.SIGKILL:
                os.killpg(self.process.pid, signum)
            else:
                self.process.send_signal(signum)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        self.process = None


def environment(**more: Any) -> dict[str, str]:
    """Return this process's environment with ``more``, for a child process."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **{name: str(value) for name, value in more.items()}}


def children_of(pid: int) -> Iterator[int]:
    """Yield the process ids below ``pid`` (Linux)."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield int(child)
            yield from children_of(int(child))
