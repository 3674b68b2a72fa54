from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from grants.models.applications import Application
from grants.states import FILTERS_AT_MOST, BulkKind, LineOutcome


class SavedFilter(models.Model):
    """Filters of the list of cases that somebody keeps under a name, for nobody else to see."""

    QUERY_AT_MOST: ClassVar[int] = 600

    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    # One of the few places a person has: the database itself refuses the filter that is too many.
    place = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=QUERY_AT_MOST)

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "place"], name="savedfilter_one_a_place"),
            models.UniqueConstraint(fields=["person", "name"], name="savedfilter_name_once"),
            models.CheckConstraint(condition=Q(place__range=(1, FILTERS_AT_MOST)), name="savedfilter_places"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="savedfilter_whole"),
        ]

    def __str__(self) -> str:
        return self.name


class BulkStep(models.Model):
    """The same step for many cases: prepared and looked at, then confirmed once, then done case by case."""

    kind = models.CharField(max_length=12, choices=BulkKind.choices)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    # To whom the cases are given.
    officer = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # What the applicants are told; the second text stands below the German one where they read no German.
    text = models.TextField(blank=True, max_length=2400)
    text_en = models.TextField(blank=True, max_length=1400)
    prepared_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("step for many cases")
        verbose_name_plural = _("steps for many cases")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(confirmed_at__isnull=False, finished_at=None),
                name="bulkstep_under_way",
            ),
            models.Index(fields=["prepared_at"], condition=Q(confirmed_at=None), name="bulkstep_prepared"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=BulkKind.values), name="bulkstep_known_kind"),
            models.CheckConstraint(
                condition=(Q(kind=BulkKind.ASSIGN) & Q(officer__isnull=False))
                | (~Q(kind=BulkKind.ASSIGN) & Q(officer=None)),
                name="bulkstep_names_officer",
            ),
            models.CheckConstraint(
                condition=(Q(kind=BulkKind.MESSAGE) & ~Q(text="")) | (~Q(kind=BulkKind.MESSAGE) & Q(text="")),
                name="bulkstep_says_something",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(confirmed_at__isnull=False), name="bulkstep_confirmed_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class BulkLine(models.Model):
    """One case of such a step as it was seen in the preview, and what came of it."""

    step = models.ForeignKey(BulkStep, models.CASCADE, related_name="lines")
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    seen_state = models.CharField(max_length=16)
    seen_officer = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=8, choices=LineOutcome.choices, default=LineOutcome.WAITS)
    # Why it was left out, in the language of who asked.
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("case of a step for many")
        verbose_name_plural = _("cases of a step for many")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["step", "id"], condition=Q(outcome="waits"), name="bulkline_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["step", "application"], name="bulkline_once"),
            models.CheckConstraint(condition=Q(outcome__in=LineOutcome.values), name="bulkline_known_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.step_id}: {self.application_id}"
