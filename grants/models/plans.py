from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grants.models.applications import Application
from grants.states import CostKind, FundingKind, FundingState


class CostLine(models.Model):
    """One position of the cost plan. The quantity is kept in hundredths, because SQLite keeps decimals as floats."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="cost_lines")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=16, choices=CostKind.choices)
    label = models.CharField(_("what for"), max_length=160)
    quantity_hundredths = models.PositiveIntegerField(_("quantity"), default=100)
    unit_cents = models.BigIntegerField(_("unit price"))
    amount_cents = models.BigIntegerField(_("amount"))
    eligible = models.BooleanField(_("eligible"), default=True)

    class Meta:
        verbose_name = _("cost position")
        verbose_name_plural = _("cost plan")
        ordering = ["application", "position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(unit_cents__gte=0, amount_cents__gte=0), name="costline_not_negative")
        ]

    def __str__(self) -> str:
        return self.label


class FundingLine(models.Model):
    """One source of money beside the requested grant; own work in hours counts at the round's rate."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="funding_lines")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=16, choices=FundingKind.choices)
    label = models.CharField(_("from whom"), max_length=160, blank=True)
    status = models.CharField(_("state"), max_length=10, choices=FundingState.choices, default=FundingState.PLANNED)
    hours_hundredths = models.PositiveIntegerField(_("hours"), default=0)
    amount_cents = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("source of financing")
        verbose_name_plural = _("financing plan")
        ordering = ["application", "position", "pk"]
        constraints = [models.CheckConstraint(condition=Q(amount_cents__gte=0), name="fundingline_not_negative")]

    def __str__(self) -> str:
        return self.label or self.get_kind_display()
