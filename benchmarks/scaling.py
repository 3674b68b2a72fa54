"""On paper: how many cores a deadline needs, and how much a fund keeps over the years.

    python -m benchmarks.scaling

The deadline is simulated: sessions arrive at random, each asks its pages, autosaves, uploads and the submit over
some minutes; requests wait for a free core in the order of their arrival. Processor time is all it knows.
"""

import heapq
import random
from dataclasses import dataclass

# Milliseconds of processor time, web and database. Page and submit were measured while the machine was shared, so they
# are upper bounds; autosave and upload are assumed from them.
PAGE, AUTOSAVE, UPLOAD, SUBMIT = 23, 20, 40, 39
# A session: 3 pages, 8 autosaves, 5 uploads, a submit that is sent twice.
SESSION = (PAGE,) * 3 + (AUTOSAVE,) * 8 + (UPLOAD,) * 5 + (SUBMIT,) * 2
SESSION_SECONDS = 600.0
# What one application leaves behind once decided, paid and proved: rows with their indexes, and files.
DATABASE_BYTES, FILE_BYTES = 36_000, 5 * 2_000_000 + 4 * 55_000
PARTS = 1_000


@dataclass(frozen=True)
class Load:
    """What a deadline looks like with so many cores."""

    sessions_per_minute: float
    cores: int
    busy: float
    p95_ms: float
    worst_ms: float


def arrivals(sessions_per_minute: float, minutes: float, draw: random.Random) -> list[tuple[float, float]]:
    """Return (second, cost in seconds) of every request, in order."""
    found, at = [], 0.0
    while (at := at + draw.expovariate(sessions_per_minute / 60)) < minutes * 60:
        spread = (at + draw.random() * SESSION_SECONDS for _cost in SESSION)
        found += [(moment, draw.expovariate(1) * cost / PARTS) for moment, cost in zip(spread, SESSION, strict=True)]
    return sorted(found)


def simulate(sessions_per_minute: float, cores: int, *, minutes: float = 20, seed: int = 1) -> Load:
    """Let the requests of the last minutes wait for ``cores`` and return how long they took."""
    free = [0.0] * cores
    took, worked, last = [], 0.0, 0.0
    for at, cost in arrivals(sessions_per_minute, minutes, random.Random(seed)):  # noqa: S311 - no secret
        done = max(at, heapq.heappop(free)) + cost
        heapq.heappush(free, done)
        took.append((done - at) * PARTS)
        worked, last = worked + cost, done
    took.sort()
    return Load(sessions_per_minute, cores, worked / (last * cores), took[int(len(took) * 0.95)], took[-1])


def cores_for(sessions_per_minute: float, *, limit_ms: float = 200) -> int:
    """Return the least number of cores with which 95 of 100 requests are answered within ``limit_ms``."""
    cores = 1
    while simulate(sessions_per_minute, cores).p95_ms > limit_ms:
        cores += 1
    return cores


def kept_bytes(applications_a_year: int, years: int) -> tuple[int, int]:
    """Return what the database and the files hold after so many years, in bytes."""
    total = applications_a_year * years
    return total * DATABASE_BYTES, total * FILE_BYTES


def main() -> None:
    """Print both tables."""
    print("| Sessions a minute | Cores | Busy | p95 ms | Slowest ms |\n|---:|---:|---:|---:|---:|")
    for rate in (30, 60, 120, 300, 600, 1_500, 3_000):
        load = simulate(rate, cores_for(rate))
        print(f"| {rate:,} | {load.cores} | {load.busy:.0%} | {load.p95_ms:,.0f} | {load.worst_ms:,.0f} |")
    print("\n| Applications a year | Database after 10 years, GB | Files after 10 years, GB |\n|---:|---:|---:|")
    for yearly in (150, 1_500, 15_000, 150_000):
        database, files = kept_bytes(yearly, 10)
        print(f"| {yearly:,} | {database / 1e9:,.1f} | {files / 1e9:,.0f} |")


if __name__ == "__main__":
    main()
