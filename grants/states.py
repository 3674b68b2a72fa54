"""States and words of rounds and applications."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoundState(models.TextChoices):
    DRAFT = "DRAFT", _("Round in preparation")
    PUBLISHED = "PUBLISHED", _("Round published")
    OPEN = "OPEN", _("Open for applications")
    CLOSED = "CLOSED", _("Deadline over")
    SCORING = "SCORING", _("Jury is scoring")
    JURY = "JURY", _("Jury session")
    COMMITTEE = "COMMITTEE", _("In the committees")
    DECIDED = "DECIDED", _("Round decided")
    RUNNING = "RUNNING", _("Projects are running")
    ARCHIVED = "ARCHIVED", _("Round archived")


class ApplicationState(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    DISCARDED = "DISCARDED", _("Discarded")
    SUBMITTED = "SUBMITTED", _("Submitted")
    FORMAL_CHECK = "FORMAL_CHECK", _("In formal check")
    RETURNED = "RETURNED", _("Documents requested")
    INELIGIBLE = "INELIGIBLE", _("Not eligible (letter in preparation)")
    ELIGIBLE = "ELIGIBLE", _("Formally accepted")
    FAST_TRACK = "FAST_TRACK", _("Small project (fast track)")
    IN_REVIEW = "IN_REVIEW", _("Being scored")
    REVIEWED = "REVIEWED", _("Scoring closed")
    RANKED = "RANKED", _("Jury has voted")
    IN_COMMITTEE = "IN_COMMITTEE", _("Before the committees")
    RESERVE_LISTED = "RESERVE_LISTED", _("Reserve list")
    APPROVED = "APPROVED", _("Grant decided")
    PLAN_REVISION = "PLAN_REVISION", _("Plan to be revised")
    AWARDED = "AWARDED", _("Awarded (letter signed)")
    DECLINED = "DECLINED", _("Rejection decided (letter in preparation)")
    REJECTED = "REJECTED", _("Rejected (letter signed)")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


# Nobody but the applicants knows of these.
UNSENT = (ApplicationState.DRAFT, ApplicationState.DISCARDED)


class LatePolicy(models.TextChoices):
    REJECT = "reject", _("Late applications are rejected")
    ACCEPT_FLAGGED = "accept_flagged", _("Late applications are accepted and flagged")


class RegionRule(models.TextChoices):
    SEAT = "seat", _("Seat in the Region")
    PLACE = "place", _("Project in the Region")
    SEAT_OR_PLACE = "seat_or_place", _("Seat or project in the Region")


class FundingType(models.TextChoices):
    """How the grant relates to the costs (Finanzierungsart, VV Nr. 2 zu § 44 LHO)."""

    FIXED = "FIXED", _("Fixed amount")
    SHARE = "SHARE", _("Share of the costs")
    SHORTFALL = "SHORTFALL", _("Shortfall")
    FULL = "FULL", _("Full funding")


class StartRule(models.TextChoices):
    ON_AWARD = "on_award", _("after the award letter")
    ON_SUBMISSION = "on_submission", _("after submission")
    ON_CONSENT = "on_consent", _("after written consent")


class RuleProfile(models.TextChoices):
    NI_2025 = "NI_2025", "NI 2025"
    NI_2026 = "NI_2026", "NI 2026"


class OthersVisible(models.TextChoices):
    NEVER = "never", _("never")
    AFTER_OWN = "after_own", _("after one's own sheet")
    ALWAYS = "always", _("always")


class Announcement(models.TextChoices):
    POST = "post", _("by post")
    PORTAL = "portal", _("in the portal, with consent")


class CostKind(models.TextChoices):
    STAFF = "staff", _("Staff")
    FEES = "fees", _("Fees")
    ALLOWANCE = "allowance", _("Volunteer allowance")
    MATERIAL = "material", _("Material")
    RENT = "rent", _("Rent")
    TRAVEL = "travel", _("Travel")
    FOOD = "food", _("Food")
    PUBLICITY = "publicity", _("Publicity")
    INTERPRETING = "interpreting", _("Interpreting")
    ADMIN_FLAT = "admin_flat", _("Administration flat rate")
    OTHER = "other", _("Other")


class FundingKind(models.TextChoices):
    OWN_CASH = "own_cash", _("Own money")
    OWN_WORK = "own_work", _("Own work (hours)")
    INCOME = "income", _("Income from participants")
    DONATION = "donation", _("Donations")
    PUBLIC = "public", _("Other public money")


class FundingState(models.TextChoices):
    PLANNED = "planned", _("planned")
    APPLIED = "applied", _("applied for")
    GRANTED = "granted", _("granted")


class AttachmentKind(models.TextChoices):
    STATUTES = "statutes", _("Statutes")
    EXEMPTION = "exemption_notice", _("Tax exemption notice")
    REGISTER = "register", _("Register extract")
    QUOTE = "quote", _("Quote")
    LETTER = "cooperation", _("Cooperation letter")
    OTHER = "other", _("Other document")
    SCAN = "scan", _("Scan of the original")


# What an applicant attaches; the scan is the office's, of what came on paper.
ASKED_PAPERS = [(kind.value, kind.label) for kind in AttachmentKind if kind != AttachmentKind.SCAN]


# What belongs to an organisation rather than to one project, and is kept for its next application.
OWN_PAPERS = (AttachmentKind.STATUTES, AttachmentKind.EXEMPTION, AttachmentKind.REGISTER, AttachmentKind.OTHER)


class Scan(models.TextChoices):
    """What the virus scanner said about a file. Only what is unchecked for want of a scanner, or clean, is shown."""

    NONE = "none", _("Not checked: there is no scanner")
    WAITING = "waiting", _("Waiting for the virus scanner")
    CLEAN = "clean", _("Checked for viruses")
    INFECTED = "infected", _("Refused by the virus scanner")


# What anybody may open; the rest stays in quarantine.
SHOWN = (Scan.NONE, Scan.CLEAN)


# Of files of these types a worker draws pictures (grants.previews).
PICTURED = ("application/pdf", "image/jpeg", "image/png")


class IntakeChannel(models.TextChoices):
    """How an application reached us."""

    ONLINE = "online", _("Online")
    PAPER = "paper", _("On paper")
    PHONE = "phone", _("By phone")
    IN_PERSON = "in_person", _("In person")
    EMAIL = "email", _("By e-mail")
    IMPORT = "import", _("From a list (import)")


# What an officer records word by word for somebody who did not apply online.
RECORDED = (IntakeChannel.PAPER, IntakeChannel.PHONE, IntakeChannel.IN_PERSON, IntakeChannel.EMAIL)


class MessageSide(models.TextChoices):
    """Who wrote a message about a case."""

    APPLICANT = "applicant", _("Applicant")
    OFFICE = "office", _("Office")


class VersionReason(models.TextChoices):
    """Why a frozen version of the application was made."""

    SUBMIT = "submit", _("Application sent")
    RESUBMIT = "resubmit", _("Documents handed in")
    PLAN = "plan", _("Revised plan")


# A person's own filters of the list of cases.
FILTERS_AT_MOST = 20


class BulkKind(models.TextChoices):
    """A step that the office takes for many cases at once."""

    ASSIGN = "assign", _("Give to a case officer")
    CHECK = "check", _("Start the formal check")
    MESSAGE = "message", _("Write to the applicants")


class LineOutcome(models.TextChoices):
    """What became of one case of such a step."""

    WAITS = "waits", _("will be done")
    LEFT_OUT = "left_out", _("left out")
    DONE = "done", _("done")
    FAILED = "failed", _("not done")


class ImportKind(models.TextChoices):
    """What a list from a spreadsheet holds."""

    APPLICATIONS = "applications", _("Applications")
    AWARDS = "awards", _("Former awards")


class ImportStage(models.TextChoices):
    """How far the work on a list has come; a worker does what ends in -ING."""

    READING = "READING", _("Is being read")
    COLUMNS = "COLUMNS", _("Columns to be assigned")
    CHECKING = "CHECKING", _("Is being checked")
    CHECKED = "CHECKED", _("Checked")
    WRITING = "WRITING", _("Is being imported")
    DONE = "DONE", _("Imported")
    FAILED = "FAILED", _("Not readable")
    CANCELLED = "CANCELLED", _("Broken off")


# What waits for a worker, and what is over.
WORKED_ON = (ImportStage.READING, ImportStage.CHECKING, ImportStage.WRITING)
IMPORT_ENDED = (ImportStage.DONE, ImportStage.FAILED, ImportStage.CANCELLED)
# Applications are imported while the office takes them in; later the round's list is complete.
TAKES_LISTS = (RoundState.OPEN, RoundState.CLOSED)


class BodyKind(models.TextChoices):
    """What advises or decides on a fund."""

    JURY = "jury", _("Jury")
    COMMITTEE = "committee", _("Committee")
    BOARD = "board", _("District board")
    OTHER = "other", _("Other body")


class SeatKind(models.TextChoices):
    """In what quality somebody sits in a body."""

    COUNCILLOR = "councillor", _("Councillor")
    MULTIPLIER = "multiplier", _("Multiplier")
    RESIDENT = "resident", _("Resident with a migration history")
    EXPERT = "expert", _("Expert member")
    ADMINISTRATION = "office", _("Member from the administration")
    OTHER = "other", _("Other member")
