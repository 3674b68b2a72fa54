"""Forms about oneself, for feedback, for lists and for the demo's clock."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import languages
from accounts.fields import LongTextField, NormalisedField

# Further than that the rates and holidays of the demo are not known.
FARTHEST_DAYS = 3650


class ProfileForm(forms.Form):
    full_name = NormalisedField(
        label=_("First and last name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = NormalisedField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    language = forms.ChoiceField(label=_("Language of pages and mails"), choices=languages.choices)


class FeedbackForm(forms.Form):
    """A barrier that somebody met (NBGG § 9b)."""

    message = LongTextField(
        label=_("What is the barrier?"),
        max_length=4000,
        help_text=_("What did you want to do, and what kept you from it?"),
    )
    page = NormalisedField(
        label=_("On which page?"), max_length=300, required=False, help_text=_("The address or the title.")
    )
    email = forms.EmailField(
        label=_("E-mail address, if you want an answer"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class SearchForm(forms.Form):
    q = NormalisedField(label=_("Name or e-mail address"), max_length=80, required=False)


class ClockForm(forms.Form):
    days = forms.IntegerField(
        label=_("Days ahead of today"),
        min_value=0,
        max_value=FARTHEST_DAYS,
        localize=False,
        help_text=_("0 brings the clock back."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "mt-short"}),
    )
