from datetime import datetime

from accounts.models import User
from grants.models import Application, ApplicationVersion
from grants.queries import last_version_number
from grants.snapshots import digest, snapshot
from grants.states import VersionReason


def freeze(application: Application, *, reason: str, by: User, now: datetime) -> ApplicationVersion:
    """Keep what the application says now as its next version, with a hash.

    Args:
        application: locked by the caller.
        reason: a VersionReason.
        by: who sent it.
        now: the instant it counts from.
    """
    data = snapshot(application)
    return ApplicationVersion.objects.create(
        application=application,
        number=1 if reason == VersionReason.SUBMIT else last_version_number(application) + 1,
        reason=reason,
        data=data,
        sha256=digest(data),
        made_at=now,
        made_by=by,
    )
