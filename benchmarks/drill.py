"""The backup of yesterday restored on an empty machine, with its time: ``python -m benchmarks.drill [applications]``.

Yesterday's messages go out after the backup; on the restored machine everything that sends is run, and nothing may.
"""

import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.stack import Stack

OWED = 20
OWE = f"""
import uuid
from django.db import transaction
from notifications import outbox
with transaction.atomic():
    for number in range({OWED}):
        outbox.write(
            "N01", key=f"{{uuid.uuid4()}}", to="verein@stadt.example", subject="Hinweis", body="", language="de"
        )
"""
SWEEP = """
from grants.tasks import sweep as grants
from notifications.tasks import sweep as notifications
from payments.tasks import sweep as payments
from reviews.tasks import sweep as reviews
for sweep in (notifications, grants, payments, reviews):
    sweep()
"""
_PART = re.compile(r"(?:\(|, )([a-z ]+) ([0-9.]+) s")


@dataclass
class Drill:
    """What came of it: seconds by name, sizes in bytes, how many messages were held back, and what was wrong."""

    seconds: dict[str, float] = field(default_factory=dict)
    database_bytes: int = 0
    backup_bytes: int = 0
    held: int = 0
    problems: list[str] = field(default_factory=list)


def run(stack: Stack) -> Drill:
    """Back a started and seeded installation up, restore it beside, and see that it is the same and sends nothing."""
    done = Drill(database_bytes=stack.database_bytes())
    folder = Path(tempfile.mkdtemp(prefix="mt-drill-"))
    folder.chmod(0o755)
    try:
        backup = _take(stack, folder / "backups", done)
        stack.manage("drain_outbox")
        _restore(stack, folder / "empty", backup, done)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return done


def _take(stack: Stack, shelf: Path, done: Drill) -> Path:
    stack.manage("shell", "-c", OWE)
    with _timed(done, "backup"):
        said = stack.manage("backup", str(shelf))
    done.seconds |= {f"backup: {name}": float(seconds) for name, seconds in _PART.findall(said)}
    (backup,) = [path for path in shelf.iterdir() if path.is_dir()]
    done.backup_bytes = sum(path.stat().st_size for path in backup.rglob("*") if path.is_file())
    with _timed(done, "backup of the next day"):
        stack.manage("backup", str(shelf), "--keep", "2")
    with _timed(done, "verify_backup"):
        stack.manage("verify_backup", str(backup))
    return backup


def _restore(stack: Stack, folder: Path, backup: Path, done: Drill) -> None:
    folder.mkdir(mode=0o755)
    shutil.copy(stack.folder / "secrets.json", folder)
    with Stack(folder) as empty:
        with _timed(done, "restore"):
            said = empty.manage("restore", str(backup))
        done.seconds |= {f"restore: {name}": float(seconds) for name, seconds in _PART.findall(said)}
        found = re.search(r"([0-9]+) messages are held back", said)
        done.held = int(found[1]) if found else 0
        empty.manage("drain_outbox")
        empty.manage("shell", "-c", SWEEP)
        sent = len(empty.sink.report().accepted)
        done.problems += [f"{sent} messages were sent again."] if sent else []
        done.problems += [f"Only {done.held} messages are held back."] if done.held < OWED else []
        with _timed(done, "check_books"):
            empty.manage("check_books")


@contextmanager
def _timed(done: Drill, name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    done.seconds[name] = time.monotonic() - began


def main(applications: int, folder: Path) -> int:
    """Seed an installation, unless it is, and print the drill."""
    with Stack(folder) as stack:
        stack.seed(applications)
        done = run(stack)
    for name, seconds in done.seconds.items():
        print(f"{name}: {seconds:.1f} s")
    print(
        f"database {done.database_bytes / 1e6:.0f} MB, backup {done.backup_bytes / 1e6:.0f} MB, {done.held} held back"
    )
    print("\n".join(done.problems))
    return 1 if done.problems else 0


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    sys.exit(main(size, Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.gettempdir()) / f"mt-drill-{size}"))
