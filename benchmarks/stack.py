"""The measured installation, started as in production: PostgreSQL that syncs, Valkey, mail sink, web, workers.

    with Stack(folder) as stack:
        stack.seed(1_000)
        stack.start_web()
        stack.start_workers(2)

What differs from production: database and broker listen on Unix sockets, and nobody ends TLS: the client says
with ``X-Forwarded-Proto`` that somebody did.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, LiteralString, Self

import psutil
import psycopg
from psycopg import sql

from benchmarks.sink import Sink
from config.processes import die_with_parent
from tests.services import ROOT, Broker, Postgres, Worker, environment, free_port, wait_until

# Debian's defaults, so every commit reaches the disk; only the cache fits the machine (an eighth is far below
# the usual quarter of 4 GB) and a checkpoint does not come in the middle of each measurement.
DATABASE_SETTINGS = {"shared_buffers": "512MB", "max_wal_size": "4GB"}
HOST = "miteinander.example"
DATABASE = "miteinander"
# Production refuses the demo's people by their addresses, so after the seed they have others.
DEMO_DOMAIN, DOMAIN = "demo.example", "stadt.example"
QUEUES = "notices,letters,slow"
# As in the units of docs/deploy/systemd.
NICE_OF_WORKERS = 5
GUNICORN = ROOT / "docs" / "deploy" / "gunicorn.conf.py"


@dataclass(frozen=True)
class Cpu:
    """Milliseconds of processor time that each part has used since it started, user and system."""

    web: float
    database: float
    workers: float

    def __sub__(self, before: "Cpu") -> "Cpu":
        return Cpu(self.web - before.web, self.database - before.database, self.workers - before.workers)


def _tree(pid: int) -> Iterable[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        top = psutil.Process(pid)
        yield top
        yield from top.children(recursive=True)


def cpu_of(pids: Iterable[int]) -> float:
    """Return the milliseconds of processor time of these processes and all below them, the ended ones too."""
    total = 0.0
    for pid in pids:
        for process in _tree(pid):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                # A child that was waited for counts with its parent.
                total += times.user + times.system + times.children_user + times.children_system
    return total * 1000


def memory_of(pid: int) -> dict[int, int]:
    """Return the resident bytes of each process below ``pid``."""
    found = {}
    for process in _tree(pid):
        with contextlib.suppress(psutil.NoSuchProcess):
            found[process.pid] = process.memory_info().rss
    return found


@dataclass(frozen=True)
class Meter:
    """Reads the processor time of a running installation; small enough to hand to another process."""

    web: int
    database: int
    workers: tuple[int, ...] = ()

    def cpu(self) -> Cpu:
        return Cpu(cpu_of([self.web]), cpu_of([self.database]), cpu_of(self.workers))


def kept_secrets(folder: Path) -> dict[str, str]:
    """Return the installation's secrets, drawn at its first start: its rows are encrypted with them."""
    path = folder / "secrets.json"
    if not path.exists():
        names = ("SECRET_KEY", "FIELD_ENCRYPTION_KEY", "BENCH_PASSWORD")
        path.write_text(json.dumps({name: secrets.token_urlsafe(60) for name in names}))
        path.chmod(0o600)
    found: dict[str, str] = json.loads(path.read_text())
    return found


