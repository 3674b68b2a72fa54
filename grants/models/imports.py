from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Fund, Organisation, User
from accounts.text import register_key, search_key
from grants.models.applications import Application
from grants.models.files import StoredFile, waiting
from grants.models.rounds import Round
from grants.states import WORKED_ON, ImportKind, ImportStage


class Import(StoredFile):
    """A list from a spreadsheet on its way in, with the file as it was sent. Rows stay as the record of what came how.

    `stage` is changed only under the row's lock, or by the worker that holds its lease (grants.actions.imports).
    """

    kind = models.CharField(max_length=12, choices=ImportKind.choices)
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="imports")
    # Into which applications come; former awards come into the fund.
    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="imports")
    stage = models.CharField(max_length=10, choices=ImportStage.choices, default=ImportStage.READING)
    version = models.PositiveIntegerField(default=1)
    # [heading, some values], for each column; and which of them is which: {name of a column: place from 0}.
    headings = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    sheet = models.CharField(max_length=80, blank=True)
    total_rows = models.PositiveIntegerField(default=0)
    done_rows = models.PositiveIntegerField(default=0)
    # How many rows are new, the same as before, changed, and how many errors there are.
    counts = models.JSONField(default=dict)
    # The first rows as they were understood.
    sample = models.JSONField(default=list)
    # Why the file is no list: code, and the row where it is known.
    failure = models.CharField(max_length=20, blank=True)
    failure_row = models.PositiveIntegerField(default=0)
    # Go on although rows were changed: former awards are corrected, applications left as they are.
    with_changed = models.BooleanField(default=False)
    ordered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        indexes = [
            waiting("import_waits"),
            models.Index(fields=["id"], condition=Q(stage__in=WORKED_ON), name="import_worked_on"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=ImportStage.values), name="import_known_stage"),
            models.CheckConstraint(
                condition=Q(kind=ImportKind.APPLICATIONS, round__isnull=False)
                | Q(kind=ImportKind.AWARDS, round__isnull=True),
                name="import_into_round_or_fund",
            ),
        ]


class ImportProblem(models.Model):
    """What is wrong in one cell of a list, as the last check found it."""

    batch = models.ForeignKey(Import, models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField()
    # Place of the column in the file from 0; none where it does not stand in the file.
    place = models.PositiveSmallIntegerField(null=True)
    column = models.CharField(max_length=24)
    code = models.CharField(max_length=20)
    value = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("error of a list")
        verbose_name_plural = _("errors of lists")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.row}/{self.column}: {self.code}"


class ImportedCase(models.Model):
    """From which row of which list a case came: by it a row is known again."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="imported")
    batch = models.ForeignKey(Import, models.PROTECT, related_name="cases")
    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    row = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("imported case")
        verbose_name_plural = _("imported cases")
        constraints = [models.UniqueConstraint(fields=["round", "key"], name="importedcase_key_once")]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.key}"


class FormerAward(models.Model):
    """What a fund granted before this program kept its books: for the public list and for the eye of the office.

    No record of the ledger: nothing is paid or settled by it.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="former_awards")
    batch = models.ForeignKey(Import, models.PROTECT, related_name="former_awards")
    key = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    budget_year = models.PositiveSmallIntegerField(_("budget year"))
    organisation_name = models.CharField(_("organisation"), max_length=160)
    # Only where it is one of the fund's applicants beyond doubt.
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="former_awards")
    register_number = models.CharField(_("register number"), max_length=40, blank=True)
    city = models.CharField(_("town"), max_length=80, blank=True)
    title = models.CharField(_("title of the project"), max_length=120)
    municipality = models.CharField(_("municipality"), max_length=80, blank=True)
    amount_cents = models.BigIntegerField(_("amount"))
    # People and initiatives without legal form: named in public only if they have agreed.
    private = models.BooleanField(_("private person or initiative"))
    publish = models.BooleanField(_("published"))
    name_key = models.CharField(max_length=200)
    title_key = models.CharField(max_length=260)
    register_key = models.CharField(max_length=40, blank=True)
    search_key = models.CharField(max_length=500)

    class Meta:
        verbose_name = _("former award")
        verbose_name_plural = _("former awards")
        ordering = ["-budget_year", "-pk"]
        indexes = [
            models.Index(fields=["fund", "-budget_year", "-id"], name="formeraward_of_fund"),
            models.Index(fields=["name_key"], name="formeraward_by_name"),
            models.Index(fields=["title_key"], name="formeraward_by_title"),
            models.Index(fields=["register_key"], condition=~Q(register_key=""), name="formeraward_by_register"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["fund", "key"], name="formeraward_key_once"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="formeraward_above_zero"),
            models.CheckConstraint(condition=Q(budget_year__range=(1950, 2199)), name="formeraward_known_year"),
        ]

    def __str__(self) -> str:
        return f"{self.budget_year} {self.organisation_name}: {self.title}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.index()
        super().save(*args, **kwargs)

    def index(self) -> None:
        """Set what is searched and compared by."""
        self.name_key = search_key(self.organisation_name)[:200]
        self.title_key = search_key(self.title)[:260]
        self.register_key = register_key(self.register_number)
        self.search_key = search_key(self.organisation_name, self.title, self.municipality)[:500]
