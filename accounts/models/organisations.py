from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.funds import Fund
from accounts.models.people import User
from accounts.states import MemberRole, OrganisationKind
from accounts.text import register_key, search_key


class Organisation(models.Model):
    """The legal entity that applies, gets the letter and the money."""

    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind.choices)
    name = models.CharField(_("name"), max_length=160)
    legal_form = models.CharField(_("legal form"), max_length=60, blank=True)
    register_court = models.CharField(_("register court"), max_length=80, blank=True)
    register_number = models.CharField(_("register number"), max_length=40, blank=True)
    tax_exempt_date = models.DateField(_("date of the tax exemption notice"), null=True, blank=True)
    deducts_input_tax = models.BooleanField(_("may deduct input tax"), default=False)
    representatives = models.CharField(_("represented by"), max_length=200, blank=True)
    street = models.CharField(_("street and number"), max_length=120, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    city = models.CharField(_("town"), max_length=80, blank=True)
    website = models.URLField(_("web page"), blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    search_key = models.CharField(max_length=500, blank=True, editable=False, db_index=True)
    # The number as it is compared: "VR 4711" is "vr4711". The database fills it in for a process of the version before.
    register_key = models.CharField(max_length=40, blank=True, default="", db_default="", editable=False, db_index=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["search_key", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=OrganisationKind.values), name="organisation_known_kind")
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.index()
        super().save(*args, **kwargs)

    def index(self) -> None:
        """Set what lists search and sort by."""
        self.search_key = search_key(self.name, self.register_number, self.city)[:500]
        self.register_key = register_key(self.register_number)


class Membership(models.Model):
    """A person acts for an organisation; only an owner who represents it signs and binds."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=MemberRole.choices)
    represents = models.BooleanField(_("may represent the organisation"), default=False)
    joined_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"], condition=Q(ended_at__isnull=True), name="membership_once"
            ),
            models.CheckConstraint(
                condition=Q(represents=False) | Q(role=MemberRole.OWNER),
                name="membership_only_owner_represents",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} @ {self.organisation}"


class AffiliationGroup(models.Model):
    """A federation kept by the coordinator: its organisations and people are too close to judge one another."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="affiliation_groups")
    name = models.CharField(_("name"), max_length=160)
    organisations = models.ManyToManyField(Organisation, related_name="affiliation_groups", blank=True)
    people = models.ManyToManyField(User, related_name="affiliation_groups", blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("affiliation group")
        verbose_name_plural = _("affiliation groups")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["fund", "name"], name="affiliationgroup_name_once")]

    def __str__(self) -> str:
        return self.name
