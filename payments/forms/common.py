"""Forms that several pages share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.fields import BerlinDateField, LongTextField


class ReasonForm(forms.Form):
    """A step that needs a reason."""

    reason = LongTextField(label=_("Reason"), max_length=500)

    def __init__(self, *args: Any, hint: StrOrPromise = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = hint


class DayForm(forms.Form):
    """A step that happened on a day."""

    on = BerlinDateField(label=_("Day"))

    def __init__(self, *args: Any, label: StrOrPromise = "", hint: StrOrPromise = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = label or self.fields["on"].label
        self.fields["on"].help_text = hint


class SureForm(forms.Form):
    """A step that cannot be undone: a tick says that it was understood."""

    sure = forms.BooleanField(error_messages={"required": _("Please tick this box if you want to go on.")})

    def __init__(self, *args: Any, label: StrOrPromise = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sure"].label = label


def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines of a text that say something: one condition or reason each."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
