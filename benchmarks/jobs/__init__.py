"""What is measured: each job, by its name, gives its figures."""

from typing import Protocol

from benchmarks.figures import Figures
from benchmarks.jobs.ceilings import BARE, CEILINGS
from benchmarks.jobs.export import Export
from benchmarks.jobs.ledger import LEDGER
from benchmarks.jobs.pages import PAGES
from benchmarks.jobs.sending import SENDING
from benchmarks.jobs.writing import WRITING
from benchmarks.running import Running


class Job(Protocol):
    @property
    def name(self) -> str: ...

    def measure(self, running: Running) -> Figures: ...


EVERY: tuple[Job, ...] = (*BARE, *CEILINGS, *PAGES, *WRITING, Export(), *SENDING, *LEDGER)
JOBS = {job.name: job for job in EVERY}
