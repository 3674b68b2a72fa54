from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.models import Fund, Machine
from grants import permissions as may
from grants.states import (
    Announcement,
    FundingType,
    LatePolicy,
    OthersVisible,
    RegionRule,
    RuleProfile,
    StartRule,
)
from grants.states import RoundState as S


def default_applicant_types() -> list[str]:
    """All kinds of organisation that the fund's guideline names."""
    return [
        "association", "federation", "parish", "school_authority", "daycare", "municipality", "initiative", "person",
    ]  # fmt: skip


def default_places() -> list[str]:
    """The towns of the Region Hannover (§ 159 NKomVG); a smaller fund lists its own."""
    return [
        "Barsinghausen", "Burgdorf", "Burgwedel", "Garbsen", "Gehrden", "Hannover", "Hemmingen", "Isernhagen",
        "Laatzen", "Langenhagen", "Lehrte", "Neustadt am Rübenberge", "Pattensen", "Ronnenberg", "Seelze",
        "Sehnde", "Springe", "Uetze", "Wedemark", "Wennigsen", "Wunstorf",
    ]  # fmt: skip


def default_kind_caps() -> dict[str, dict[str, int]]:
    """Caps on kinds of cost: percent of the total cost, or cents."""
    return {"admin_flat": {"percent": 10}, "food": {"percent": 10}}


def default_attachments() -> dict[str, list[str]]:
    """Kinds of files that each kind of organisation must add."""
    return {"association": ["statutes", "exemption_notice"]}


def default_group_minimum() -> list[dict[str, Any]]:
    """Groups of criteria that should reach a share of their points."""
    return [{"criteria": ["AIM", "PART"], "percent": 50}]


def default_reason_scores() -> list[int]:
    """Scores that need a reason."""
    return [0, 1, 5]


def default_committees() -> list[dict[str, Any]]:
    """The bodies a list goes through, in order; the last one decides."""
    return [
        {"body": "Ausschuss für Integration", "on": None, "decides": False},
        {"body": "Regionsausschuss", "on": None, "decides": True},
    ]


def default_instalments() -> list[dict[str, Any]]:
    """One payment once the award is final."""
    return [{"percent": 100, "when": "on_finality"}]


