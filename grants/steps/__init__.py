"""What actions, batches and the demo share: writes inside an open transaction."""

from grants.steps.numbers import give_case_number
from grants.steps.plans import CostInput, FundingInput, PlanInput, changed_parts, save_plan, write_parts
from grants.steps.recording import begin_on_behalf, record_on_behalf
from grants.steps.sending import (
    discard,
    resubmit,
    submit,
    submit_plan,
    tell_applicant,
    tell_office,
    withdraw,
    writers,
)
from grants.steps.starting import begin
from grants.steps.versions import freeze

__all__ = [
    "CostInput",
    "FundingInput",
    "PlanInput",
    "begin",
    "begin_on_behalf",
    "changed_parts",
    "discard",
    "freeze",
    "give_case_number",
    "record_on_behalf",
    "resubmit",
    "save_plan",
    "submit",
    "submit_plan",
    "tell_applicant",
    "tell_office",
    "withdraw",
    "write_parts",
    "writers",
]
