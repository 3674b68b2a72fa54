from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.encryption import SecretCharField
from accounts.models.people import User
from accounts.states import ALL_FUNDS_ROLES, Role


class Fund(models.Model):
    """A tenant: one public fund with its authority's letterhead and its own staff."""

    name = models.CharField(_("name"), max_length=160, unique=True)
    slug = models.SlugField(_("short name in addresses"), unique=True)
    purpose = models.TextField(_("what is funded"), blank=True, max_length=4000)
    authority = models.CharField(_("authority"), max_length=160)
    office = models.CharField(_("office"), max_length=160, blank=True)
    street = models.CharField(_("street and number"), max_length=120, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    city = models.CharField(_("town"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    website = models.URLField(_("web page"), blank=True)
    case_prefix = models.CharField(_("prefix of case numbers"), max_length=12)
    court = models.CharField(_("administrative court"), max_length=160, default="Verwaltungsgericht Hannover")
    # The database fills these in where a process of the version before writes a row.
    remedy_text = models.TextField(
        _("instruction on legal remedy"), blank=True, max_length=2000, default="", db_default=""
    )
    closing = models.CharField(
        _("words above the signature"), max_length=60, blank=True, default="Im Auftrag", db_default="Im Auftrag"
    )
    debtor_name = models.CharField(_("name of the paying account"), max_length=70, blank=True)
    debtor_iban = SecretCharField(_("IBAN of the paying account"), max_length=34, blank=True)
    debtor_bic = models.CharField(_("BIC of the paying account"), max_length=11, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("fund")
        verbose_name_plural = _("funds")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def fund_id(self) -> int:
        """A fund is in its own scope, so that role predicates take it as any other record."""
        return int(self.pk)


class ProposedAccount(models.Model):
    """The account from which a fund shall pay, while it waits for a second person; gone when that is decided."""

    fund = models.OneToOneField(Fund, models.PROTECT, related_name="proposed_account")
    name = models.CharField(_("name of the paying account"), max_length=70)
    iban = SecretCharField(_("IBAN of the paying account"), max_length=34)
    bic = models.CharField(_("BIC of the paying account"), max_length=11, blank=True)

    class Meta:
        verbose_name = _("proposed paying account")
        verbose_name_plural = _("proposed paying accounts")

    def __str__(self) -> str:
        return f"{self.name}, {masked(self.iban)}"


def masked(iban: str) -> str:
    """Return an IBAN as pages and the history show it: its last four characters."""
    return f"•••• {iban[-4:]}" if iban else "–"


class FundRole(models.Model):
    """A person holds a role for a fund (or all funds) from one day to another."""

    fund = models.ForeignKey(Fund, models.PROTECT, null=True, blank=True, related_name="roles")
    user = models.ForeignKey(User, models.PROTECT, related_name="fund_roles")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    limit_cents = models.BigIntegerField(_("up to the amount of"), null=True, blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="fundrole_known_role"),
            models.CheckConstraint(
                condition=Q(fund__isnull=False) | Q(role__in=[r.value for r in ALL_FUNDS_ROLES]),
                name="fundrole_all_funds_only_for_some",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="fundrole_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_by__isnull=False),
                name="fundrole_ended_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(given_by=F("user")), name="fundrole_never_to_oneself"),
            models.UniqueConstraint(
                fields=["fund", "user", "role"],
                condition=Q(ended_at__isnull=True, fund__isnull=False),
                name="fundrole_once_per_fund",
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(ended_at__isnull=True, fund__isnull=True),
                name="fundrole_once_for_all_funds",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class Deputy(models.Model):
    """`deputy` stands in for `principal` in this fund, from day to day, with the principal's roles."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="deputies")
    principal = models.ForeignKey(User, models.PROTECT, related_name="deputies")
    deputy = models.ForeignKey(User, models.PROTECT, related_name="stands_in_for")
    from_date = models.DateField(_("from"))
    to_date = models.DateField(_("until"))
    named_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    named_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("deputy")
        verbose_name_plural = _("deputies")
        ordering = ["-from_date", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(to_date__gte=F("from_date")), name="deputy_ends_after_start"),
            models.CheckConstraint(condition=~Q(principal=F("deputy")), name="deputy_is_another_person"),
            models.CheckConstraint(condition=~Q(named_by=F("deputy")), name="deputy_never_named_by_oneself"),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} → {self.principal}"
