from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Fund, Organisation, User
from notifications.states import NoticeState


class Notice(models.Model):
    """One message owed to one person: written with the event, sent by the worker, kept as evidence.

    `key` is unique, so that a repeated event owes nothing new. `message_id` never changes, so that a mail
    program shows a second copy of the same message once.
    """

    key = models.CharField(max_length=160, unique=True)
    code = models.CharField(_("kind"), max_length=8)
    fund = models.ForeignKey(Fund, models.PROTECT, null=True, related_name="notices")
    case_key = models.CharField(max_length=40, blank=True)
    # Whose case it is about: staff who act for that organisation do not read it.
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="notices")
    email = models.EmailField(_("to"))
    language = models.CharField(max_length=8, default="de")
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    link = models.CharField(max_length=300, blank=True)
    # Bodies with sign-in tokens are erased once sent.
    erase_body = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=NoticeState.choices, default=NoticeState.OWED)
    owed_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=160, unique=True)
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    # The request (or task) whose event this is: worker and mail name it too.
    request_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="OWED"), name="notice_owed"),
            models.Index(fields=["state"], condition=Q(state__in=["FAILED", "HELD"]), name="notice_stuck"),
            models.Index(fields=["user", "-id"], name="notice_of_user"),
            models.Index(fields=["case_key", "id"], name="notice_of_case"),
            models.Index(fields=["fund", "state", "-id"], name="notice_of_fund"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=NoticeState.values), name="notice_known_state"),
            models.CheckConstraint(
                condition=~Q(state=NoticeState.SENT) | Q(sent_at__isnull=False), name="notice_sent_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} → {self.email}"
