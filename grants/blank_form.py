"""The whole form of a round on paper, made of the forms themselves, so that it asks what they ask."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final, cast

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import languages
from accounts.fields import BerlinDateField, LongTextField
from accounts.forms.organisations import BankAccountForm, OrganisationForm
from accounts.money import format_cents
from accounts.states import OrganisationKind
from accounts.templatetags.miteinander import berlin_long
from grants import call_words
from grants.forms import SECTION_FORMS
from grants.forms.plan import CostLineForm, FundingLineForm, RequestForm
from grants.models import Round
from grants.receipts import sender_of
from grants.sections import FIELDS, Section
from grants.states import AttachmentKind, CostKind, FundingKind, FundingState
from notifications.pdf.blank import BlankForm, Part, Question
from notifications.pdf.data import Row

# As many choices as one still wants to see as boxes; longer lists are written in by hand.
_MOST_BOXES: Final = 12
# What a hand writes on a line, and what is enough room for any answer.
_CHARACTERS, _MOST_LINES = 150, 14
_COST_ROWS, _FUNDING_ROWS = 12, 6
_COST_WIDTHS, _FUNDING_WIDTHS = (0.2, 0.32, 0.12, 0.18, 0.18), (0.24, 0.28, 0.16, 0.14, 0.18)

Asked = Iterator[Question]
Choices = Iterable[tuple[Any, Any]]


def blank_form(round_: Round, *, today: date) -> BlankForm:
    """Return the form of a round in the active language.

    Args:
        round_: with its fund.
        today: the day that is printed into the file.
    """
    parts = (Part(str(section.label), tuple(_section(section, round_))) for section in FIELDS)
    title = _("Application form: %(round)s") % {"round": round_.name}
    return BlankForm(
        sender=sender_of(round_.fund),
        language=languages.tag_of(get_language() or settings.LANGUAGE_CODE),
        page_words=_("Page {number} of {total}"),
        created_date=today,
        title=title,
        intro=(
            _("To fill in together before anybody types. It asks what the form on the internet asks."),
            _("The application itself is sent on the internet. If you cannot do that, please call us."),
        ),
        facts=tuple(_facts(round_)),
        parts=tuple(parts),
    )


def _facts(round_: Round) -> Iterator[Row]:
    yield Row(_("Fund"), round_.fund.name)
    yield Row(_("Apply until"), berlin_long(round_.deadline_at))
    page = reverse("grants:call", args=[round_.fund.slug, round_.slug])
    yield Row(_("Send it here"), f"{settings.SITE_URL}{page}")
    contact = ", ".join(part for part in (round_.fund.phone, round_.fund.email) if part)
    if contact:
        yield Row(_("Questions?"), contact)
    for fact in call_words.money(round_):
        yield Row(fact.label, fact.text)
    yield Row(_("Attachments"), call_words.files(round_))


def _section(section: Section, round_: Round) -> Asked:
    for name in FIELDS[section]:
        if name == AttachmentKind.SCAN:
            continue
        if name in AttachmentKind.values:
            yield _paper(name, round_)
        else:
            yield from _SPECIAL.get(name, _plain)(name, round_)


def _plain(name: str, _round: Round) -> Asked:
    yield _question(name, _field(name))


def _field(name: str) -> forms.Field:
    """Return the field of the form that asks for an entry. Raises: KeyError when no form does."""
    fields: dict[str, forms.Field] = {}
    for form in SECTION_FORMS.values():
        fields |= form.base_fields
    return fields[name]


def _question(name: str, field: forms.Field, label: str = "") -> Question:
    label, hint = label or str(field.label), str(field.help_text)
    if isinstance(field, forms.BooleanField):
        return Question(name, label, hint, "tick")
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return _choice(name, label, hint, [words for value, words in cast(Choices, field.choices) if value])
    if isinstance(field, BerlinDateField):
        return Question(name, label, _with(hint, _("Day, month, year")))
    if isinstance(field, LongTextField):
        limit = _("At most %(limit)s characters.") % {"limit": field.max_length}
        return Question(name, label, _with(hint, limit), lines=min(_MOST_LINES, (field.max_length or 0) // _CHARACTERS))
    return Question(name, label, hint)


def _with(hint: str, more: str) -> str:
    return f"{hint} {more}".strip()


def _choice(name: str, label: str, hint: str, offered: Iterable[object]) -> Question:
    options = [str(words) for words in offered]
    if len(options) > _MOST_BOXES:
        return Question(name, label, _with(hint, _("One of these: %(names)s.") % {"names": ", ".join(options)}))
    return Question(name, label, hint, "options", options=tuple(options))


def _organisation(name: str, round_: Round) -> Asked:
    """What an organisation enters about itself once; only the kinds that may apply here are offered."""
    for own, field in OrganisationForm.base_fields.items():
        if own == "kind":
            kinds = [OrganisationKind(kind).label for kind in round_.applicant_types]
            yield _choice(name, str(field.label), str(field.help_text), kinds)
        else:
            yield _question(name, field)


def _bank_account(name: str, _round: Round) -> Asked:
    for field in BankAccountForm.base_fields.values():
        yield _question(name, field)


def _language(name: str, _round: Round) -> Asked:
    field = _field(name)
    yield _choice(name, str(field.label), str(field.help_text), [words for _code, words in languages.choices()])


def _municipality(name: str, round_: Round) -> Asked:
    field = _field(name)
    yield _choice(name, str(field.label), str(field.help_text), round_.places)


def _priority(name: str, round_: Round) -> Asked:
    if round_.priorities:
        field = _field(name)
        yield _choice(name, str(field.label), str(field.help_text), round_.priorities)


def _paper(name: str, round_: Round) -> Question:
    kinds = [kind for kind in round_.applicant_types if name in round_.required_attachments.get(kind, [])]
    names = ", ".join(str(OrganisationKind(kind).label) for kind in kinds)
    hint = _("Must be added by: %(kinds)s.") % {"kinds": names} if kinds else ""
    return Question(name, str(AttachmentKind(name).label), hint, "tick")


def _costs(name: str, round_: Round) -> Asked:
    fields = CostLineForm.base_fields
    columns = (*(str(fields[own].label) for own in ("kind", "label", "quantity", "unit")), _("Amount"))
    kinds = _("Kinds of cost: %(names)s.") % {"names": ", ".join(str(kind.label) for kind in CostKind)}
    capped = "; ".join(call_words.caps(round_))
    hint = _with(kinds, _("Limits: %(limits)s.") % {"limits": capped} if capped else "")
    yield Question(name, _("Cost plan"), hint, "table", _COST_ROWS, columns=columns, widths=_COST_WIDTHS)


def _funds(name: str, round_: Round) -> Asked:
    fields = FundingLineForm.base_fields
    columns = tuple(str(fields[own].label) for own in ("kind", "label", "status", "hours", "amount"))
    kinds = _("Kinds of source: %(names)s.") % {"names": ", ".join(str(kind.label) for kind in FundingKind)}
    states = _("State: %(names)s.") % {"names": ", ".join(str(state.label) for state in FundingState)}
    hour = _("An hour of own work counts %(rate)s.") % {"rate": format_cents(round_.in_kind_rate_cents)}
    hint = f"{kinds} {states} {hour}"
    yield Question(name, _("Financing plan"), hint, "table", _FUNDING_ROWS, columns=columns, widths=_FUNDING_WIDTHS)


def _requested(name: str, _round: Round) -> Asked:
    yield _question(name, RequestForm.base_fields["requested"])


def _smallest(name: str, _round: Round) -> Asked:
    yield _question(name, RequestForm.base_fields["smallest"])


_SPECIAL: Final[Mapping[str, Callable[[str, Round], Asked]]] = {
    "organisation": _organisation,
    "bank_account": _bank_account,
    "contact_language": _language,
    "municipality": _municipality,
    "priority": _priority,
    "cost_lines": _costs,
    "funding_lines": _funds,
    "requested_cents": _requested,
    "smallest_cents": _smallest,
}
