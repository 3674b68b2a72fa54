from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grants.models.applications import Application


class SimilarTitle(models.Model):
    """Two cases whose titles are alike: a note for the officer, never a decision. Each pair stands here once."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="+")
    earlier = models.ForeignKey(Application, models.CASCADE, related_name="+")
    percent = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("similar title")
        verbose_name_plural = _("similar titles")
        constraints = [
            models.UniqueConstraint(fields=["application", "earlier"], name="similartitle_once"),
            models.CheckConstraint(condition=Q(application__gt=F("earlier")), name="similartitle_in_order"),
            models.CheckConstraint(condition=Q(percent__range=(1, 100)), name="similartitle_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} ~ {self.earlier_id}: {self.percent} %"
