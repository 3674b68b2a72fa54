"""Records of the outbox, of letters, of timers and of restored backups."""

from notifications.models.documents import Document
from notifications.models.invitations import Invitation
from notifications.models.letters import Letter
from notifications.models.notices import Notice
from notifications.models.restorations import Restoration
from notifications.models.sweeps import Sweep
from notifications.models.timers import Timer

__all__ = ["Document", "Invitation", "Letter", "Notice", "Restoration", "Sweep", "Timer"]
