"""History in words: what an action is called, and what the states were called."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import AuditEntry


@dataclass(frozen=True)
class Line:
    """One line of a history, ready for `components/history.html`."""

    at: datetime
    actor: str
    verb: str
    from_label: str
    to_label: str
    reason: str


def spoken(entries: Iterable[AuditEntry]) -> list[Line]:
    """Return the entries as lines that a person can read, in the same order."""
    return [
        Line(
            at=entry.at,
            actor=str(entry.actor or "System"),
            verb=entry.action.replace("_", " ").capitalize(),
            from_label=entry.from_state,
            to_label=entry.to_state if entry.to_state != entry.from_state else "",
            reason=entry.reason,
        )
        for entry in entries
    ]
