from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from grants.models.applications import Application

#: So many wrong codes lock the right one.
TRIES = 10


class TakeoverCode(models.Model):
    """A code that was printed in a letter to an organisation; whoever enters it owns and represents it online.

    The code itself is kept nowhere, only its hash. A newer one makes the older ones void.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="takeover_codes")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    code_hash = models.CharField(max_length=64)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    # The second person, where people of the organisation can still sign in.
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    used_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("code by letter")
        verbose_name_plural = _("codes by letter")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(used_at__isnull=True, voided_at__isnull=True),
                name="takeovercode_one_open",
            ),
            models.CheckConstraint(condition=Q(tries__lte=TRIES), name="takeovercode_tries"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("issued_at")), name="takeovercode_period"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, used_by__isnull=True)
                | Q(used_at__isnull=False, used_by__isnull=False, voided_at__isnull=True, tries__lt=TRIES),
                name="takeovercode_used_once",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("issued_by")),
                name="takeovercode_two_people",
            ),
            # Nobody of those who had the code in their hands uses it.
            models.CheckConstraint(
                condition=Q(used_by__isnull=True)
                | (~Q(used_by=F("issued_by")) & (Q(confirmed_by__isnull=True) | ~Q(used_by=F("confirmed_by")))),
                name="takeovercode_not_for_the_office",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} #{self.pk}"

    def is_locked(self) -> bool:
        """Whether too many wrong codes were entered."""
        return self.tries >= TRIES
