"""What `make test` shows once, shown many times: the races on both engines, and postings drawn at random."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.soak.bars import Bar
from tests.services import ROOT

RACES = ("tests/faults/test_races.py", "tests/faults/test_decision_races.py")
LEDGER = "tests/payments/test_ledger_machine.py"
# Each race is run for one and for seven winners, so half as many rounds of both.
ROUNDS, ACTION_ROUNDS = 100, 20
POSTINGS, YEAR_ENDS = 10_000, 500
ENGINES = ("sqlite", "postgresql")
PASSED = re.compile(r"(\d+) passed")
FAILED = re.compile(r"(\d+) (?:failed|error)")


def _pytest(*arguments: str, **env: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ | env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _count(pattern: re.Pattern[str], text: str) -> int:
    return sum(int(number) for number in pattern.findall(text))


def races() -> list[Bar]:
    """Run every race on both engines at the same moment; the negative controls run with them."""
    env = {"RACE_ROUNDS": str(ROUNDS // 2), "ACTION_RACE_ROUNDS": str(ACTION_ROUNDS // 2)}
    runs = {engine: _pytest(*RACES, TEST_ENGINE=engine, **env) for engine in ENGINES}
    bars = []
    for engine, run in runs.items():
        told, _ = run.communicate()
        part = f"races, {engine}"
        bars += [
            Bar(part, "rounds of 64 decisions, of 64 insertions", ROUNDS, ROUNDS, at_least=True),
            Bar(part, "rounds of 64 whole actions", ACTION_ROUNDS, ACTION_ROUNDS, at_least=True),
            Bar(
                part,
                "tests passed, negative controls among them",
                _count(PASSED, told),
                2 * ROUNDS + ACTION_ROUNDS,
                at_least=True,
            ),
            Bar(part, "tests failed", _count(FAILED, told) if run.returncode else 0, 0),
        ]
        if run.returncode:
            print(told[-3000:])
    return bars


def postings() -> list[Bar]:
    """Let Hypothesis post what it likes, year ends among it, against a model that knows only arithmetic."""
    with tempfile.TemporaryDirectory() as folder:
        tally = Path(folder) / "tally"
        run = _pytest(LEDGER, HYPOTHESIS_PROFILE="soak", POSTINGS_TALLY=str(tally))
        told, _ = run.communicate()
        counted = dict(line.split() for line in tally.read_text().splitlines()) if tally.exists() else {}
    if run.returncode:
        print(told[-3000:])
    part = "postings"
    return [
        Bar(part, "made by Hypothesis", int(counted.get("postings", 0)), POSTINGS, at_least=True),
        Bar(part, "of them at a year's end (carry, lapse)", int(counted.get("year_ends", 0)), YEAR_ENDS, at_least=True),
        Bar(part, "years closed", int(counted.get("closed", 0)), 100, at_least=True),
        Bar(part, "books that differ from the model", _count(FAILED, told) if run.returncode else 0, 0),
    ]
