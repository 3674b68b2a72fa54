from typing import Any

from cryptography.fernet import InvalidToken
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.encryption import SecretCharField, fingerprint, is_fingerprint_of
from accounts.models.organisations import Organisation
from accounts.models.people import User


class BankAccount(models.Model):
    """An account of an organisation, as at the bank. A change is a new row, never an edit.

    It may be paid to once a second person has checked it and `usable_from` has come, until `replaced_at`: the
    moment, maybe still to come, from which another account has taken its place.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="bank_accounts")
    holder = models.CharField(_("account holder, exactly as at the bank"), max_length=70)
    iban = SecretCharField(_("IBAN"), max_length=34)
    iban_fingerprint = models.CharField(max_length=64, editable=False, db_index=True)
    iban_end = models.CharField(max_length=4, editable=False)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    usable_from = models.DateField(_("usable from"), null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("entered_by")),
                name="bankaccount_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True, checked_at__isnull=True)
                | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="bankaccount_checked_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder}, {self.masked}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self.identify()
        super().save(*args, **kwargs)

    def identify(self) -> None:
        """Set what is known of the account without decrypting it."""
        self.iban_fingerprint = fingerprint(self.iban)
        self.iban_end = self.iban[-4:]

    def is_itself(self) -> bool:
        """The IBAN is the one that was entered; the database keeps both, this finds out whether it did."""
        try:
            return is_fingerprint_of(self.iban_fingerprint, self.iban) and self.iban.endswith(self.iban_end)
        except InvalidToken:
            return False

    @property
    def masked(self) -> str:
        """The account as pages show it: only the last four characters."""
        return f"•••• {self.iban_end}"
