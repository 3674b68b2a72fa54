"""``make bench``: starts an installation for each size, measures all jobs, writes the table, ends with 1 for a miss.

make bench                              all jobs at 1,000, 10,000 and 100,000 applications
make bench SIZES=1000 JOBS=floor,list   only these; nothing is written to the docs
make bench JOBS=deadline                the last minutes before a deadline alone, with each fault
make bench KEEP=1                       keeps the databases for the next run and for python -m benchmarks.profile
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import bars, report, tables
from benchmarks.figures import Figures, Sheet
from benchmarks.names import ALL, BARE, LAST_MINUTES, MILLION, ONCE
from benchmarks.running import describe
from benchmarks.soak import parts
from benchmarks.stack import Stack
from config.messages import compile_messages
from tools import packages

SIZES = (1_000, 10_000, 100_000)
# They take minutes and know nothing of sizes: not for a part of the sizes, unless asked for.
APART = (MILLION, LAST_MINUTES)
EVERY = (*BARE, *ALL, *APART)
BARE_SETTINGS = "benchmarks.bare_settings"


def folder_of(size: int | str) -> Path:
    """Return where the installation of a size lies: a place that PostgreSQL's own user can reach."""
    var = Path("/var/tmp")  # noqa: S108 - outlives a restart, unlike the other one
    base = os.environ.get("BENCH_FOLDER") or (var if var.is_dir() else tempfile.gettempdir())
    return Path(base) / f"miteinander-bench-{os.geteuid()}" / str(size)


def wanted_jobs() -> list[str]:
    """Return the names of the jobs to measure. Raises: SystemExit: one of them does not exist."""
    asked = [name for name in os.environ.get("JOBS", "").split(",") if name]
    if unknown := set(asked) - set(EVERY):
        sys.exit(f"No such job: {', '.join(sorted(unknown))}. There are: {', '.join(EVERY)}")
    return asked or [name for name in EVERY if name not in APART or not os.environ.get("SIZES")]


def measure(size: int, jobs: Sequence[str], *, first: bool) -> Sheet:
    """Measure the jobs at one size; the ceilings only at the first, because they do not know of sizes."""
    file = folder_of(size) / "figures.json"
    file.unlink(missing_ok=True)
    with Stack(folder_of(size)) as stack:
        stack.seed(size)
        todo = [name for name in jobs if name in BARE]
        if first and todo:
            stack.start_web(DJANGO_SETTINGS_MODULE=BARE_SETTINGS)
            run(stack, file, size, todo, DJANGO_SETTINGS_MODULE=BARE_SETTINGS)
            stack.stop_web()
        stack.start_web()
        stack.start_workers(2)
        run(stack, file, size, [name for name in jobs if name in ALL and (first or name not in ONCE)])
        facts = {"data": f"{stack.database_bytes() / 1e6:,.0f} MB in the database", "seed": f"{stack.seed_seconds:,} s"}
    sheet = Sheet.load(file)
    sheet.facts = facts
    return sheet


def measure_million() -> Figures:
    """Measure the check of the books where there is nothing but a million transfers."""
    file = folder_of("million") / "figures.json"
    file.unlink(missing_ok=True)
    with Stack(folder_of("million")) as stack:
        stack.fill("million")
        run(stack, file, 0, [MILLION])
    return Sheet.load(file).figures[MILLION]


def run(stack: Stack, file: Path, size: int, jobs: Sequence[str], **env: str) -> None:
    if jobs:
        stack.manage("bench_jobs", str(file), str(size), *jobs, show=True, env=describe(stack) | env)


def complete(sheets: Sequence[Sheet]) -> None:
    """Let each size know the ceilings of the run, and put together those that two make."""
    for sheet in sheets[1:]:
        for name in (*BARE, *ONCE):
            if name in sheets[0].figures:
                sheet.figures.setdefault(name, sheets[0].figures[name])
    for sheet in sheets:
        drawing, sending = sheet.value("draw-award", "per_second"), sheet.value("smtp-reuse", "per_second")
        if drawing and sending:
            sheet.add(Figures("draw-and-send", per_second=1 / (1 / drawing + 1 / sending)))


def main() -> None:
    packages.ensure()
    compile_messages()
    jobs = wanted_jobs()
    sizes = [int(size) for size in os.environ.get("SIZES", "").split(",") if size] or list(SIZES)
    sheets = []
    for number, size in enumerate(sizes if set(jobs) - set(APART) else []):
        print(f"--- {size:,} applications", flush=True)
        sheets.append(measure(size, jobs, first=number == 0))
        leave(folder_of(size))
    if MILLION in jobs:
        print("--- a million transfers", flush=True)
        sheets = sheets or [Sheet(sizes[-1])]
        sheets[-1].add(measure_million())
        leave(folder_of("million"))
    # A table of its own.
    unkept = parts.measure(LAST_MINUTES) if LAST_MINUTES in jobs else []
    complete(sheets)
    finish(sheets, unkept, whole=sizes == list(SIZES) and jobs == list(EVERY))


def leave(folder: Path) -> None:
    """Remove an installation, unless it shall be kept for the next run."""
    if not os.environ.get("KEEP"):
        shutil.rmtree(folder, ignore_errors=True)


def finish(sheets: Sequence[Sheet], unkept: Sequence[str], *, whole: bool) -> None:
    """Print the table and what was missed; a whole run writes it to the docs.

    Args:
        sheets: one for each size.
        unkept: bars missed elsewhere in this run.
        whole: nothing was left out.

    Raises:
        SystemExit: 1 for a miss.
    """
    verdicts = bars.judge(sheets)
    text = tables.bench_section(sheets, verdicts) if sheets else ""
    print(text)
    if whole:
        report.write("bench", text)
    lines = tables.missed(sheets, verdicts) if whole else [str(each) for each in verdicts if not each.holds]
    lines += unkept
    print("\n".join(["", *(f"MISSED  {line}" for line in lines)]) if lines else "\nEvery bar is met.")
    sys.exit(bool(lines))


if __name__ == "__main__":
    main()
