from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class LegalText(models.Model):
    """A page the law wants (Impressum, Datenschutz, …), edited per installation; each change is a new row."""

    slug = models.SlugField(max_length=40)
    language = models.CharField(max_length=8, default="de")
    body = models.TextField(_("text"), max_length=40000)
    edited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    edited_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("legal page")
        verbose_name_plural = _("legal pages")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["slug", "language", "-id"], name="legaltext_latest")]

    def __str__(self) -> str:
        return f"{self.slug} ({self.language})"


class AccessibilityFeedback(models.Model):
    """A barrier that somebody met and told us about (NBGG § 9b: the feedback mechanism)."""

    page = models.CharField(_("on which page"), max_length=300, blank=True)
    message = models.TextField(_("what is the barrier?"), max_length=4000)
    email = models.EmailField(_("e-mail address, if you want an answer"), blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("accessibility feedback")
        verbose_name_plural = _("accessibility feedback")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.message[:60]
