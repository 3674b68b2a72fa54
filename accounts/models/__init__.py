"""All records of the ground floor."""

from accounts.models.audit import AuditEntry, Proposal
from accounts.models.bank import BankAccount
from accounts.models.base import Machine
from accounts.models.clock import ClockShift
from accounts.models.funds import Deputy, Fund, FundRole, ProposedAccount
from accounts.models.letterheads import LetterheadChange
from accounts.models.organisations import AffiliationGroup, Membership, Organisation
from accounts.models.people import SYSTEM, Person, System, User
from accounts.models.site import AccessibilityFeedback, LegalText

__all__ = [
    "SYSTEM",
    "AccessibilityFeedback",
    "AffiliationGroup",
    "AuditEntry",
    "BankAccount",
    "ClockShift",
    "Deputy",
    "Fund",
    "FundRole",
    "LegalText",
    "LetterheadChange",
    "Machine",
    "Membership",
    "Organisation",
    "Person",
    "Proposal",
    "ProposedAccount",
    "System",
    "User",
]
