"""Forms of the applicant's pages."""

from grants.forms.eligibility import EligibilityForm
from grants.forms.files import UploadForm
from grants.forms.plan import ENTRIES, PlanForms, with_another_row
from grants.forms.sections import SECTION_FORMS, SectionForm
from grants.forms.starting import StartForm, WithdrawForm

__all__ = [
    "ENTRIES",
    "SECTION_FORMS",
    "EligibilityForm",
    "PlanForms",
    "SectionForm",
    "StartForm",
    "UploadForm",
    "WithdrawForm",
    "with_another_row",
]
