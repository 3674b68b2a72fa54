"""How an installation comes back to work after a backup was restored: stand still, catch up, send."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts import audit, clock
from accounts.models import SYSTEM, User
from notifications import queries, wakeup
from notifications.actions import notices
from notifications.exceptions import ClocksBehind
from notifications.models import Restoration

# Longer than two rounds of the slowest sweep: what one owes may rest on what another did.
QUIET: Final = timedelta(minutes=3)


def stand_still(*, source: str, taken_at: datetime | None = None) -> Restoration:
    """Hold back all that is owed and stop clocks and mails, before anything else reads the restored data.

    Args:
        source: name of the backup.
        taken_at: of which moment the data is; by default that of its last history entry.
    """
    with transaction.atomic(durable=True):
        now = clock.now()
        taken_at = taken_at or queries.last_known(now)
        for older in queries.unreleased():
            audit.perform(older.supersede, by=SYSTEM)
        restored = Restoration.objects.create(
            source=source[-200:],
            taken_at=taken_at,
            restored_at=now,
            held=notices.hold_owed(),
        )
        audit.record("restore_backup", restored, by=SYSTEM, data={"held": restored.held})
        return restored


def run_clocks(*, restored: Restoration, by: User) -> Restoration:
    """Let the clocks catch up; what they owe is held back.

    Raises:
        NotPermitted: not an administrator of all funds. LostRace: somebody else was faster.
    """
    with transaction.atomic(durable=True):
        running: Restoration = audit.perform(restored.run_clocks, by=by, at=clock.now())
        return running


def send_from_now(*, restored: Restoration, by: User) -> Restoration:
    """Send again what is owed from now on; what was held back waits for a word of its own.

    Raises:
        ClocksBehind: the clocks have not caught up with the lost time.
        NotPermitted: not an administrator of all funds. LostRace: somebody else was faster.
    """
    with transaction.atomic(durable=True):
        now = clock.now()
        released: Restoration = audit.perform(restored.send_from_now, by=by, at=now)
        if not queries.has_caught_up(released, now=now, quiet=QUIET):
            raise ClocksBehind
        wakeup.after_commit(wakeup.NOTICES)
        return released
