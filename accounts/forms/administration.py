"""Forms of administrators: roles, deputies, funds, legal pages."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from accounts.fields import AmountField, BerlinDateField, LongTextField, NormalisedField
from accounts.forms.versioned import VersionedForm
from accounts.models import Fund, User
from accounts.states import ALL_FUNDS_ROLES, LIMITED_ROLES, Role

ALL_FUNDS = "all"


class RoleForm(forms.Form):
    """Which role, for which fund, from when to when, up to which amount."""

    role = forms.ChoiceField(label=_("Role"), choices=[("", _("Please choose")), *Role.choices])
    fund = forms.ChoiceField(label=_("Fund"))
    starts_on = BerlinDateField(label=_("From"))
    ends_on = BerlinDateField(label=_("Until"), required=False, help_text=_("Last day. Empty: without end."))
    limit = AmountField(
        label=_("Up to the amount of"),
        required=False,
        min_cents=1,
        help_text=_("Only for signatories and finance B. Empty: any amount."),
    )

    def __init__(self, *args: Any, funds: QuerySet[Fund], all_funds: bool, **kwargs: Any) -> None:
        """Offer the funds that the administrator administers, and all of them to one who administers all."""
        super().__init__(*args, **kwargs)
        self._funds = {str(fund.pk): fund for fund in funds}
        choices = [(key, str(fund)) for key, fund in self._funds.items()]
        first = [("", _("Please choose"))] if len(choices) != 1 or all_funds else []
        every = [(ALL_FUNDS, _("All funds (only auditor and administrator)"))] if all_funds else []
        field = self.fields["fund"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [*first, *choices, *every]

    def clean(self) -> dict[str, Any]:
        """Check what hangs together, and turn the choice of a fund into the fund (None: all)."""
        cleaned = super().clean() or {}
        role, chosen = cleaned.get("role"), cleaned.get("fund")
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if chosen == ALL_FUNDS and role and role not in ALL_FUNDS_ROLES:
            self.add_error("fund", _("Only auditors and administrators hold their role for all funds."))
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("The last day lies before the first."))
        if cleaned.get("limit") is not None and role and role not in LIMITED_ROLES:
            self.add_error("limit", _("This role has no amount limit. Leave the field empty."))
        cleaned["fund"] = self._funds.get(str(chosen))
        return cleaned


class EndRoleForm(forms.Form):
    reason = LongTextField(label=_("Reason"), max_length=500)


if TYPE_CHECKING:
    _Choice = forms.ModelChoiceField[User]
else:
    # Django's class takes no parameter at run time.
    _Choice = forms.ModelChoiceField


class PersonChoice(_Choice):
    """A person by name and address."""

    def label_from_instance(self, obj: Any) -> str:
        """Names alone may occur twice."""
        return f"{obj} ({obj.email})"


class DeputyForm(forms.Form):
    """Who stands in for whom, in which fund, from when to when."""

    fund = forms.ModelChoiceField(label=_("Fund"), queryset=Fund.objects.none(), empty_label=_("Please choose"))
    principal = PersonChoice(label=_("Who is away?"), queryset=User.objects.none(), empty_label=_("Please choose"))
    deputy = PersonChoice(label=_("Who stands in?"), queryset=User.objects.none(), empty_label=_("Please choose"))
    from_date = BerlinDateField(label=_("From"))
    to_date = BerlinDateField(label=_("Until"), help_text=_("Last day."))

    def __init__(self, *args: Any, funds: QuerySet[Fund], staff: QuerySet[User], **kwargs: Any) -> None:
        """Offer the funds administered and their staff."""
        super().__init__(*args, **kwargs)
        for name, rows in (("fund", funds), ("principal", staff), ("deputy", staff)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
            field.queryset = rows

    def clean(self) -> dict[str, Any]:
        """Two people, days in order."""
        cleaned = super().clean() or {}
        if cleaned.get("principal") and cleaned.get("principal") == cleaned.get("deputy"):
            self.add_error("deputy", _("Nobody is their own deputy. Choose another person."))
        first, last = cleaned.get("from_date"), cleaned.get("to_date")
        if first and last and last < first:
            self.add_error("to_date", _("The last day lies before the first."))
        return cleaned


class FundForm(VersionedForm):
    """A fund and the letterhead of its authority; from which account it pays is a matter of finance."""

    name = NormalisedField(label=_("Name"), max_length=160)
    slug = forms.SlugField(
        label=_("Short name in addresses"), max_length=50, help_text=_("Lower-case letters, digits, hyphens.")
    )
    purpose = LongTextField(label=_("What is funded"), max_length=4000, required=False)
    authority = NormalisedField(label=_("Authority"), max_length=160, help_text=_("First line of the letterhead."))
    office = NormalisedField(label=_("Office"), max_length=160, required=False)
    street = NormalisedField(label=_("Street and number"), max_length=120)
    postcode = NormalisedField(label=_("Postcode"), max_length=10)
    city = NormalisedField(label=_("Town"), max_length=80)
    phone = NormalisedField(label=_("Phone"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    website = forms.URLField(label=_("Web page"), required=False, assume_scheme="https")
    case_prefix = NormalisedField(
        label=_("Prefix of case numbers"), max_length=12, help_text=_("For instance MIT: MIT-2026-0001.")
    )
    court = NormalisedField(
        label=_("Administrative court"), max_length=160, help_text=_("Named in the instruction on legal remedy.")
    )

    remedy_text = LongTextField(
        label=_("Instruction on legal remedy"),
        max_length=2000,
        required=False,
        help_text=_("Empty: the usual text with the court above. A round may have its own."),
    )
    closing = NormalisedField(
        label=_("Words above the signature"), max_length=60, required=False, help_text=_("For instance: Im Auftrag.")
    )
    valid_from = BerlinDateField(
        label=_("The letterhead holds from"),
        required=False,
        help_text=_("Letters take what holds on their date. From today on, or from a day to come."),
    )

    def __init__(self, *args: Any, fund: Fund | None = None, today: date | None = None, **kwargs: Any) -> None:
        """Show a fund, or nothing for a new one, whose letterhead holds from the beginning."""
        self._fund = fund
        if fund is not None:
            known = {name: getattr(fund, name) for name in self.base_fields if name != "valid_from"}
            kwargs.setdefault("initial", known | {"valid_from": today})
        super().__init__(*args, **kwargs)
        if fund is None:
            del self.fields["valid_from"]

    def letterhead(self) -> dict[str, Any]:
        """Return what the fund keeps."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "valid_from")}

    def _others(self) -> QuerySet[Fund]:
        return Fund.objects.exclude(pk=self._fund.pk) if self._fund else Fund.objects.all()

    def clean_name(self) -> str:
        """Refuse a name that another fund has."""
        if self._others().filter(name=self.cleaned_data["name"]).exists():
            raise ValidationError(_("Another fund has this name."), code="unique")
        return str(self.cleaned_data["name"])

    def clean_slug(self) -> str:
        """Refuse an address that another fund has."""
        if self._others().filter(slug=self.cleaned_data["slug"]).exists():
            raise ValidationError(_("Another fund has this short name."), code="unique")
        return str(self.cleaned_data["slug"])


