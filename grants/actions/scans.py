from django.db import transaction

from accounts import clock
from grants import filestore, scanning
from grants.models import StoredFile
from grants.states import Scan
from grants.steps.scans import refuse_file


def scan_file(*, file: StoredFile) -> Scan:
    """Ask the virus scanner about a file in quarantine; what it refuses stays there, and its sender is told.

    Args:
        file: one that waits.

    Returns:
        what the scanner said; WAITING when it could not tell, or when the file is gone.

    Raises:
        OSError: it gives no answer.
    """
    path = filestore.full_path(file.path)
    # The scanner takes its time: nothing is locked meanwhile.
    found = scanning.look_again(path) if path.is_file() else Scan.WAITING
    if found == Scan.WAITING:
        return found
    with transaction.atomic(durable=True):
        waiting = type(file)._default_manager.filter(pk=file.pk, scan=Scan.WAITING)
        if waiting.update(scan=found, scanned_at=clock.now()) and found == Scan.INFECTED:
            refuse_file(file)
    return found
