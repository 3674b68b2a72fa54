"""The words of this floor: roles, kinds of organisation, outcomes of a proposal."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may do for a fund (a row of FundRole); jurors are rows of a round, further up."""

    CASE_OFFICER = "case_officer", _("Case officer")
    COORDINATOR = "coordinator", _("Coordinator")
    COMMITTEE_CLERK = "committee_clerk", _("Committee clerk")
    HEAD_OF_UNIT = "head_of_unit", _("Head of unit")
    SIGNATORY = "signatory", _("Signatory")
    MAIL_ROOM = "mail_room", _("Mail room")
    FINANCE_A = "finance_a", _("Finance A (certifies)")
    FINANCE_B = "finance_b", _("Finance B (orders)")
    TREASURY = "treasury", _("Treasury (pays)")
    HEAD_OF_FINANCE = "head_of_finance", _("Head of finance")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


OFFICE_ROLES = (Role.CASE_OFFICER, Role.COORDINATOR, Role.COMMITTEE_CLERK, Role.HEAD_OF_UNIT, Role.SIGNATORY)
FINANCE_ROLES = (Role.FINANCE_A, Role.FINANCE_B, Role.TREASURY, Role.HEAD_OF_FINANCE)
# An auditor or administrator holds no other role: the one only looks, the other only names people.
EXCLUSIVE_ROLES = (Role.AUDITOR, Role.ADMINISTRATOR)
# These two may be given for all funds at once (FundRole.fund is empty).
ALL_FUNDS_ROLES = (Role.AUDITOR, Role.ADMINISTRATOR)
# These carry an amount limit.
LIMITED_ROLES = (Role.SIGNATORY, Role.FINANCE_B)


# The step for two people by which a fund gets the account it pays from.
PAYING_ACCOUNT = "paying_account"


class OrganisationKind(models.TextChoices):
    """Who may apply (setting `applicant_types` of a round)."""

    ASSOCIATION = "association", _("Association")
    FEDERATION = "federation", _("Federation")
    PARISH = "parish", _("Parish or religious community")
    SCHOOL_AUTHORITY = "school_authority", _("School authority")
    DAYCARE = "daycare", _("Day-care provider")
    MUNICIPALITY = "municipality", _("Municipality")
    INITIATIVE = "initiative", _("Initiative without legal form")
    PERSON = "person", _("Private person")


class MemberRole(models.TextChoices):
    OWNER = "owner", _("Owner")
    EDITOR = "editor", _("Editor")
    READER = "reader", _("Reader")


class Outcome(models.TextChoices):
    """What became of a step that needs two people."""

    OPEN = "OPEN", _("Waits for a second person")
    CONFIRMED = "CONFIRMED", _("Confirmed")
    DECLINED = "DECLINED", _("Declined")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
