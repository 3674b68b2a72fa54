"""What people type about notices and letters."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import BerlinDateField, LongTextField
from notifications.states import NoticeState


class OutboxFilter(forms.Form):
    """Which rows of the outbox to show; an unknown value shows what is open."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Not yet sent")), ("ALL", _("All")), *NoticeState.choices],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].hide_optional = True  # type: ignore[attr-defined]

    @property
    def chosen(self) -> str:
        """The state that was asked for; empty for what is open."""
        return str(self.cleaned_data.get("state", "")) if self.is_valid() else ""


class ReasonForm(forms.Form):
    """Why a message is not to be sent any more."""

    reason = LongTextField(
        label=_("Reason"), max_length=1000, help_text=_("Stays in the history. The recipient does not see it.")
    )


class PostForm(forms.Form):
    """The day on which letters were given to the post."""

    posted_on = BerlinDateField(
        label=_("Given to the post on"),
        help_text=_("The letter counts as announced on the fourth day after this one."),
    )


class ReturnForm(forms.Form):
    """The day on which a letter came back."""

    returned_on = BerlinDateField(label=_("Came back on"), help_text=_("The letter then counts as not announced."))
