"""The backup of yesterday restored: the books hold, the files are whole, and nothing is sent again by itself."""

import json
import tempfile
import time
from pathlib import Path

from benchmarks.soak.bars import Bar
from benchmarks.stack import DATABASE, Stack
from tests.services import wait_until

PART = "restore"
OWED, LETTERS, CASES = 50, 10, 30
# Longer than the time between two sweeps of the outbox.
WATCHED_SECONDS = 40.0


def bars() -> list[Bar]:
    """Back up with mails owed, let them be sent and more happen, restore, and watch what goes out."""
    with tempfile.TemporaryDirectory(prefix="mt-soak-") as folder:
        Path(folder).chmod(0o755)
        with Stack(Path(folder) / "stack") as stack:
            return _drill(stack, Path(folder) / "backup")


def _drill(stack: Stack, backup: Path) -> list[Bar]:
    stack.manage("soak_drafts", str(CASES), "--files")
    _happen(stack, "before")
    backed_up = _timed(stack, "backup", str(backup))
    stack.start_workers(1)
    _happen(stack, "after")
    wait_until(lambda: stack.sink.count() >= 2 * OWED, 120, "what is sent after the backup")
    for worker in stack.workers:
        worker.kill()
    stack.workers = []
    stack.sink.forget()
    newest = max(path for path in [backup, *backup.iterdir()] if (path / "manifest.json").exists())
    restored = _timed(stack, "restore", str(newest), "--replace", DATABASE)
    stack.manage("check_books")
    stack.start_workers(1)
    stack.start_beat()
    time.sleep(WATCHED_SECONDS)
    outcome = json.loads(stack.manage("soak_outcome", "--name=before"))
    return [
        Bar(PART, "sent again without a person's word", stack.sink.count(), 0),
        Bar(PART, "mails held back for a person", outcome["notices"].get("HELD", 0), OWED, at_least=True),
        Bar(PART, "letters broken or half written", len(outcome["broken"]), 0),
        Bar(PART, "backup took", backed_up, unit="s"),
        Bar(PART, "restore with all checks took", restored, unit="s"),
    ]


def _happen(stack: Stack, name: str) -> None:
    stack.manage("soak_events", f"--notices={OWED}", f"--letters={LETTERS}", "--seconds=2", f"--name={name}")


def _timed(stack: Stack, *command: str) -> float:
    started = time.monotonic()
    stack.manage(*command)
    return time.monotonic() - started
