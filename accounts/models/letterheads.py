from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.funds import Fund
from accounts.models.people import User


class LetterheadChange(models.Model):
    """What changes of the authority's own data from a day on; only ever added, so that every day can be told."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="letterhead_changes")
    valid_from = models.DateField(_("holds from"))
    # By name of the fund's field: [before, after].
    values = models.JSONField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("change of the letterhead")
        verbose_name_plural = _("changes of the letterhead")
        ordering = ["valid_from", "pk"]
        indexes = [models.Index(fields=["valid_from"], name="letterhead_by_day")]

    def __str__(self) -> str:
        return f"{self.fund}, {self.valid_from:%d.%m.%Y}"
