"""``python -m tools.check``: everything ``make test`` runs, one heading per step, non-zero when one fails."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from config.messages import compile_messages
from tools import packages

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
OUR_CODE = ["config", "accounts", "notifications", "grants", "payments", "reviews", "tests", "tools", "benchmarks"]
PYTEST = ["pytest", "--dist", "worksteal"]
# Both engines are asked, each what it is best at.
WHOLE = {"TEST_WHOLE": "yes"}
# Who forbids Python to keep what it compiled would pay for it in each of some hundred processes.
FORBIDS = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True)
class Step:
    """One command with its heading; a failure does not keep the next ones from running."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    # It takes minutes: it comes when all others are done, and writes as it goes.
    long: bool = False


def production_sample() -> dict[str, str]:
    """Return a complete, invented environment for Django's deployment check; no server is asked."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "FIELD_ENCRYPTION_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "miteinander.example",
        "SITE_URL": "https://miteinander.example",
        "DATABASE_URL": "postgresql://application@localhost/miteinander",
        "REDIS_URL": "redis://localhost/0",
        "EMAIL_URL": "smtp://localhost:25?tls=no",
        "MEDIA_ROOT": "/srv/miteinander/media",
    }


def steps() -> list[Step]:
    """Return the steps, the quick ones first."""
    manage = ["python", "manage.py"]
    test_settings = {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
    return [
        Step("ruff", ["ruff", "check", "."]),
        Step("ruff format", ["ruff", "format", "--check", "--quiet", "."]),
        Step("import contracts", ["lint-imports", "--no-cache"]),
        Step("templates", ["djlint", "templates", "--lint", "--quiet"]),
        Step("dependencies", ["deptry", "."]),
        Step("bandit", ["bandit", "-q", "-ll", "-r", ".", "-c", "pyproject.toml"]),
        Step("migrations", [*manage, "makemigrations", "--check", "--dry-run"], test_settings),
        Step("deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"], production_sample()),
        Step("mypy", ["mypy", *OUR_CODE]),
        Step("PostgreSQL restarted under the tests", ["pytest", "-m", "server"], {"TEST_ENGINE": "postgresql"}),
        # Side by side, so that no core is idle while one of them begins or ends; together they are more processes than
        # there are cores, for browsers, workers and mail servers are waited for.
        Step("tests on SQLite", [*PYTEST, "-n", "3"], WHOLE | {"TEST_ENGINE": "sqlite"}, long=True),
        Step("tests on PostgreSQL", [*PYTEST, "-n", "2"], WHOLE | {"TEST_ENGINE": "postgresql"}, long=True),
    ]


@dataclass(frozen=True)
class Outcome:
    """How a step ended, with the last line it wrote."""

    step: Step
    passed: bool
    last_line: str


def run(step: Step) -> Outcome:
    """Run one step; a long one writes as it goes, under its name, all others when they have ended."""
    started = time.monotonic()
    said = [] if step.long else [f"\n--- {step.name}\n"]
    command = [str(BIN / step.command[0]), *step.command[1:]]
    environ = {name: value for name, value in os.environ.items() if name != FORBIDS} | step.env
    last_line = ""
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        for line in process.stdout or ():
            if step.long:
                print(f"{step.name} | {line}", end="", flush=True)
            else:
                said.append(line)
            last_line = line.strip() or last_line
    passed = process.returncode == 0
    said.append(f"--- {step.name}: {'passed' if passed else 'FAILED'} in {time.monotonic() - started:.0f} s\n")
    print("".join(said), end="", flush=True)
    return Outcome(step, passed, last_line)


def run_all(todo: Sequence[Step]) -> list[Outcome]:
    """Run the short steps side by side, as many as there are cores, then the long ones side by side."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as cores:
        outcomes = list(cores.map(run, [step for step in todo if not step.long]))
    with ThreadPoolExecutor() as together:
        return outcomes + list(together.map(run, [step for step in todo if step.long]))


def main() -> None:
    """Run all steps; end with what failed and with pytest's own closing lines."""
    packages.ensure()
    compile_messages()
    outcomes = run_all(steps())
    failed = [outcome.step.name for outcome in outcomes if not outcome.passed]
    print(f"\n{'Failed: ' + ', '.join(failed) if failed else 'Everything passed.'}")
    for outcome in outcomes:
        if outcome.step.command[0] == "pytest":
            print(outcome.last_line)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