class PayingAccountForm(forms.Form):
    """The account from which a fund shall pay."""

    name = NormalisedField(label=_("Name of the paying account"), max_length=70)
    iban = NormalisedField(label=_("IBAN of the paying account"), max_length=50)
    bic = NormalisedField(label=_("BIC of the paying account"), max_length=11, required=False)

    def clean_iban(self) -> str:
        """Return the IBAN compact."""
        return _checked(IBAN, self.cleaned_data["iban"], _("This IBAN is not right."))

    def clean_bic(self) -> str:
        """Return the BIC compact."""
        return _checked(BIC, self.cleaned_data["bic"], _("This BIC is not right."))


def _checked(kind: type[IBAN] | type[BIC], typed: str, message: Any) -> str:
    if not typed:
        return ""
    try:
        return str(kind(typed).compact)
    except SchwiftyException as error:
        raise ValidationError(message, code="invalid") from error


class LegalTextForm(forms.Form):
    """The text of a legal page, and the version it was started from."""

    body = LongTextField(
        label=_("Text"),
        max_length=40_000,
        help_text=_(
            "Start headings with “# ” and points of a list with “- ”. An empty line starts a paragraph. "
            "Double square brackets mark what you still have to fill in: [[like this]]."
        ),
        widget=forms.Textarea(attrs={"rows": 24}),
    )
    seen_id = forms.IntegerField(widget=forms.HiddenInput, min_value=0, localize=False)
