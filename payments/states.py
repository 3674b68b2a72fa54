"""States of awards and payments, and the postings of the ledger."""

from django.db import models
from django.utils.translation import gettext_lazy as _

# Kind of the step for two people by which a signed letter is taken back.
RECALL = "recall_letter"


class AwardState(models.TextChoices):
    ISSUED = "ISSUED", _("Award letter signed")
    NOTIFIED = "NOTIFIED", _("Award letter announced")
    FINAL = "FINAL", _("Award final")
    CHALLENGED = "CHALLENGED", _("Lawsuit pending")
    ACTIVE = "ACTIVE", _("Project is running")
    CHANGE_PENDING = "CHANGE_PENDING", _("Change requested")
    PROOF_DUE = "PROOF_DUE", _("Proof of use is due")
    PROOF_SUBMITTED = "PROOF_SUBMITTED", _("Proof of use received")
    PROOF_RETURNED = "PROOF_RETURNED", _("Proof of use returned")
    BASIC_CHECKED = "BASIC_CHECKED", _("First check done")
    IN_DEPTH = "IN_DEPTH", _("In-depth check")
    HEARING = "HEARING", _("Hearing")
    REPAYMENT_ORDERED = "REPAYMENT_ORDERED", _("Repayment ordered")
    SETTLED = "SETTLED", _("Check finished")
    CLOSED = "CLOSED", _("File closed")
    RELINQUISHED = "RELINQUISHED", _("Relinquished")
    VOID = "VOID", _("Recalled before announcement")


# States in which a payment may be certified (lifecycle: Payment.certify), if there is no hold.
PAYING_STATES = (
    AwardState.FINAL,
    AwardState.ACTIVE,
    AwardState.PROOF_DUE,
    AwardState.BASIC_CHECKED,
    AwardState.IN_DEPTH,
)


class PaymentState(models.TextChoices):
    REQUESTED = "REQUESTED", _("Payment requested")
    CHECKED = "CHECKED", _("Certified")
    ORDERED = "ORDERED", _("Payment ordered")
    EXPORTED = "EXPORTED", _("Handed to the treasury")
    PAID = "PAID", _("Paid")
    FAILED = "FAILED", _("Payment came back")
    REFUSED = "REFUSED", _("Payment refused")
    CANCELLED = "CANCELLED", _("Payment cancelled")


class NameCheck(models.TextChoices):
    """What the bank said when it compared the holder's name with its own before a transfer."""

    MATCH = "match", _("The name is the holder's")
    CLOSE = "close", _("The name is nearly the holder's")
    NO_MATCH = "no_match", _("The name is not the holder's")
    NOT_POSSIBLE = "not_possible", _("The bank could not compare the name")


class SubBudget(models.TextChoices):
    JURY = "jury", _("Jury")
    FAST_TRACK = "fast_track", _("Fast track")


class Account(models.TextChoices):
    """Accounts of a budget; those marked (case) exist per case as well."""

    APPROPRIATION = "APPROPRIATION", _("Appropriation")
    CARRIED_IN = "CARRIED_IN", _("Carried in")
    RETURNED = "RETURNED", _("Returned")
    AVAILABLE = "AVAILABLE", _("Available")
    BLOCKED = "BLOCKED", _("Blocked")
    RESERVED = "RESERVED", _("Reserved")
    COMMITTED = "COMMITTED", _("Committed")
    ORDERED = "ORDERED", _("Ordered")
    DISBURSED = "DISBURSED", _("Disbursed")
    CARRIED_OUT = "CARRIED_OUT", _("Carried out")
    LAPSED = "LAPSED", _("Lapsed")
    CLAIM = "CLAIM", _("Claims made")
    RECEIVABLE = "RECEIVABLE", _("Receivable")
    RECOVERED = "RECOVERED", _("Recovered")
    WRITTEN_OFF = "WRITTEN_OFF", _("Written off")
    INTEREST_CLAIM = "INTEREST_CLAIM", _("Interest claimed")
    INTEREST_RECEIVABLE = "INTEREST_RECEIVABLE", _("Interest receivable")
    INTEREST_RECEIVED = "INTEREST_RECEIVED", _("Interest received")
    INTEREST_WAIVED = "INTEREST_WAIVED", _("Interest waived")


class Posting(models.TextChoices):
    """The only moves there are; debit, credit and limit of each stand in payments.ledger and in the triggers."""

    APPROPRIATE = "appropriate", _("Budget voted")
    SUPPLEMENT = "supplement", _("Supplement")
    REDUCE = "reduce", _("Reduction")
    BLOCK = "block", _("Blocked by the head of finance")
    UNBLOCK = "unblock", _("Block lifted")
    RESERVE = "reserve", _("Reserved")
    RELEASE = "release", _("Reservation released")
    COMMIT = "commit", _("Committed by the award letter")
    DECOMMIT = "decommit", _("Commitment released")
    ORDER = "order", _("Payment ordered")
    CANCEL_ORDER = "cancel_order", _("Order cancelled")
    PAY = "pay", _("Paid")
    BOUNCE = "bounce", _("Came back after payment")
    CARRY = "carry", _("Carried to the next year")
    LAPSE = "lapse", _("Lapsed at year end")
    RETURN = "return", _("Repaid money usable again")
    CLAIM = "claim", _("Claim")
    RECOVER = "recover", _("Claim received")
    WRITE_OFF = "write_off", _("Claim written off")
    INTEREST_CLAIM = "interest_claim", _("Interest claim")
    INTEREST_RECOVER = "interest_recover", _("Interest received")
    INTEREST_WAIVE = "interest_waive", _("Interest waived")
    LATE_BOUNCE = "late_bounce", _("Came back after its year closed")


class BudgetStep(models.TextChoices):
    """A change of a budget: proposed by one person, confirmed by another."""

    SET = "set_budget", _("Set the budget")
    SUPPLEMENT = "supplement_budget", _("Supplement")
    REDUCE = "reduce_budget", _("Reduction")
    BLOCK = "block_budget", _("Block money")
    UNBLOCK = "unblock_budget", _("Lift a block")
    CARRY = "carry_budget", _("Carry open money to the next year")
