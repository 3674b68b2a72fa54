"""What people type about notices and letters."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts import languages
from accounts.fields import BerlinDateField, LongTextField, NormalisedField
from accounts.forms import RoleForm
from accounts.forms.signin import MAX_PASSWORD
from accounts.models import User
from accounts.states import MemberRole
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
    sure = forms.BooleanField(
        label=_("The letter lies before me, unopened and undelivered. I have compared its number."),
        error_messages={"required": _("Please tick this box: a return takes an effect back that counts already.")},
    )

    def __init__(self, *args: Any, announced: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not announced:
            del self.fields["sure"]


class InviteStaffForm(RoleForm):
    """Who is asked to join the staff, and with which role from the day the link is accepted."""

    email = forms.EmailField(label=_("E-mail address"))
    full_name = NormalisedField(label=_("First and last name"), max_length=120, required=False)
    field_order = ["email", "full_name", "role", "fund", "limit"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["starts_on"], self.fields["ends_on"]


class InviteMemberForm(forms.Form):
    """Who is asked to act for an organisation."""

    email = forms.EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=MemberRole.choices,
        initial=MemberRole.EDITOR,
        widget=forms.RadioSelect,
        help_text=_("Owners name people. Editors write applications. Readers only look."),
    )


class JoinForm(forms.Form):
    """What a person without an account gives to join by a link."""

    full_name = NormalisedField(
        label=_("First and last name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=MAX_PASSWORD,
        help_text=_("At least 12 characters. Use it nowhere else."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    language = forms.ChoiceField(label=_("Language of pages and mails"), choices=languages.choices)

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email

    def clean_password(self) -> str:
        """Refuse weak passwords, also those like the person's own address."""
        password: str = self.cleaned_data["password"]
        person = User(email=self._email, full_name=self.cleaned_data.get("full_name", ""))
        validate_password(password, person)
        return password
