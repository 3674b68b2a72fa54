"""States and words of the jury and the committees."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReviewState(models.TextChoices):
    ASSIGNED = "ASSIGNED", _("Assigned")
    RECUSED = "RECUSED", _("Recused")
    IN_PROGRESS = "IN_PROGRESS", _("Being filled in")
    SUBMITTED = "SUBMITTED", _("Sheet handed in")
    LOCKED = "LOCKED", _("Sheet locked")
    LAPSED = "LAPSED", _("Sheet not handed in")


# Sheets that count in every figure; a recused juror's never does.
COUNTED = (ReviewState.SUBMITTED, ReviewState.LOCKED)


class Recommendation(models.TextChoices):
    FUND = "fund", _("Fund it")
    PARTIAL = "partial", _("Fund partly")
    RESERVE = "reserve", _("Reserve list")
    DECLINE = "decline", _("Do not fund")


class DecisionOutcome(models.TextChoices):
    """What a body said about one application."""

    RECOMMEND = "recommend", _("Recommended to the next body")
    FUND = "fund", _("Grant decided")
    RESERVE = "reserve", _("Put on the reserve list")
    DECLINE = "decline", _("Rejected")
    POSTPONE = "postpone", _("Postponed")


FINAL_OUTCOMES = (DecisionOutcome.FUND, DecisionOutcome.RESERVE, DecisionOutcome.DECLINE)

# The kind of the proposal to undo a decision that was recorded wrongly.
CORRECTION = "correct_decision"


class WithdrawalGround(models.TextChoices):
    """Why a grant is taken back before its letter."""

    FINANCING = "financing", _("The financing is not secured")
    ENDED = "ended", _("The applicant no longer exists")
    PLAN_MISSING = "plan_missing", _("The revised plan did not come in time")
    NEW_DECISION = "new_decision", _("The deciding body decided anew")


# The kind of the proposal to take a grant back before its letter.
WITHDRAWAL = "withdraw_approval"
