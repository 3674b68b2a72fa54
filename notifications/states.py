"""States of notices and letters."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NoticeState(models.TextChoices):
    """Where a notice stands in the outbox."""

    OWED = "OWED", _("Waits to be sent")
    SENT = "SENT", _("Sent")
    FAILED = "FAILED", _("Failed, needs a person")
    DISCARDED = "DISCARDED", _("Discarded by a person")
    HELD = "HELD", _("Held back after a restore")


class LetterState(models.TextChoices):
    """The life of a letter with legal effect."""

    GENERATED = "GENERATED", _("Letter draft")
    APPROVED = "APPROVED", _("Approved for signature")
    SIGNED = "SIGNED", _("Signed")
    RELEASED = "RELEASED", _("Released for dispatch")
    POSTED = "POSTED", _("Given to the post")
    PUBLISHED = "PUBLISHED", _("Ready in the portal")
    ANNOUNCED = "ANNOUNCED", _("Announced")
    EXPIRED = "EXPIRED", _("Not retrieved in time")
    RETURNED = "RETURNED", _("Came back by post")
    VOID = "VOID", _("Void")


class DocumentKind(models.TextChoices):
    """What the worker can render; the codes are those of the office."""

    AWARD = "L01", _("Award letter")
    REJECTION = "L02", _("Rejection letter")
    RECEIPT = "C01", _("Copy of the application as sent")
    CHECK_NOTE = "D01", _("Note on the formal check")


class Channel(models.TextChoices):
    POST = "post", _("By post")
    PORTAL = "portal", _("In the portal")


class TimerKind(models.TextChoices):
    """What a timer row is for; the floor that knows the kind sweeps it."""

    DEADLINE_NEAR = "deadline_near", _("A round's deadline is near")
    DECISION_DUE = "decision_due", _("Three months without a decision")
    DOCUMENTS_DUE = "documents_due", _("Documents are due")
    LETTER_DEEMED = "letter_deemed", _("Letter counts as announced")


class RestorationState(models.TextChoices):
    """How far people have brought a restored backup back to work."""

    STANDS_STILL = "STILL", _("Nothing is sent, the clocks stand still")
    CATCHES_UP = "CATCHING_UP", _("Nothing is sent, the clocks catch up")
    RELEASED = "RELEASED", _("Released")
    SUPERSEDED = "SUPERSEDED", _("Another backup was restored")
