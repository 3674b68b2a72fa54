"""Forms of a code by letter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import LongTextField, NormalisedField
from accounts.forms.versioned import VersionedForm


class IssueForm(VersionedForm):
    """Why a code is to be sent; `version` is the newest code that the page showed."""

    reason = LongTextField(
        max_length=1000,
        label=_("Reason"),
        help_text=_("For instance: asked for by letter of 3 May; or: the only contact has left the association."),
    )

    def __init__(self, data: Any = None, *, seen: int) -> None:
        super().__init__(data, initial={"version": seen})


class CodeForm(forms.Form):
    """What stands in the letter."""

    case_number = NormalisedField(
        label=_("Case number"), max_length=40, widget=forms.TextInput({"autocomplete": "off", "class": "mt-short"})
    )
    code = NormalisedField(
        label=_("Code"),
        max_length=40,
        help_text=_("Twelve letters and digits, for instance K7QF-2MXA-93TB. Hyphens and small letters do not matter."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