class Stack:
    """One installation below ``folder``, which keeps database and files for the next start.

    Args:
        folder: where database, files and logs lie; users other than root must be able to pass through it
            when this runs as root, because PostgreSQL then runs as its own user.
        env: more environment for web, workers and commands.
    """

    def __init__(self, folder: Path, env: dict[str, str] | None = None) -> None:
        self.folder = folder.absolute()
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        self._runtime = Path(tempfile.mkdtemp(prefix="mt-bench-"))
        self.database = Postgres(self.folder / "database", DATABASE_SETTINGS)
        self.broker = Broker()
        self.sink = Sink()
        self.port = free_port()
        self.web: subprocess.Popen[bytes] | None = None
        self.beat: subprocess.Popen[bytes] | None = None
        self.workers: list[Worker] = []
        self.env = self._environment() | (env or {})

    def _environment(self) -> dict[str, str]:
        return environment(
            **kept_secrets(self.folder),
            DJANGO_SETTINGS_MODULE="benchmarks.settings",
            ALLOWED_HOSTS=HOST,
            SITE_URL=f"https://{HOST}",
            DATABASE_URL=self.database.url_of(DATABASE, "application"),
            MIGRATION_DATABASE_URL=self.database.url_of(DATABASE, "owner"),
            REDIS_URL=self.broker.url,
            EMAIL_URL=self.sink.url,
            MEDIA_ROOT=self.media,
            STATIC_ROOT=self.folder / "static",
            BIND=f"127.0.0.1:{self.port}",
            GUNICORN_CONTROL_SOCKET=self._runtime / "gunicorn.ctl",
            TMPDIR=self._runtime,
        )

    @property
    def media(self) -> Path:
        return self.folder / "media"

    @property
    def logs(self) -> Path:
        path = self.folder / "logs"
        path.mkdir(exist_ok=True)
        return path

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def _start(self) -> None:
        self.media.mkdir(mode=0o700, exist_ok=True)
        self.database.create()
        self.broker.start()
        self.sink.start()
        self._make_roles()
        self.manage("migrate", "--verbosity=0")
        self.manage("collectstatic", "--noinput", "--verbosity=0")

    def _make_roles(self) -> None:
        with psycopg.connect(self.database.url, autocommit=True) as server:
            if server.execute("SELECT FROM pg_roles WHERE rolname = 'owner'").fetchone() is None:
                server.execute("CREATE ROLE owner LOGIN")
                server.execute("CREATE ROLE application LOGIN")
                server.execute("CREATE DATABASE miteinander OWNER owner")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop everything; database and files stay."""
        self.stop_beat()
        for worker in self.workers:
            worker.kill()
        self.workers = []
        self.stop_web()
        self.sink.stop()
        self.broker.remove()
        self.database.remove()
        shutil.rmtree(self._runtime, ignore_errors=True)

    def manage(
        self,
        *arguments: str,
        seed: bool = False,
        show: bool = False,
        env: Mapping[str, str] | None = None,
        **more: str,
    ) -> str:
        """Run a management command and return what it printed.

        Args:
            arguments: of the command.
            seed: give it the demo's leave.
            show: let it print to the terminal, and return nothing.
            env, more: environment, added to that of the installation.

        Raises:
            RuntimeError: it failed; with its last lines.
        """
        command = [sys.executable, "manage.py", *arguments]
        whole = {**self.env, **(env or {}), **more, **({"BENCH_SEED": "yes"} if seed else {})}
        path, out = self.logs / "manage.log", None if show else subprocess.PIPE
        with path.open("a") as log:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=whole,
                stdout=out,
                stderr=log,
                text=True,
                check=False,
            )
        if done.returncode:
            last = (done.stdout or "")[-1000:] + path.read_text()[-2000:]
            raise RuntimeError(f"{' '.join(arguments)} ended with {done.returncode}: {last}")
        return done.stdout or ""

    @property
    def is_seeded(self) -> bool:
        return (self.folder / "seeded").exists()

    def seed(self, applications: int, *more: str) -> None:
        """Fill it by `seed_demo` with that many applications, unless it was filled before.

        The people's addresses end with @stadt.example afterwards, e.g. koordination@stadt.example, and their
        password is ``env["BENCH_PASSWORD"]``.
        """
        self.fill("seed_demo", "--applications", str(applications), *more)

    def fill(self, *command: str) -> None:
        """Run a command that fills an empty installation, unless that was done; then tidy the tables up."""
        if self.is_seeded:
            return
        started = time.monotonic()
        self.manage(*command, seed=True)
        with psycopg.connect(self.database.url_of(DATABASE), autocommit=True) as server:
            for table in ("accounts_user", "account_emailaddress"):
                rename = sql.SQL("UPDATE {} SET email = replace(email, %s, %s)").format(sql.Identifier(table))
                server.execute(rename, [f"@{DEMO_DOMAIN}", f"@{DOMAIN}"])
            server.execute("DELETE FROM accounts_clockshift")
            server.execute("VACUUM (ANALYZE)")
            server.execute("CHECKPOINT")
        (self.folder / "seeded").write_text(f"{time.monotonic() - started:.0f} {' '.join(command)}\n")

    @property
    def seed_seconds(self) -> int:
        """Return how long it took to fill it, whenever that was."""
        return int((self.folder / "seeded").read_text().split()[0])

    def database_bytes(self) -> int:
        """Return what the database takes on the disk."""
        with psycopg.connect(self.database.url_of(DATABASE)) as server:
            row = server.execute("SELECT pg_database_size(current_database())").fetchone()
        return int(row[0]) if row else 0

    def sessions(self, *names: str) -> dict[str, str]:
        """Sign people in without their passwords; return the value of each one's session cookie.

        Args:
            names: local parts of their addresses (koordination), or whole addresses.
        """
        emails = [name if "@" in name else f"{name}@{DOMAIN}" for name in names]
        found: dict[str, str] = json.loads(self.manage("bench_sessions", *emails))
        return dict(zip(names, found.values(), strict=True))

    # --- Web -------------------------------------------------------------------------------------------------

    def start_web(self, **env: str) -> None:
        """Start gunicorn with production's own configuration, and come back when it answers."""
        command = [sys.executable, "-m", "gunicorn", "--config", str(GUNICORN), "config.wsgi"]
        with (self.logs / "web.log").open("ab") as log:
            self.web = subprocess.Popen(
                command, cwd=ROOT, env=self.env | env, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=die_with_parent(),
            )  # fmt: skip
        wait_until(lambda: self._healthy() or not self._web_lives(), 60, "the web server")
        if not self._web_lives():
            raise RuntimeError((self.logs / "web.log").read_text()[-3000:])

    def _web_lives(self) -> bool:
        return self.web is not None and self.web.poll() is None

    def _healthy(self) -> bool:
        """Ask as a load balancer does."""
        request = f"GET /health/ HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5) as line:
            line.sendall(request)
            return line.recv(64).startswith(b"HTTP/1.1 200")
        return False

    def web_workers(self) -> list[int]:
        """Return the process ids of gunicorn's workers."""
        return [process.pid for process in psutil.Process(self._web_pid()).children()]

    def _web_pid(self) -> int:
        assert self.web is not None, "the web server does not run"
        return self.web.pid

    def reload_web(self, *, wait: bool = True) -> None:
        """Reload gracefully (HUP); by default come back when none of the old workers is left."""
        before = set(self.web_workers())
        os.kill(self._web_pid(), signal.SIGHUP)
        if wait:
            wait_until(lambda: self.web_workers() and not before & set(self.web_workers()), 60, "the new workers")

    def kill_web_worker(self) -> int:
        """Kill one of gunicorn's workers with -9 and return its process id."""
        victim = self.web_workers()[0]
        os.kill(victim, signal.SIGKILL)
        return victim

    def stop_web(self) -> None:
        if self.web is None:
            return
        self.web.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.web.wait(35)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.web.pid, signal.SIGKILL)
        self.web = None

    # --- Database, workers, scheduler --------------------------------------------------------------------------

    def restart_database(self, *, crash: bool = False) -> None:
        """Restart PostgreSQL, orderly (it cuts every connection) or as after a power cut."""
        self.database.restart(crash=crash)

    def start_workers(self, number: int = 2, queues: str = QUEUES, concurrency: int = 1) -> list[Worker]:
        """Start that many celery workers, each with so many processes, and return them."""
        started = [Worker(self.env, self.logs, queues, concurrency, NICE_OF_WORKERS).start() for _ in range(number)]
        self.workers += started
        return started

    def start_beat(self) -> None:
        schedule = f"--schedule={self._runtime / 'beat'}"
        command = [sys.executable, "-m", "celery", "-A", "config", "beat", schedule, "--pidfile="]
        with (self.logs / "beat.log").open("ab") as log:
            self.beat = subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdout=log, stderr=log, preexec_fn=die_with_parent()
            )

    def stop_beat(self) -> None:
        if self.beat is not None:
            self.beat.terminate()
            self.beat.wait(20)
            self.beat = None

    def ask(self, question: LiteralString) -> list[tuple[Any, ...]]:
        """Return the rows of a question to the database, asked as its superuser."""
        with psycopg.connect(self.database.url_of(DATABASE)) as server:
            return server.execute(question).fetchall()

    # --- Measures ------------------------------------------------------------------------------------------------

    @property
    def meter(self) -> Meter:
        """Return what reads the processor time of what runs now."""
        web = self.web.pid if self.web else 0
        database = self.database.process.pid if self.database.process else 0
        return Meter(web, database, tuple(worker.process.pid for worker in self.workers if worker.process))

    def cpu(self) -> Cpu:
        return self.meter.cpu()
