"""What is measured of one job; travels as JSON from the measuring process to the one that reports."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self


@dataclass
class Figures:
    """One job at one size. Times are milliseconds; what does not apply is None.

    Attributes:
        job: its name, e.g. "list".
        queries: SQL statements of one request, without savepoints.
        rows: taken from the database by one request.
        size: bytes of the answer's body, not compressed.
        median, p95: from the due time to the last byte, open arrivals.
        web_ms, database_ms, workers_ms: processor time for each request (or piece of work).
        per_second: requests (or pieces of work) a second, as fast as eight clients can ask.
        more: figures of this job alone.
    """

    job: str
    queries: int | None = None
    rows: int | None = None
    size: int | None = None
    median: float | None = None
    p95: float | None = None
    web_ms: float | None = None
    database_ms: float | None = None
    workers_ms: float | None = None
    per_second: float | None = None
    more: dict[str, float] = field(default_factory=dict)

    @property
    def cpu_ms(self) -> float | None:
        """Processor time of the product and its database together, for one piece."""
        parts = [part for part in (self.web_ms, self.database_ms, self.workers_ms) if part is not None]
        return sum(parts) if parts else None

    def value(self, name: str) -> float | None:
        """Return a figure by its name, those of this job alone too."""
        found = self.more.get(name)
        return found if found is not None else getattr(self, name, None)


@dataclass
class Sheet:
    """All figures of one size."""

    size: int
    figures: dict[str, Figures] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)

    def add(self, figures: Figures) -> None:
        self.figures[figures.job] = figures

    def value(self, job: str, name: str) -> float | None:
        found = self.figures.get(job)
        return found.value(name) if found else None

    def ratio(self, job: str, of: str, name: str) -> float | None:
        """Return how many times the figure of `of` the one of `job` is."""
        mine, other = self.value(job, name), self.value(of, name)
        return mine / other if mine is not None and other else None

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1))

    @classmethod
    def load(cls, path: Path) -> Self:
        data = json.loads(path.read_text())
        return cls(data["size"], {name: Figures(**each) for name, each in data["figures"].items()}, data["facts"])
