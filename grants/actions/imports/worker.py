"""What the worker does with a list. Each part ends in one transaction: a worker that dies leaves nothing half done."""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts import audit, clock
from accounts.models import SYSTEM, Fund, User
from grants import filestore
from grants.imports import BadTable, Table, read
from grants.imports.cells import shown
from grants.imports.checking import Checked, Problem, check
from grants.imports.columns import COLUMNS, guess
from grants.imports.comparing import Compared, compare
from grants.models import Import, ImportProblem, Round
from grants.states import TAKES_LISTS, WORKED_ON, ImportKind, ImportStage, Scan
from grants.steps.importing import correct_awards, write_awards, write_cases
from notifications import claims

log = structlog.get_logger(__name__)

# A list on which so many workers have died is given up.
_ATTEMPTS: Final = 4
_SAMPLES: Final = 3
_FIRST_ROWS: Final = 5


class _Stopped(Exception):
    """Somebody broke it off, or another worker has it now."""


def advance(number: int) -> None:
    """Do the next part of an import, unless another worker does; what is over or waits for a person stays as it is.

    Args:
        number: primary key of the import.
    """
    batch = _claim(number)
    if batch is None:
        return
    try:
        if batch.attempts > _ATTEMPTS:
            raise BadTable("internal")
        _PARTS[batch.stage](batch)
    except BadTable as error:
        _fail(batch, error)
    except _Stopped:
        log.info("import_stopped", number=number)
    except BaseException:
        # The next turn of the scheduler wakes another worker; nobody has to wait for the lease to run out.
        claims.held(Import.objects.filter(pk=number), batch.lease_token).update(lease_until=clock.now())
        raise


def _claim(number: int) -> Import | None:
    now = clock.now()
    waiting = Import.objects.filter(pk=number, stage__in=WORKED_ON).exclude(scan=Scan.WAITING)
    claims.free_abandoned(waiting, now)
    token = claims.token_of(os.getpid())
    until = now + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
    waiting.filter(claims.free(now)).update(lease_token=token, lease_until=until, attempts=F("attempts") + 1)
    return waiting.filter(lease_token=token).select_related("fund", "round__fund", "ordered_by", "uploaded_by").first()


def _table(batch: Import) -> Table:
    path = filestore.full_path(batch.path)
    if batch.scan == Scan.INFECTED:
        raise BadTable("infected")
    if not path.is_file():
        raise BadTable("gone")
    return read(path, batch.content_type)


def _held(batch: Import) -> Import:
    """Return the import locked, as long as this worker's lease on it stands. Raises: _Stopped."""
    fresh = audit.locked(batch)
    if fresh.lease_token != batch.lease_token or fresh.stage != batch.stage:
        raise _Stopped
    return fresh


def _leave(fresh: Import, stage: ImportStage, **changes: Any) -> None:
    for name, value in {"lease_token": "", "lease_until": None, "attempts": 0, **changes, "stage": stage}.items():
        setattr(fresh, name, value)
    fresh.version += 1
    fresh.save()


def _teller(batch: Import) -> Callable[[int], None]:
    """Return what notes how many rows were looked at, for the page that waits."""

    def tell(done: int) -> None:
        if not claims.held(Import.objects.filter(pk=batch.pk, stage=batch.stage), batch.lease_token).update(
            done_rows=done
        ):
            raise _Stopped

    return tell


def _fail(batch: Import, error: BadTable) -> None:
    with suppress(_Stopped), transaction.atomic(durable=True):
        fresh = _held(batch)
        _leave(fresh, ImportStage.FAILED, failure=error.code, failure_row=error.row, ended_at=clock.now())
        audit.record("fail_import", fresh, by=SYSTEM, data={"file": fresh.name, "failure": error.code})


# --- The columns -------------------------------------------------------------------------------------------


def _read_list(batch: Import) -> None:
    """Read the headings, and guess which column is which."""
    table = _table(batch)
    headings = [[heading, _samples(table, place)] for place, heading in enumerate(table.headings)]
    with transaction.atomic(durable=True):
        _leave(
            _held(batch),
            ImportStage.COLUMNS,
            headings=headings,
            mapping=guess(batch.kind, table.headings),
            sheet=table.sheet[:80],
            total_rows=len(table.lines),
        )


def _samples(table: Table, place: int) -> list[str]:
    told = (shown(line.cell(place)) for line in table.lines[:20])
    return [text[:40] for text in told if text][:_SAMPLES]


