"""An installation as operators.md describes it: two roles, a broker with a password, the settings in files."""

import contextlib
import http.client
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from config.processes import broker_binary, die_with_parent
from tests.production.units import DEPLOY, Machine, Service, Unit, settings_of
from tests.production.visitor import Visitor
from tests.services import ROOT, Postgres, SmtpSink, free_port
from tools.check import production_sample

HOST = "miteinander.example"
BROKER_PASSWORD = "3f-of-the-broker"
TOKEN = "for-monitoring-" + "0123456789" * 3


@dataclass
class Valkey:
    """A broker that listens on TCP and wants a password, as an operator sets it up."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{BROKER_PASSWORD}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        binary = broker_binary()
        assert binary, "No Valkey or Redis server found."
        options = {"bind": "127.0.0.1", "port": self.port, "requirepass": BROKER_PASSWORD, "dir": self.folder}
        options |= {"appendonly": "yes", "maxmemory-policy": "noeviction", "save": ""}
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        self.process = subprocess.Popen([binary, *words], stdout=subprocess.DEVNULL, preexec_fn=die_with_parent())

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None


@dataclass
class Installation:
    """One operator's machine, with everything that operators.md lets him set up."""

    machine: Machine
    postgres: Postgres
    broker: Valkey
    mail: SmtpSink
    services: dict[str, Service] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Service:
        return self.services[name]

    def write_settings(self) -> None:
        """Fill in the examples, as an operator does: the names are theirs, the values ours."""
        values = settings_of((DEPLOY / "environment.example").read_text()) | production_sample()
        values |= {
            "DATABASE_URL": self.postgres.url_of("miteinander", "application"),
            "REDIS_URL": self.broker.url,
            "EMAIL_URL": self.mail.url,
            "MEDIA_ROOT": str(self.machine.folder / "media"),
            "MONITORING_TOKEN": TOKEN,
            "STATIC_ROOT": str(self.machine.folder / "static"),
        }
        owner = {"MIGRATION_DATABASE_URL": self.postgres.url_of("miteinander", "owner")}
        assert owner.keys() == settings_of((DEPLOY / "owner.example").read_text()).keys()
        for name, pairs in (("environment", values), ("owner", owner)):
            lines = [f"{key}='{value}'\n" for key, value in pairs.items()]
            (self.machine.folder / name).write_text("".join(lines))
        (self.machine.folder / "media").mkdir(mode=0o700)

    @property
    def settings(self) -> dict[str, str]:
        return settings_of((self.machine.folder / "environment").read_text())

    @property
    def owner(self) -> dict[str, str]:
        return self.settings | settings_of((self.machine.folder / "owner").read_text())

    def manage(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run manage.py as ``miteinander-manage`` does."""
        env = {"PATH": os.environ["PATH"], **self.owner, **more}
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    def visitor(self) -> Visitor:
        return Visitor(self.machine.port, HOST)

    def is_well(self) -> bool:
        """Ask as a load balancer does."""
        with contextlib.suppress(OSError):
            return self.visitor().ask("/health/").status == http.client.OK
        return False

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """Ask the database as its administrator."""
        with psycopg.connect(self.postgres.url_of("miteinander"), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def service(self, name: str) -> Service:
        return self.services.setdefault(name, Service(Unit.read(name), self.machine))

    def remove(self) -> None:
        for service in self.services.values():
            service.kill()
        self.mail.refuse()
        self.broker.stop()
        self.postgres.remove()
