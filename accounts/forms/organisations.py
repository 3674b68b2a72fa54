"""Forms for organisations, their people and their bank account."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from accounts.fields import BerlinDateField, NormalisedField
from accounts.models import Membership, Organisation
from accounts.states import MemberRole, OrganisationKind

_ADDRESS = ("street", "postcode", "city")
# Who has no legal form is not asked for registers and notices of a tax office.
_ASKED: dict[str, tuple[str, ...]] = {
    OrganisationKind.INITIATIVE: ("kind", "name", "representatives", *_ADDRESS, "website"),
    OrganisationKind.PERSON: ("kind", "name", *_ADDRESS),
}
_WORDS: dict[str, dict[str, tuple[Any, Any]]] = {
    OrganisationKind.INITIATIVE: {
        "name": (_("Name of the initiative"), _("As you call yourselves. The letter goes to this name.")),
        "representatives": (
            _("Who answers for the initiative"),
            _("First and last names of grown-up people. They answer together: each may have to pay back all money."),
        ),
        "street": (_("Street and number"), _("The address of one of these people. Letters go there.")),
    },
    OrganisationKind.PERSON: {
        "name": (_("First and last name"), _("The public list of awards names you only if you agree to it.")),
        "street": (_("Street and number"), _("Where you live. Letters go there.")),
    },
}

# What the label takes for known is explained below it.
_TERMS = {
    "legal_form": "legal form",
    "tax_exempt_date": "exemption notice",
    "representatives": "representative",
    "deducts_input_tax": "input tax",
}


class OrganisationForm(forms.Form):
    """What an organisation says about itself; initiatives and private persons are asked for less, in other words."""

    kind = forms.ChoiceField(
        label=_("Kind of organisation"),
        choices=[("", _("Please choose")), *OrganisationKind.choices],
        help_text=_("Initiatives without legal form and private persons can apply too."),
    )
    name = NormalisedField(
        label=_("Name"),
        max_length=160,
        help_text=_("The full official name. The letter goes to this name."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    legal_form = NormalisedField(
        label=_("Legal form"), max_length=60, required=False, help_text=_("For instance: e. V., gGmbH.")
    )
    register_court = NormalisedField(
        label=_("Register court"), max_length=80, required=False, help_text=_("For instance: Amtsgericht Hannover.")
    )
    register_number = NormalisedField(
        label=_("Register number"), max_length=40, required=False, help_text=_("For instance: VR 1234.")
    )
    tax_exempt_date = BerlinDateField(
        label=_("Date of the tax exemption notice"),
        required=False,
        help_text=_("It stands on the notice of your tax office (Freistellungsbescheid)."),
    )
    representatives = NormalisedField(
        label=_("Represented by"),
        max_length=200,
        required=False,
        help_text=_("Who may sign for the organisation according to its statutes."),
    )
    street = NormalisedField(
        label=_("Street and number"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    postcode = NormalisedField(
        label=_("Postcode"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "numeric", "class": "mt-short"}),
    )
    city = NormalisedField(
        label=_("Town"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )
    website = forms.URLField(label=_("Web page"), max_length=200, required=False, assume_scheme="https")
    deducts_input_tax = forms.BooleanField(
        label=_("The organisation may deduct input tax (Vorsteuer)"),
        required=False,
        help_text=_("Then costs count without VAT."),
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None, own_way: bool = False) -> None:
        """Fit the questions to the kind that was sent, or else is shown.

        Args:
            data: what was sent.
            initial: what is shown.
            own_way: the kind was chosen before and is not asked for.
        """
        super().__init__(data, initial=initial)
        kind = str((self.initial if data is None else data).get("kind", ""))
        self.left_out = [name for name in self.fields if name not in _ASKED.get(kind, tuple(self.fields))]
        for name in self.left_out:
            del self.fields[name]
        for name in _TERMS.keys() & self.fields.keys():
            self.fields[name].term = _TERMS[name]  # type: ignore[attr-defined]  # read by the field's template
        for name, (label, hint) in _WORDS.get(kind, {}).items():
            self.fields[name].label, self.fields[name].help_text = label, hint
        if kind == OrganisationKind.INITIATIVE:
            self.fields["representatives"].required = True
        if kind == OrganisationKind.PERSON:
            self.fields["name"].widget.attrs["autocomplete"] = "name"
        if own_way and kind in _ASKED:
            self.fields["kind"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Empty what does not belong to the kind: a society that became an initiative is in no register."""
        cleaned = super().clean() or self.cleaned_data
        return {**cleaned, **{name: self.base_fields[name].clean("") for name in self.left_out}}

    def clean_postcode(self) -> str:
        """Take German postcodes, and foreign ones with letters."""
        postcode: str = self.cleaned_data["postcode"]
        if postcode.isdigit() and len(postcode) != 5:
            raise ValidationError(_("Enter five digits, for instance 30159."), code="postcode")
        return postcode

    @classmethod
    def of(cls, organisation: Organisation) -> dict[str, Any]:
        """Return what the form shows for an organisation."""
        return {name: getattr(organisation, name) for name in cls.base_fields}