class Round(Machine):
    """One call of a fund, with every rule it lives by. Frozen when it is published and copied to each award."""

    machine_name = "Round"

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="rounds")
    name = models.CharField(_("name"), max_length=160)
    slug = models.SlugField(_("short name in addresses"))
    state = FSMField(_("state"), max_length=10, choices=S.choices, default=S.DRAFT, protected=True)
    guideline = models.CharField(_("version of the guideline"), max_length=120, blank=True)
    accessibility_checked = models.BooleanField(_("form checked for accessibility"), default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    budget_year = models.PositiveSmallIntegerField(_("budget year"))
    opens_at = models.DateTimeField(_("opens"))
    deadline_at = models.DateTimeField(_("deadline"))
    late_policy = models.CharField(max_length=16, choices=LatePolicy.choices, default=LatePolicy.ACCEPT_FLAGGED)
    applicant_types = models.JSONField(default=default_applicant_types)
    region_rule = models.CharField(max_length=16, choices=RegionRule.choices, default=RegionRule.SEAT_OR_PLACE)
    places = models.JSONField(_("towns of the area"), default=default_places)
    max_applications = models.PositiveSmallIntegerField(default=1)
    minimum_cents = models.BigIntegerField(default=0)
    maximum_cents = models.BigIntegerField(default=3_000_000)
    # What all projects of the round share, as everybody may read it; the books keep what there really is.
    announced_cents = models.BigIntegerField(_("money for all projects"), null=True, blank=True)
    max_rate_percent = models.PositiveSmallIntegerField(default=100)
    own_share_percent = models.PositiveSmallIntegerField(default=0)
    in_kind_rate_cents = models.BigIntegerField(default=1_500)
    in_kind_cap_percent = models.PositiveSmallIntegerField(default=20)
    kind_caps = models.JSONField(default=default_kind_caps)
    max_duration_months = models.PositiveSmallIntegerField(default=12)
    fixed_up_to_cents = models.BigIntegerField(default=500_000)
    funding_type_above = models.CharField(max_length=10, choices=FundingType.choices, default=FundingType.SHARE)
    start_rule = models.CharField(max_length=16, choices=StartRule.choices, default=StartRule.ON_AWARD)
    start_rule_up_to_cents = models.BigIntegerField(null=True, blank=True)
    priorities = models.JSONField(default=list, blank=True)
    required_attachments = models.JSONField(default=default_attachments)
    # Kinds of files that are taken (endings as in `grants.filetypes`), none for all; None is the installation's size.
    file_types = models.JSONField(default=list, blank=True)
    file_max_bytes = models.PositiveIntegerField(null=True, blank=True)

    score_minimum = models.PositiveSmallIntegerField(default=60)
    group_minimum = models.JSONField(default=default_group_minimum)
    spread_flag = models.PositiveSmallIntegerField(default=30)
    reason_scores = models.JSONField(default=default_reason_scores)
    jury_size = models.PositiveSmallIntegerField(default=6)
    min_reviews = models.PositiveSmallIntegerField(default=4)
    quorum = models.PositiveSmallIntegerField(default=4)
    hide_jurors = models.BooleanField(default=False)
    others_visible = models.CharField(max_length=10, choices=OthersVisible.choices, default=OthersVisible.AFTER_OWN)
    # The day the jury means to meet; the session itself has its own.
    jury_on = models.DateField(_("session of the jury"), null=True, blank=True)
    committee_chain = models.JSONField(default=default_committees)
    notify_decision = models.BooleanField(default=False)
    fast_track_max_cents = models.BigIntegerField(default=0)
    fast_track_budget_cents = models.BigIntegerField(default=0)
    reserve_list_until = models.DateField(null=True, blank=True)

    documents_deadline_days = models.PositiveSmallIntegerField(default=14)
    plan_deadline_days = models.PositiveSmallIntegerField(default=14)
    announcement = models.CharField(max_length=8, choices=Announcement.choices, default=Announcement.POST)
    deemed_days = models.PositiveSmallIntegerField(default=4)
    retrieval_days = models.PositiveSmallIntegerField(default=10)
    remedy_text = models.TextField(blank=True, max_length=2000)
    waiver = models.BooleanField(default=True)
    instalments = models.JSONField(default=default_instalments)
    final_retention_percent = models.PositiveSmallIntegerField(default=0)
    use_by_months = models.PositiveSmallIntegerField(default=2)
    shift_tolerance_percent = models.PositiveSmallIntegerField(default=20)
    interim_proof = models.BooleanField(default=False)
    proof_months = models.PositiveSmallIntegerField(default=6)
    basic_check_months = models.PositiveSmallIntegerField(default=3)
    sample_percent = models.PositiveSmallIntegerField(default=10)
    recovery_minimum_cents = models.BigIntegerField(default=100_000)
    interest_points = models.PositiveSmallIntegerField(default=5)
    repaid_returns = models.BooleanField(default=False)
    bank_cooling_days = models.PositiveSmallIntegerField(default=3)
    publish_awards = models.BooleanField(default=True)
    draft_days = models.PositiveSmallIntegerField(default=30)
    keep_rejected_years = models.PositiveSmallIntegerField(default=3)
    keep_funded_years = models.PositiveSmallIntegerField(default=10)
    rule_profile = models.CharField(max_length=8, choices=RuleProfile.choices, default=RuleProfile.NI_2025)

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["-opens_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "slug"], name="round_slug_once"),
            models.CheckConstraint(condition=Q(state__in=S.values), name="round_known_state"),
            models.CheckConstraint(condition=Q(deadline_at__gt=F("opens_at")), name="round_deadline_after_opening"),
            models.CheckConstraint(
                condition=Q(minimum_cents__gte=0, maximum_cents__gte=F("minimum_cents")),
                name="round_amounts_in_order",
            ),
            models.CheckConstraint(
                condition=Q(jury_size=0) | Q(min_reviews__gte=1, quorum__gte=1), name="round_jury_says_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_ready(self) -> bool:
        """Guideline fixed and the form checked; criteria and budget line are the action's to check."""
        return bool(self.guideline) and self.accessibility_checked

    @transition(state, source=S.DRAFT, target=S.PUBLISHED, conditions=[is_ready], permission=may.head_of_unit)
    def publish(self) -> None: ...

    @transition(state, source=S.PUBLISHED, target=S.DRAFT, permission=may.head_of_unit)
    def unpublish(self) -> None: ...

    @transition(state, source=S.PUBLISHED, target=S.OPEN, permission=may.system)
    def open(self) -> None: ...

    @transition(state, source=[S.OPEN, S.CLOSED], target=S.OPEN, permission=may.head_of_unit)
    def extend(self, *, deadline_at: datetime) -> None:
        self.deadline_at = deadline_at

    @transition(state, source=S.OPEN, target=S.CLOSED, permission=may.system)
    def close(self) -> None: ...

    @transition(state, source=S.CLOSED, target=S.SCORING, permission=may.coordinator)
    def start_scoring(self) -> None: ...

    @transition(state, source=S.SCORING, target=S.JURY)
    def hold_session(self) -> None:
        """The jury's chair opens the session; who chairs is known one floor up, where the action checks it."""

    @transition(state, source=S.JURY, target=S.COMMITTEE, permission=may.coordinator)
    def submit_papers(self) -> None: ...

    @transition(state, source=S.COMMITTEE, target=S.JURY, permission=may.committee_clerk)
    def send_back(self) -> None: ...

    @transition(state, source=S.COMMITTEE, target=S.DECIDED, permission=may.committee_clerk)
    def record_decision(self) -> None: ...

    @transition(state, source=S.DECIDED, target=S.RUNNING, permission=may.system)
    def letters_done(self) -> None: ...

    @transition(state, source=S.RUNNING, target=S.ARCHIVED, permission=may.head_of_unit)
    def archive(self) -> None: ...


class Criterion(models.Model):
    """One line of a round's scoring rubric, with the words a juror reads beside the choice."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="criteria")
    code = models.CharField(max_length=8)
    name = models.CharField(_("criterion"), max_length=160)
    help = models.TextField(blank=True, max_length=1000)
    anchor_low = models.CharField(max_length=300, blank=True)
    anchor_middle = models.CharField(max_length=300, blank=True)
    anchor_high = models.CharField(max_length=300, blank=True)
    weight = models.PositiveSmallIntegerField(_("weight"))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["round", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "code"], name="criterion_code_once"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="criterion_weighs_something"),
        ]

    def __str__(self) -> str:
        return self.name
