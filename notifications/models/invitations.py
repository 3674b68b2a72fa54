from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Fund, Organisation, User
from accounts.states import MemberRole, Role


class Invitation(models.Model):
    """Somebody is asked by e-mail to join: as staff of a fund, or as a member of an organisation.

    The link's token is kept as a hash only. What it gives is written here, and given when it is accepted.
    """

    email = models.EmailField(_("e-mail address"))
    full_name = models.CharField(_("name"), max_length=120, blank=True)
    fund = models.ForeignKey(Fund, models.PROTECT, null=True, blank=True, related_name="invitations")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, blank=True)
    limit_cents = models.BigIntegerField(null=True, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="invitations")
    member_role = models.CharField(_("role"), max_length=10, choices=MemberRole.choices, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(organisation__isnull=True) & ~Q(role="") & Q(member_role=""))
                | (Q(organisation__isnull=False) & Q(role="") & ~Q(member_role="")),
                name="invitation_gives_one_thing",
            )
        ]

    def __str__(self) -> str:
        return self.email