# --- The check ---------------------------------------------------------------------------------------------


def _check_list(batch: Import) -> None:
    """Check every row, and keep every error."""
    found = _checked(batch)
    with transaction.atomic(durable=True):
        fresh = _held(batch)
        _keep_findings(fresh, found, compare(fresh, found.entries, by=batch.uploaded_by))


def _checked(batch: Import) -> Checked:
    return check(batch.kind, _table(batch), batch.mapping, today=clock.today(), tell=_teller(batch))


def _keep_findings(fresh: Import, found: Checked, compared: Compared) -> None:
    errors = sorted([*found.problems, *compared.problems], key=lambda problem: problem.row)
    fresh.problems.all().delete()
    rows = (_problem(fresh, problem) for problem in (*errors, *compared.told()))
    ImportProblem.objects.bulk_create(rows, batch_size=1000)
    counts = {"new": len(compared.new), "same": compared.same, "changed": len(compared.changed), "errors": len(errors)}
    bad_rows = len({problem.row for problem in errors})
    _leave(fresh, ImportStage.CHECKED, counts={**counts, "bad_rows": bad_rows}, sample=_sample(fresh, found))


def _problem(batch: Import, problem: Problem) -> ImportProblem:
    return ImportProblem(batch=batch, place=batch.mapping.get(problem.column), **vars(problem))


def _sample(batch: Import, found: Checked) -> list[dict[str, Any]]:
    """Return the first rows as pages show them: plain values of the columns that every list has."""
    names = [column.name for column in COLUMNS[batch.kind] if column.required]
    return [
        {"row": entry.row} | {name: _plain(entry.values[name]) for name in names}
        for entry in found.entries[:_FIRST_ROWS]
    ]


def _plain(value: Any) -> str | int | bool:
    if isinstance(value, tuple):
        return f"{value[0]:%d.%m.%Y}"
    return value if isinstance(value, str | int | bool) else str(value)


# --- The writing -------------------------------------------------------------------------------------------


def _write_list(batch: Import) -> None:
    """Write all rows or none. What was checked is compared once more: meanwhile others may have imported the same."""
    by = batch.ordered_by
    if by is None:
        raise BadTable("internal")
    found = _checked(batch)
    with transaction.atomic(durable=True):
        fresh = _held(batch)
        place = _locked_place(fresh)
        compared = compare(fresh, found.entries, by=by)
        if found.problems or compared.problems or (compared.changed and not fresh.with_changed):
            _keep_findings(fresh, found, compared)
            return
        written = {"new": 0, "corrected": 0, "same": compared.same, "changed": len(compared.changed)}
        written |= _WRITES[fresh.kind](fresh, compared, by)
        _leave(fresh, ImportStage.DONE, counts=written, ended_at=clock.now())
        data = {**written, "file": fresh.name, "sha256": fresh.sha256, "import": fresh.pk}
        audit.record(f"import_{fresh.kind}", place, by=by, data=data)


def _locked_place(batch: Import) -> Round | Fund:
    """Return where the rows come, locked against others who import the same. Raises: BadTable: the round went on."""
    if batch.round is None:
        return audit.locked(batch.fund)
    place = audit.locked(batch.round)
    if place.state not in TAKES_LISTS:
        raise BadTable("closed")
    return place


def _write_cases(batch: Import, compared: Compared, by: User) -> dict[str, int]:
    if batch.round is None:
        raise BadTable("internal")
    return {"new": write_cases(batch, batch.round, compared.new, by=by, now=clock.now())}


def _write_awards(batch: Import, compared: Compared, by: User) -> dict[str, int]:
    return {"new": write_awards(batch, compared.new), "corrected": correct_awards(batch, compared.changed, by=by)}


_PARTS: Final[Mapping[str, Callable[[Import], None]]] = {
    ImportStage.READING: _read_list,
    ImportStage.CHECKING: _check_list,
    ImportStage.WRITING: _write_list,
}
_WRITES: Final[Mapping[str, Callable[[Import, Compared, User], dict[str, int]]]] = {
    ImportKind.APPLICATIONS: _write_cases,
    ImportKind.AWARDS: _write_awards,
}


def waiting() -> Iterable[int]:
    """Return the imports on which a worker should work and none does."""
    now = clock.now()
    rows = Import.objects.filter(stage__in=WORKED_ON).exclude(scan=Scan.WAITING)
    claims.free_abandoned(rows, now)
    return list(rows.filter(claims.free(now)).order_by("pk").values_list("pk", flat=True))
