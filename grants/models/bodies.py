from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Fund, User
from grants.states import BodyKind, SeatKind


class Body(models.Model):
    """Who advises or decides on a fund: a jury, a committee of the council, a district board."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="bodies")
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=BodyKind.choices)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "name"], name="body_name_once"),
            models.CheckConstraint(condition=Q(kind__in=BodyKind.values), name="body_known_kind"),
        ]

    def __str__(self) -> str:
        return self.name


class BodyMember(models.Model):
    """A seat in a body from one day to another; somebody may be a member without an account here."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="members")
    name = models.CharField(_("name"), max_length=120)
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="body_seats")
    kind = models.CharField(_("kind of member"), max_length=12, choices=SeatKind.choices)
    deputy_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="deputies")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("member of a body")
        verbose_name_plural = _("members of bodies")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SeatKind.values), name="bodymember_known_kind"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="bodymember_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(deputy_of=F("id")), name="bodymember_no_deputy_of_oneself"),
            models.CheckConstraint(condition=~Q(name=""), name="bodymember_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class BodySession(models.Model):
    """A day on which a body meets; rounds name it in their way through the bodies."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="sessions")
    on = models.DateField(_("day"))
    starts_at = models.TimeField(_("begins at"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=160, blank=True)
    is_public = models.BooleanField(_("public"), default=True)
    is_cancelled = models.BooleanField(_("cancelled"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["on", "starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "on"], condition=Q(is_cancelled=False), name="bodysession_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.body}, {self.on:%d.%m.%Y}"