class MembershipForm(forms.Form):
    """What a member may do."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=MemberRole.choices,
        widget=forms.RadioSelect,
        help_text=_("Owners name people. Editors write applications. Readers only look."),
    )
    represents = forms.BooleanField(
        label=_("May represent the organisation"),
        required=False,
        help_text=_("Only owners: hands in applications, opens letters with legal effect, changes the bank account."),
    )

    def clean(self) -> dict[str, Any]:
        """Only an owner represents."""
        cleaned = super().clean() or {}
        if cleaned.get("represents") and cleaned.get("role") != MemberRole.OWNER:
            self.add_error("represents", _("Only owners represent the organisation. Choose the role owner."))
        return cleaned


class HandOverForm(forms.Form):
    """Who carries on, and what remains for who hands over."""

    to = forms.TypedChoiceField(
        label=_("Who takes over?"),
        widget=forms.RadioSelect,
        help_text=_("This person then names people, sends applications, opens letters and changes the bank account."),
        error_messages={"required": _("Please choose a person.")},
    )
    stay = forms.ChoiceField(
        label=_("What remains for you?"),
        widget=forms.RadioSelect,
        choices=[
            ("", _("Nothing: I leave the organisation")),
            (MemberRole.EDITOR, _("I go on writing applications (editor)")),
            (MemberRole.READER, _("I only look (reader)")),
        ],
        required=False,
        initial="",
    )

    def __init__(self, data: Any = None, *, others: Sequence[Membership]) -> None:
        super().__init__(data)
        known = {str(member.pk): member for member in others}
        field = self.fields["to"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [(key, f"{member.user} ({member.get_role_display()})") for key, member in known.items()]
            field.coerce = known.__getitem__
        self.fields["stay"].hide_optional = True  # type: ignore[attr-defined]  # read by the field's template


class BankAccountForm(forms.Form):
    """The account money goes to."""

    holder = NormalisedField(
        label=_("Account holder"),
        max_length=70,
        help_text=_("Exactly as the bank writes it. Otherwise the bank may send the money back."),
    )
    iban = NormalisedField(
        label=_("IBAN"),
        max_length=50,
        help_text=_("It stands on your bank card and on statements. It begins with DE for German banks."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, organisation: Organisation) -> None:
        """Propose the holder; an initiative has no account of its own, so one of its people is asked for."""
        initiative = organisation.kind == OrganisationKind.INITIATIVE
        super().__init__(data, initial={"holder": "" if initiative else organisation.name[:70]})
        if initiative:
            self.fields["holder"].help_text = _(
                "The account of one of the people who answer for the initiative. Their name exactly as the bank"
                " writes it."
            )

    def clean_iban(self) -> str:
        """Return the IBAN compact; its check digits must be right and its country pay in euros."""
        typed = unicodedata.normalize("NFKC", self.cleaned_data["iban"])
        try:
            iban = IBAN(typed)
        except SchwiftyException as error:
            raise ValidationError(
                _("This IBAN is not right. Please compare it digit by digit with your bank card."), code="iban"
            ) from error
        if not iban.in_sepa_zone:
            raise ValidationError(_("We can only pay to accounts in the European payment area (SEPA)."), code="sepa")
        return str(iban.compact)
