from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.models import BankAccount, Fund, Machine, Organisation, User
from accounts.text import search_key
from grants import permissions as may
from grants.models.rounds import Round
from grants.states import RECORDED, UNSENT, IntakeChannel
from grants.states import ApplicationState as S

# A case may be withdrawn until its letter is signed; after that it is relinquished.
WITHDRAWABLE = [
    S.SUBMITTED, S.FORMAL_CHECK, S.RETURNED, S.INELIGIBLE, S.ELIGIBLE, S.FAST_TRACK, S.IN_REVIEW, S.REVIEWED,
    S.RANKED, S.IN_COMMITTEE, S.RESERVE_LISTED, S.APPROVED, S.DECLINED,
]  # fmt: skip
# Where an applicant can end the case: by withdrawing it, or by declining an offer of less.
ENDABLE = [*WITHDRAWABLE, S.PLAN_REVISION]


class CaseCounter(models.Model):
    """The last case number given for a fund and year; locked by the submission, so numbers have no gap."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fund", "year"], name="casecounter_once")]

    def __str__(self) -> str:
        return f"{self.fund_id}/{self.year}: {self.last}"


class LoadedManager(models.Manager["Application"]):
    """Loads the organisation along: every right on a case and its search key ask for it."""

    def get_queryset(self) -> models.QuerySet["Application"]:
        return super().get_queryset().select_related("organisation")


class Application(Machine):
    """A request for a grant, from draft to decision; afterwards its award carries the case on."""

    machine_name = "Application"

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="applications")
    round = models.ForeignKey(Round, models.PROTECT, related_name="applications")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="applications")
    state = FSMField(_("state"), max_length=16, choices=S.choices, default=S.DRAFT, protected=True)
    case_number = models.CharField(  # noqa: DJ001 - unique, and drafts have none
        _("case number"), max_length=40, null=True, unique=True, editable=False
    )
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    edited_at = models.DateTimeField(default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(_("received"), null=True, editable=False)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    late = models.BooleanField(_("late"), default=False, editable=False)
    # How it came; what did not come online has a time of receipt that a person has told.
    channel = models.CharField(
        _("how it came"), max_length=10, choices=IntakeChannel.choices, default=IntakeChannel.ONLINE,
        db_default=IntakeChannel.ONLINE.value, editable=False,
    )  # fmt: skip
    received_at = models.DateTimeField(_("time of receipt"), null=True, editable=False)
    # The office writes for the applicant: what comes on paper is entered by an officer, and by nobody else.
    on_behalf = models.BooleanField(_("entered by the office"), default=False, db_default=False, editable=False)
    officer = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # Who put a small project on the fast track: the case has no jury, and somebody else grants it.
    routed_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    due_date = models.DateField(_("next due"), null=True, blank=True)

    executing_unit = models.CharField(
        _("who runs the project, if not the organisation itself"), max_length=160, blank=True
    )
    # The database fills it in where a process of the version before writes a row.
    executing_unit_address = models.CharField(
        _("address of who runs the project"), max_length=200, blank=True, default="", db_default=""
    )
    bank_account = models.ForeignKey(
        BankAccount, models.PROTECT, verbose_name=_("bank account"), null=True, blank=True, related_name="+"
    )
    contact_name = models.CharField(_("contact person"), max_length=120, blank=True)
    contact_email = models.EmailField(_("e-mail address of the contact person"), blank=True)
    contact_phone = models.CharField(_("phone of the contact person"), max_length=40, blank=True)
    contact_language = models.CharField(_("language for our mails"), max_length=8, default="de")
    first_application = models.BooleanField(_("first application to this fund"), default=False)

    title = models.CharField(_("title of the project"), max_length=120, blank=True)
    municipality = models.CharField(_("municipality"), max_length=80, blank=True)
    summary = models.TextField(_("summary"), max_length=1500, blank=True)
    aims = models.TextField(_("aims that can be measured"), max_length=3000, blank=True)
    activities = models.TextField(_("activities with dates"), max_length=4000, blank=True)
    places = models.CharField(_("places"), max_length=300, blank=True)
    starts_on = models.DateField(_("project starts"), null=True, blank=True)
    ends_on = models.DateField(_("project ends"), null=True, blank=True)
    target_groups = models.TextField(_("target groups"), max_length=1500, blank=True)
    planned_participants = models.PositiveIntegerField(_("planned number of participants"), null=True, blank=True)
    participation = models.TextField(_("who takes part in planning"), max_length=1500, blank=True)
    partners = models.TextField(_("partners"), max_length=1500, blank=True)
    innovation = models.TextField(_("what is new"), max_length=1500, blank=True)
    lasting = models.TextField(_("what lasts"), max_length=1500, blank=True)
    publicity = models.TextField(_("publicity"), max_length=1500, blank=True)
    priority = models.CharField(_("priority field"), max_length=120, blank=True)
    # {entry or "plan": [version in which it was last changed, who]}, so that two people may write side by side.
    entry_versions = models.JSONField(default=dict, editable=False)
    follows = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    # Sums of the plan, kept by the step that saves its lines.
    cost_cents = models.BigIntegerField(_("total cost"), default=0)
    eligible_cents = models.BigIntegerField(_("eligible cost"), default=0)
    funding_cents = models.BigIntegerField(_("other financing"), default=0)
    requested_cents = models.BigIntegerField(_("requested grant"), default=0)
    # What was asked for when the application was sent; a revised plan later lowers `requested_cents`.
    applied_cents = models.BigIntegerField(_("grant as applied for"), null=True, editable=False)
    # What the office offered when it asked for a revised plan; the plan may ask for this much or less.
    offered_cents = models.BigIntegerField(_("offered grant"), null=True, editable=False)
    # When the revised plan was handed in; empty again as soon as somebody edits it.
    plan_sent_at = models.DateTimeField(_("revised plan handed in"), null=True, editable=False)
    plan_days_missed = models.PositiveSmallIntegerField(default=0, editable=False)
    # When the authors were told that this unused draft will go (N02); empty again after an edit.
    expiry_noticed_at = models.DateTimeField(null=True, editable=False)
    smallest_cents = models.BigIntegerField(
        _("smallest grant with which the project can still be done"), null=True, blank=True
    )

    not_begun = models.BooleanField(_("the project has not begun"), default=False)
    financing_secured = models.BooleanField(_("the financing is secured"), default=False)
    no_double_funding = models.BooleanField(_("no other funding beyond what is listed"), default=False)
    truthful = models.BooleanField(_("everything said is true"), default=False)
    privacy_read = models.BooleanField(_("data notice read"), default=False)
    electronic_announcement = models.BooleanField(_("letters may be announced in the portal"), default=False)
    publication_consent = models.BooleanField(_("the award may be published"), default=False)

    search_key = models.CharField(max_length=700, blank=True, editable=False)
    # The title as lists sort it, alike on every database.
    title_key = models.CharField(max_length=260, blank=True, editable=False)
    # The title that was last compared with those of all other cases (grants.likeness).
    title_compared = models.CharField(max_length=260, blank=True, default="", db_default="", editable=False)

    objects = models.Manager["Application"]()
    loaded = LoadedManager()

    class Meta:
        base_manager_name = "loaded"
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["round", "state", "id"], name="application_of_round"),
            models.Index(fields=["fund", "submitted_at", "id"], name="application_of_fund"),
            models.Index(fields=["organisation", "-id"], name="application_of_org"),
            # The staff's list over all funds in each of its orders; drafts are not in it, so typing is not slowed.
            *(
                models.Index(fields=[column, "id"], condition=~Q(state__in=UNSENT), name=f"application_by_{name}")
                for name, column in (
                    ("receipt", "submitted_at"),
                    ("due", "due_date"),
                    ("title", "title_key"),
                    ("amount", "requested_cents"),
                )
            ),
            models.Index(
                fields=["id"],
                condition=~Q(state__in=UNSENT) & ~Q(title_compared=F("title_key")),
                name="application_title_is_new",
            ),
            # The drafts that the office is writing: few, among many that are none of its business.
            models.Index(
                fields=["fund", "-id"], condition=Q(on_behalf=True, state=S.DRAFT), name="application_recorded"
            ),
            models.Index(
                fields=["fund", "state"],
                include=["requested_cents"],
                condition=~Q(state__in=UNSENT),
                name="application_figures",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="application_known_state"),
            models.CheckConstraint(
                condition=Q(state__in=[S.DRAFT, S.DISCARDED])
                | Q(case_number__isnull=False, submitted_at__isnull=False, organisation__isnull=False),
                name="application_sent_has_number",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="application_period_in_order",
            ),
            models.CheckConstraint(
                condition=Q(requested_cents__gte=0, cost_cents__gte=0, eligible_cents__gte=0, funding_cents__gte=0),
                name="application_amounts_not_negative",
            ),
            models.CheckConstraint(condition=Q(channel__in=IntakeChannel.values), name="application_known_channel"),
            models.CheckConstraint(
                condition=Q(channel=IntakeChannel.ONLINE, received_at__isnull=True, on_behalf=False)
                | Q(channel=IntakeChannel.IMPORT, on_behalf=False)
                | Q(channel__in=RECORDED, received_at__isnull=False),
                name="application_came_some_way",
            ),
            # What was recorded counts as received when it came, not when somebody typed it.
            models.CheckConstraint(
                condition=Q(received_at__isnull=True) | Q(submitted_at__isnull=True) | Q(submitted_at=F("received_at")),
                name="application_received_once",
            ),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.case_number, self.title) if part) or f"#{self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.index()
        super().save(*args, **kwargs)

    def index(self) -> None:
        """Set what lists search and sort by."""
        organisation = self.organisation.name if self.organisation else ""
        self.search_key = search_key(self.case_number or "", self.title, organisation, self.municipality)[:700]
        self.title_key = search_key(self.title)

    @property
    def case_key(self) -> str:
        return case_key_of(self.pk)

    def is_complete(self) -> bool:
        """What the record alone can know; the full list of errors is made by the review page."""
        return bool(self.organisation_id and self.title and self.requested_cents) and self.plan_balances()

    def plan_balances(self) -> bool:
        """Costs equal all financing including the grant."""
        return self.cost_cents == self.funding_cents + self.requested_cents

    def is_small(self) -> bool:
        """The round lets the office decide small projects alone, and this one asks for no more than that."""
        return 0 < self.requested_cents <= self.round.fast_track_max_cents

    def plan_is_sent(self) -> bool:
        """The revised plan was handed in and nobody edited it since."""
        return self.plan_sent_at is not None and self.plan_balances()

    # --- the applicant's side -------------------------------------------------------------------------

    @transition(state, source=S.DRAFT, target=S.SUBMITTED, conditions=[is_complete], permission=may.applicant_binds)
    def submit(self, *, by: User, at: datetime, late: bool, case_number: str) -> None:
        self.submitted_by, self.submitted_at, self.late, self.case_number = by, at, late, case_number
        self.applied_cents = self.requested_cents

    def can_be_recorded(self) -> bool:
        """Somebody applied, and lists can name what for; what else is missing is asked for in the check."""
        return bool(self.on_behalf and self.organisation_id and self.title and self.received_at)

    @transition(
        state, source=S.DRAFT, target=S.SUBMITTED, conditions=[can_be_recorded], permission=may.case_second_officer
    )
    def record_on_behalf(
        self, *, recorder: User, at: datetime, late: bool, case_number: str, still_on_behalf: bool
    ) -> None:
        """Confirmed by a second officer; the first one entered what came on paper, by phone or in person."""
        self.submitted_by, self.submitted_at, self.late, self.case_number = recorder, at, late, case_number
        self.applied_cents, self.on_behalf = self.requested_cents, still_on_behalf

    @transition(state, source=S.DRAFT, target=S.DISCARDED, permission=may.applicant_or_system)
    def discard(self) -> None: ...

    @transition(state, source=S.RETURNED, target=S.FORMAL_CHECK, permission=may.applicant_edits)
    def resubmit(self) -> None:
        self.due_date = None

    @transition(state, source=WITHDRAWABLE, target=S.WITHDRAWN, permission=may.applicant_binds)
    def withdraw(self) -> None:
        self.due_date = None

    @transition(state, source=S.PLAN_REVISION, target=S.PLAN_REVISION, permission=may.applicant_edits)
    def submit_plan(self, *, at: datetime) -> None:
        self.plan_sent_at = at

    @transition(state, source=S.PLAN_REVISION, target=S.WITHDRAWN, permission=may.applicant_binds)
    def decline_offer(self) -> None:
        self.due_date = None

    # --- the formal check -----------------------------------------------------------------------------

    @transition(state, source=S.SUBMITTED, target=S.FORMAL_CHECK, permission=may.case_officer)
    def start_check(self, *, officer: User) -> None:
        self.officer = officer

    @transition(state, source=S.FORMAL_CHECK, target=S.RETURNED, permission=may.case_officer)
    def request_documents(self, *, due: date) -> None:
        self.due_date = due

    @transition(state, source=S.RETURNED, target=S.RETURNED, permission=may.case_officer)
    def extend_deadline(self, *, due: date) -> None:
        self.due_date = due

    @transition(state, source=S.FORMAL_CHECK, target=S.ELIGIBLE, permission=may.case_officer)
    def accept(self) -> None: ...

    @transition(state, source=S.FORMAL_CHECK, target=S.INELIGIBLE, permission=may.case_second_officer)
    def reject_formally(self) -> None:
        """Confirmed by a second officer; the first one proposed it with reasons."""

    @transition(state, source=S.RETURNED, target=S.INELIGIBLE, permission=may.case_second_officer)
    def documents_missing(self) -> None:
        self.due_date = None

    @transition(state, source=S.SUBMITTED, target=S.INELIGIBLE, permission=may.case_second_officer)
    def reject_late(self) -> None: ...

    @transition(state, source=S.INELIGIBLE, target=S.FORMAL_CHECK, permission=may.case_head)
    def reopen(self) -> None: ...

    # --- the fast track of small projects: no jury, no committee ------------------------------------------

    @transition(state, source=S.ELIGIBLE, target=S.FAST_TRACK, conditions=[is_small], permission=may.case_coordinator)
    def route_fast_track(self, *, by: User) -> None:
        self.routed_by = by

    @transition(state, source=S.FAST_TRACK, target=S.APPROVED, permission=may.case_other_head)
    def decide_fast_track(self) -> None:
        """Granted by another person than the one who put it on the fast track."""

    @transition(state, source=S.FAST_TRACK, target=S.DECLINED, permission=may.case_head)
    def decline_fast_track(self) -> None: ...

    @transition(state, source=S.FAST_TRACK, target=S.ELIGIBLE, permission=may.case_head)
    def return_to_jury(self) -> None:
        self.routed_by = None

    # --- the jury; who chairs is known one floor up, where the actions check it --------------------------

    @transition(state, source=S.ELIGIBLE, target=S.IN_REVIEW, permission=may.case_coordinator)
    def assign_jury(self) -> None: ...

    @transition(state, source=S.IN_REVIEW, target=S.REVIEWED, permission=may.case_coordinator)
    def close_scoring(self) -> None: ...

    @transition(state, source=S.REVIEWED, target=S.RANKED)
    def rank(self) -> None:
        """The jury's vote, recorded by its chair."""

    @transition(state, source=S.RANKED, target=S.REVIEWED)
    def reopen_ranking(self) -> None:
        """The chair takes the vote up again."""

    @transition(state, source=[S.REVIEWED, S.RANKED], target=S.IN_REVIEW, permission=may.system)
    def lose_sheets(self) -> None:
        """A late conflict left too few sheets."""

    # --- the committees -------------------------------------------------------------------------------

    @transition(state, source=S.RANKED, target=S.IN_COMMITTEE, permission=may.case_coordinator)
    def submit_to_committee(self) -> None: ...

    @transition(state, source=S.IN_COMMITTEE, target=S.IN_COMMITTEE, permission=may.case_clerk)
    def record_step(self) -> None: ...

    @transition(state, source=S.IN_COMMITTEE, target=S.RANKED, permission=may.case_clerk)
    def postpone(self) -> None: ...

    @transition(state, source=S.IN_COMMITTEE, target=S.APPROVED, permission=may.case_clerk)
    def decide_fund(self) -> None: ...

    @transition(state, source=S.IN_COMMITTEE, target=S.RESERVE_LISTED, permission=may.case_clerk)
    def decide_reserve(self) -> None: ...

    @transition(state, source=S.IN_COMMITTEE, target=S.DECLINED, permission=may.case_clerk)
    def decide_decline(self) -> None: ...

    @transition(
        state,
        source=[S.APPROVED, S.DECLINED, S.RESERVE_LISTED],
        target=S.IN_COMMITTEE,
        permission=may.case_clerk,
    )
    def correct_decision(self) -> None:
        """A recording error, confirmed by a second person before a letter is signed."""

    @transition(state, source=S.RESERVE_LISTED, target=S.APPROVED, permission=may.case_head)
    def move_up(self) -> None: ...

    @transition(state, source=S.RESERVE_LISTED, target=S.DECLINED, permission=may.system)
    def reserve_expired(self) -> None: ...

    @transition(state, source=[S.APPROVED, S.PLAN_REVISION], target=S.DECLINED, permission=may.case_head)
    def withdraw_approval(self) -> None:
        """Two people take a grant back before its letter is drafted."""
        self.due_date = None

    # --- plan and letter ------------------------------------------------------------------------------

    @transition(state, source=S.APPROVED, target=S.PLAN_REVISION, permission=may.case_officer)
    def request_plan(self, *, due: date, offered_cents: int) -> None:
        self.due_date, self.offered_cents, self.plan_sent_at = due, offered_cents, None
        self.plan_days_missed = 0

    @transition(state, source=S.PLAN_REVISION, target=S.PLAN_REVISION, permission=may.case_officer)
    def extend_plan(self, *, due: date, missed: bool) -> None:
        """A later day for the plan; `missed` when the day before it had passed."""
        self.due_date = due
        self.plan_days_missed += missed

    @transition(
        state,
        source=S.PLAN_REVISION,
        target=S.APPROVED,
        conditions=[plan_is_sent],
        permission=may.case_officer,
    )
    def accept_plan(self) -> None:
        self.due_date = None

    @transition(state, source=S.APPROVED, target=S.AWARDED, permission=may.case_signatory)
    def issue_award(self) -> None:
        """The award letter is signed."""

    @transition(state, source=[S.DECLINED, S.INELIGIBLE], target=S.REJECTED, permission=may.case_signatory)
    def issue_rejection(self) -> None:
        """The rejection letter is signed."""

    @transition(state, source=S.AWARDED, target=S.APPROVED, permission=may.case_signatory)
    def recall_award(self) -> None:
        """An error was found before dispatch; two people."""

    @transition(state, source=S.REJECTED, target=S.DECLINED, permission=may.case_signatory)
    def recall_rejection(self) -> None: ...


def case_key_of(application_id: int) -> str:
    """Return the key under which everything of one case is filed."""
    return f"case:{application_id}"
