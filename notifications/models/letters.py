from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.models import Fund, Machine, User
from notifications import permissions as may
from notifications.models.documents import Document
from notifications.states import Channel, DocumentKind
from notifications.states import LetterState as S


class Letter(Machine):
    """A letter with legal effect: frozen data, one PDF, two people, a way to the addressee.

    `announced_on` is the day of effect (Bekanntgabe): by post the fourth day after dispatch (`deemed_days`), in the
    portal the day after retrieval (VwVfG § 41).
    """

    machine_name = "Letter"

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="letters")
    case_key = models.CharField(max_length=40, db_index=True)
    kind = models.CharField(max_length=4, choices=DocumentKind.choices)
    number = models.CharField(_("number"), max_length=40, unique=True)
    title = models.CharField(_("about"), max_length=200)
    addressee = models.CharField(_("to"), max_length=200)
    amount_cents = models.BigIntegerField(_("amount"), null=True)
    document = models.OneToOneField(Document, models.PROTECT, related_name="letter")
    letter_date = models.DateField(_("date of the letter"))
    # By post it counts as announced on this day after dispatch; frozen with the text.
    deemed_days = models.PositiveSmallIntegerField(default=4)
    channel = models.CharField(_("way"), max_length=8, choices=Channel.choices, default=Channel.POST)
    state = FSMField(_("state"), max_length=10, choices=S.choices, default=S.GENERATED, protected=True)
    created_at = models.DateTimeField(default=timezone.now)
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    # The person whose name stands under the letter; fixed when it is generated.
    signatory = models.ForeignKey(User, models.PROTECT, related_name="+")
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signed_sha256 = models.CharField(max_length=64, blank=True)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    posted_on = models.DateField(_("given to the post on"), null=True)
    posted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    retrieved_at = models.DateTimeField(null=True)
    retrieved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    announced_on = models.DateField(_("announced on"), null=True)
    returned_on = models.DateField(_("came back on"), null=True)
    # After it came back: where the envelope goes now (lines), who found that out and when. The letter stays as it is.
    envelope = models.CharField(_("address on the envelope"), max_length=400, blank=True)
    address_confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    address_confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["fund", "state", "id"], name="letter_of_fund")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="letter_known_state"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("author")),
                name="letter_approved_by_second",
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | (~Q(signed_by=F("approved_by")) & ~Q(signed_by=F("author"))),
                name="letter_signed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | (Q(signed_at__isnull=False) & ~Q(signed_sha256="")),
                name="letter_signed_whole",
            ),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True) | ~Q(released_by=F("signed_by")),
                name="letter_released_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.ANNOUNCED) | Q(announced_on__isnull=False),
                name="letter_announced_has_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    def is_rendered(self) -> bool:
        """The PDF exists; nobody approves or signs what cannot be read."""
        return self.document.rendered_at is not None

    def has_address(self) -> bool:
        """Nobody posts a letter again to an address from which it came back."""
        return self.state != S.RETURNED or self.address_confirmed_at is not None

    @transition(state, source=S.GENERATED, target=S.APPROVED, conditions=[is_rendered], permission=may.second_officer)
    def approve(self, *, by: User, at: datetime) -> None:
        self.approved_by, self.approved_at = by, at

    @transition(state, source=[S.GENERATED, S.APPROVED, S.RETURNED], target=S.VOID, permission=may.voids)
    def void(self) -> None:
        """Drop a draft, or one that found no address and was served another way."""

    @transition(state, source=S.APPROVED, target=S.SIGNED, conditions=[is_rendered], permission=may.signs)
    def sign(self, *, by: User, at: datetime, sha256: str) -> None:
        self.signed_by, self.signed_at, self.signed_sha256 = by, at, sha256

    @transition(state, source=S.SIGNED, target=S.RELEASED, permission=may.releases)
    def release(self, *, by: User, at: datetime) -> None:
        self.released_by, self.released_at = by, at

    @transition(state, source=[S.SIGNED, S.RELEASED], target=S.VOID, permission=may.signatory)
    def recall(self) -> None:
        """Take back a signed letter before dispatch; the second person is the caller's duty."""

    @transition(
        state,
        source=[S.RELEASED, S.EXPIRED, S.RETURNED],
        target=S.POSTED,
        conditions=[has_address],
        permission=may.mail_room,
    )
    def post(self, *, by: User, posted_on: date) -> None:
        self.channel = Channel.POST
        self.posted_by, self.posted_on = by, posted_on
        self.announced_on = self.returned_on = None

    @transition(state, source=S.RELEASED, target=S.PUBLISHED, permission=may.system)
    def publish(self, *, at: datetime) -> None:
        self.channel, self.published_at = Channel.PORTAL, at

    @transition(state, source=S.PUBLISHED, target=S.ANNOUNCED)
    def retrieve(self, *, by: User, at: datetime, announced_on: date) -> None:
        """Opened by an owner with representation; the caller, who knows the organisation, checks that."""
        self.retrieved_by, self.retrieved_at, self.announced_on = by, at, announced_on

    @transition(state, source=S.PUBLISHED, target=S.EXPIRED, permission=may.system)
    def expire(self) -> None:
        """Not retrieved in time: never announced, goes by post."""

    @transition(state, source=S.POSTED, target=S.ANNOUNCED, permission=may.system)
    def deem(self, *, announced_on: date) -> None:
        self.announced_on = announced_on

    @transition(state, source=[S.POSTED, S.ANNOUNCED], target=S.RETURNED, permission=may.mail_room)
    def undeliverable(self, *, returned_on: date) -> None:
        self.returned_on, self.announced_on = returned_on, None
        self.address_confirmed_by = self.address_confirmed_at = None

    @transition(state, source=S.RETURNED, target=S.RETURNED, permission=may.case_officer)
    def confirm_address(self, *, by: User, at: datetime, envelope: str) -> None:
        """The office has found out where the letter reaches its addressee; it can be posted again."""
        self.address_confirmed_by, self.address_confirmed_at, self.envelope = by, at, envelope
