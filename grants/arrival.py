"""The moment at which an application reached us although it could not be taken: its next try brings it along."""

from datetime import datetime
from typing import Final

from django.core import signing

#: How long, in seconds, the next try may take and still counts as the first one.
VALID_SECONDS: Final = 15 * 60
#: The field of the form that brings the token.
FIELD: Final = "arrival"
_SALT: Final = "grants.arrival"


def keep(*, application: int, version: int, at: datetime) -> str:
    """Return the token of a try.

    Args:
        application: whose primary key was to be sent.
        version: as the person saw it; a text that is changed afterwards arrives anew.
        at: when it reached us.
    """
    return signing.dumps({"application": application, "version": version, "at": at.isoformat()}, salt=_SALT)


def kept(token: str, *, application: int, version: int) -> datetime | None:
    """Return when the same version of the same application first reached us; None for any other token."""
    try:
        found = signing.loads(token, salt=_SALT, max_age=VALID_SECONDS)
    except signing.BadSignature:
        return None
    same = (found["application"], found["version"]) == (application, version)
    return datetime.fromisoformat(found["at"]) if same else None
