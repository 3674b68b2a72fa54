"""Reads the unit files of docs/deploy/systemd and starts what they say, where no systemd is the first process.

Only the places change: the operator's folders become those of the test. Commands, environment, signals and
graces are the files' own words.
"""

import contextlib
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

from config.processes import die_with_parent
from tests.services import ROOT, wait_until

DEPLOY = ROOT / "docs" / "deploy"
UNITS = DEPLOY / "systemd"
SERVICES = ("web", "notices", "letters", "slow", "scheduler")


def settings_of(text: str) -> dict[str, str]:
    """Return NAME=value lines of an environment file, quotes taken off, comments left out."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return {name: "".join(shlex.split(value)) for name, _, value in (line.partition("=") for line in lines)}


@dataclass(frozen=True)
class Unit:
    """A unit file: each setting with all its lines, in the file's order."""

    name: str
    lines: Mapping[str, list[str]]

    @classmethod
    def read(cls, name: str) -> Self:
        """Read ``miteinander-<name>``; a service unless the name has a suffix."""
        file = UNITS / f"miteinander-{name}{'' if '.' in name else '.service'}"
        lines: dict[str, list[str]] = {}
        for line in file.read_text().splitlines():
            key, given, value = line.partition("=")
            if given and not line.startswith("#"):
                lines.setdefault(key, []).append(value)
        return cls(name, lines)

    def one(self, key: str) -> str:
        """Return the only value of ``key``."""
        (value,) = self.lines[key]
        return value

    @property
    def environment(self) -> dict[str, str]:
        pairs = (pair for line in self.lines.get("Environment", ()) for pair in shlex.split(line))
        return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}

    @property
    def command(self) -> list[str]:
        """What is started; systemd makes one percent sign of two."""
        return [word.replace("%%", "%") for word in shlex.split(self.one("ExecStart"))]


@dataclass
class Machine:
    """The operator's folders in a test: places of the unit files, and where they lie here."""

    folder: Path
    port: int

    @property
    def places(self) -> dict[str, str]:
        return {
            "/srv/miteinander/venv/bin": str(Path(sys.executable).parent),
            "/srv/miteinander/code": str(ROOT),
            "/srv/miteinander": str(self.folder),
            "/etc/miteinander": str(self.folder),
            "/var/backups/miteinander": str(self.folder / "backups"),
            "/run": str(self.folder),
            "127.0.0.1:8000": f"127.0.0.1:{self.port}",
        }

    def here(self, text: str) -> str:
        for place, path in self.places.items():
            text = text.replace(place, path)
        return text

    def environment(self, unit: Unit) -> dict[str, str]:
        """Return what the process gets: nothing of this process but where programs lie."""
        found = {"PATH": os.environ["PATH"], "TMPDIR": str(self.folder)}
        # Tests may run as root, which celery warns about in plain text; the units name a user of their own.
        found["PYTHONWARNINGS"] = "ignore:You're running the worker"
        found |= {name: self.here(value) for name, value in unit.environment.items()}
        for file in unit.lines.get("EnvironmentFile", ()):
            found |= settings_of(Path(self.here(file)).read_text())
        return found


@dataclass
class Service:
    """One unit that runs; its log is what journald would have."""

    unit: Unit
    machine: Machine
    process: subprocess.Popen[bytes] | None = None

    @property
    def log_path(self) -> Path:
        return self.machine.folder / f"{self.unit.name}.log"

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    @property
    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        assert self.process is not None, f"{self.unit.name} does not run"
        return self.process.pid

    def start(self, **more: str) -> Self:
        """Start ExecStart in its folder, with its environment, in a process group of its own."""
        for name in self.unit.lines.get("RuntimeDirectory", ()):
            (self.machine.folder / name).mkdir(exist_ok=True)
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [self.machine.here(word) for word in self.unit.command],
                cwd=self.machine.here(self.unit.one("WorkingDirectory")),
                env=self.machine.environment(self.unit) | more,
                stdout=log, stderr=log, start_new_session=True, preexec_fn=die_with_parent(),
            )  # fmt: skip
        return self

    def children(self) -> set[int]:
        return {child.pid for child in psutil.Process(self.pid).children()}

    def reload(self) -> None:
        """Run ExecReload."""
        command = shlex.split(self.unit.one("ExecReload").replace("$MAINPID", str(self.pid)))
        subprocess.run(command, check=True)

    def stop(self) -> int:
        """Ask the parent to end (KillMode=mixed), then end what is left; return the parent's exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(int(self.unit.lines.get("TimeoutStopSec", ["90"])[0]))
        finally:
            self.kill()
        return code

    def kill(self) -> None:
        """Let the whole unit vanish: SIGKILL for each of its processes."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self.process = None

    def wait_for(self, text: str, seconds: float = 60) -> None:
        """Wait until the log holds ``text``; fail at once when the process ended."""
        wait_until(lambda: text in self.log or not self.lives, seconds, text)
        assert text in self.log, self.log[-3000:]
