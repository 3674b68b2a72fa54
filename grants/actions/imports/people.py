from collections.abc import Mapping
from functools import partial

from django.db import transaction

from accounts import audit, clock
from accounts.exceptions import NotPermitted
from accounts.models import Fund, User
from accounts.permissions import forget_roles
from grants import permissions as may
from grants.exceptions import ImportGoesOn, NotAllMended, RoundTakesNone
from grants.filestore import Stored
from grants.models import Import, Round
from grants.states import IMPORT_ENDED, TAKES_LISTS, ImportKind, ImportStage
from notifications import wakeup

#: Name of the task that works on a list.
WORK = "grants.work_import"


def start_import(*, kind: ImportKind, fund: Fund, round_: Round | None, by: User, stored: Stored) -> Import:
    """Take in a list; a worker reads it.

    Args:
        kind: what it holds.
        fund: into which it goes.
        round_: for applications: the round.
        by: who brings it.
        stored: the file, in the store.

    Raises:
        NotPermitted: the person does not run the fund.
        RoundTakesNone: the round is not open yet, or further on.
    """
    with transaction.atomic(durable=True):
        _permit(fund, by)
        if round_ is not None and round_.state not in TAKES_LISTS:
            raise RoundTakesNone
        made = Import.objects.create(kind=kind, fund=fund, round=round_, **stored.row(by=by, at=clock.now()))
        audit.record("start_import", made, by=by, data={"file": made.name, "sha256": made.sha256})
        nudge(made)
        return made


def assign_columns(*, batch: Import, by: User, seen_version: int, mapping: Mapping[str, int]) -> Import:
    """Say which column is which; a worker then checks every row.

    Raises:
        NotPermitted; ImportGoesOn: somebody else was faster.
    """
    with transaction.atomic(durable=True):
        fresh = _mine(batch, by, seen_version, (ImportStage.COLUMNS, ImportStage.CHECKED))
        fresh.mapping = dict(mapping)
        return _handed_over(fresh, ImportStage.CHECKING)


def order_import(*, batch: Import, by: User, seen_version: int, with_changed: bool) -> Import:
    """Let a worker write what was checked, all of it or nothing.

    Args:
        batch: checked, without errors.
        by: who answers for it.
        seen_version: of the page on which it was ordered.
        with_changed: go on although some rows were imported before with other content.

    Raises:
        NotPermitted; ImportGoesOn: it was ordered already, or assigned anew.
        NotAllMended: there are errors, or changed rows that were not decided on.
    """
    with transaction.atomic(durable=True):
        fresh = _mine(batch, by, seen_version, (ImportStage.CHECKED,))
        if fresh.counts["errors"] or (fresh.counts["changed"] and not with_changed):
            raise NotAllMended
        fresh.with_changed, fresh.ordered_by = with_changed, by
        return _handed_over(fresh, ImportStage.WRITING)


def cancel_import(*, batch: Import, by: User) -> Import:
    """Break off; nothing of the list was or will be written.

    Raises:
        NotPermitted; ImportGoesOn: it is over already.
    """
    with transaction.atomic(durable=True):
        fresh = audit.locked(batch)
        _permit(fresh.fund, by)
        if fresh.stage in IMPORT_ENDED:
            raise ImportGoesOn
        fresh.stage, fresh.ended_at, fresh.lease_token = ImportStage.CANCELLED, clock.now(), ""
        fresh.version += 1
        fresh.save()
        audit.record("cancel_import", fresh, by=by, data={"file": fresh.name})
        return fresh


def _mine(batch: Import, by: User, seen_version: int, stages: tuple[ImportStage, ...]) -> Import:
    fresh = audit.locked(batch)
    _permit(fresh.fund, by)
    if fresh.stage not in stages or fresh.version != seen_version:
        raise ImportGoesOn
    return fresh


def _handed_over(batch: Import, stage: ImportStage) -> Import:
    batch.stage, batch.done_rows, batch.attempts = stage, 0, 0
    batch.version += 1
    batch.save()
    nudge(batch)
    return batch


def _permit(fund: Fund, by: User) -> None:
    forget_roles(by)
    if not may.round_editor(fund, by):
        raise NotPermitted


def nudge(batch: Import) -> None:
    """Wake a worker after the commit; what that loses the sweep finds."""
    transaction.on_commit(partial(wakeup.ask, WORK, str(batch.pk), queue="slow"), robust=True)
