from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Fund, User
from notifications.models import Restoration


class BankComparison(models.Model):
    """After a restore: a fund's treasury has asked the bank which payment files the backup does not know.

    Until then the fund makes no payment file: what was handed over after the backup would be paid twice.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+")
    restoration = models.ForeignKey(Restoration, models.PROTECT, related_name="comparisons")
    compared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    compared_at = models.DateTimeField(default=timezone.now)
    note = models.CharField(_("what was found"), max_length=500)

    class Meta:
        verbose_name = _("comparison with the bank")
        verbose_name_plural = _("comparisons with the bank")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["fund", "restoration"], name="comparison_once")]

    def __str__(self) -> str:
        return f"{self.fund} {self.restoration}"
