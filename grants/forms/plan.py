from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.fields import AmountField, NormalisedField
from accounts.money import BadAmount, format_cents, format_plain, parse_cents
from grants.models import Application, CostLine, FundingLine
from grants.sections import PLAN_FIELDS
from grants.states import CostKind, FundingKind, FundingState
from grants.steps import CostInput, FundingInput

MAX_LINES = 60
# What the parts of the page are called in the record.
ENTRIES: Final = {
    "costs": "cost_lines",
    "funds": "funding_lines",
    "requested": "requested_cents",
    "smallest": "smallest_cents",
}
_MOST_CENTS = 10**9
_FRESH = {"costs": {"quantity": "1", "eligible": "on"}}
_MOST_HUNDREDTHS = 100_000 * 100


class HundredthsInput(forms.TextInput):
    """A number with up to two decimals; ``150`` hundredths show as ``1,5``, what was typed stays."""

    def format_value(self, value: Any) -> str | None:
        if not isinstance(value, int):
            return None if value is None else str(value)
        whole, _comma, rest = format_plain(value).partition(",")
        rest = rest.rstrip("0")
        return f"{whole},{rest}" if rest else whole


class QuantityField(forms.Field):
    """A number like ``2`` or ``1,5``, cleaned to integer hundredths."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off", "class": "mt-short", **kwargs.pop("attrs", {})}
        super().__init__(widget=HundredthsInput(attrs), **kwargs)

    def to_python(self, value: Any) -> int | None:
        """Read the text; None when it is empty."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            hundredths = parse_cents(text)
        except BadAmount as error:
            raise ValidationError(_("Enter a number like 2 or 1,5."), code="format") from error
        if hundredths > _MOST_HUNDREDTHS:
            raise ValidationError(_("The number is too large."), code="max")
        return hundredths


class LineForm(forms.Form):
    """A line of a plan. All of it may stay empty in a draft."""

    marks: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = False
            field.hide_optional = True  # type: ignore[attr-defined]  # read by the field's template
            if name in self.marks:
                # A line in which one of these stands counts; scripts number the lines by it as the rules do.
                field.widget.attrs["data-mark"] = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed that could be kept."""
        return not any(str(self[name].value() or "").strip() for name in self.marks)

    @property
    def counts(self) -> bool:
        """Whether the line belongs to the plan: neither removed nor blank."""
        return not self.cleaned_data.get("DELETE") and not self.is_blank


class CostLineForm(LineForm):
    marks = ("kind", "label", "unit")

    kind = forms.ChoiceField(choices=[("", _("Please choose")), *CostKind.choices], label=_("Kind of cost"))
    label = NormalisedField(max_length=160, label=_("What for"))
    quantity = QuantityField(label=_("How many"), attrs={"data-sum-factor": ""}, initial=100)
    unit = AmountField(max_cents=_MOST_CENTS, label=_("Price for one"))
    eligible = forms.BooleanField(label=_("Eligible for the grant"), initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].widget.attrs["data-sum"] = "costs"

    def line(self) -> CostInput:
        """Return what could be read; a number that was left out is one."""
        data = self.cleaned_data
        quantity = data.get("quantity")
        return CostInput(
            kind=data.get("kind", ""),
            label=data.get("label", ""),
            unit_cents=data.get("unit") or 0,
            quantity_hundredths=100 if quantity is None else quantity,
            eligible=bool(data.get("eligible")),
        )


class FundingLineForm(LineForm):
    marks = ("kind", "label", "hours", "amount")

    kind = forms.ChoiceField(
        choices=[("", _("Please choose")), *FundingKind.choices],
        label=_("Kind of source"),
        widget=forms.Select({"data-sum-kind": ""}),
    )
    label = NormalisedField(max_length=160, label=_("From whom"))
    status = forms.ChoiceField(choices=FundingState.choices, label=_("State"), initial=FundingState.PLANNED)
    hours = QuantityField(label=_("Hours (only for own work)"), attrs={"data-sum": "funding"})
    amount = AmountField(max_cents=_MOST_CENTS, label=_("Amount (not for own work)"))

    def __init__(self, *args: Any, rate_cents: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own_work = FundingKind.OWN_WORK.value
        self.fields["hours"].widget.attrs |= {"data-sum-rate": str(rate_cents), "data-sum-only": own_work}
        self.fields["amount"].widget.attrs |= {"data-sum": "funding", "data-sum-except": own_work}

    def line(self) -> FundingInput:
        """Return what could be read."""
        data = self.cleaned_data
        return FundingInput(
            kind=data.get("kind", ""),
            label=data.get("label", ""),
            status=data.get("status") or FundingState.PLANNED,
            hours_hundredths=data.get("hours") or 0,
            amount_cents=data.get("amount") or 0,
        )


class RequestForm(forms.Form):
    """The grant asked for."""

    requested = AmountField(
        max_cents=_MOST_CENTS, required=False, hide_optional=True, label=_("Grant that you request")
    )
    smallest = AmountField(
        max_cents=_MOST_CENTS,
        required=False,
        label=_("Smallest grant with which the project can still be done"),
        help_text=_("It helps the jury if the money is not enough for all."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["requested"].widget.attrs["data-sum"] = "funding"
        self.fields["smallest"].term = "smallest grant"  # type: ignore[attr-defined]  # read by the field's template


def _factory(form: type[LineForm], extra: int) -> Any:
    return forms.formset_factory(
        form, extra=extra, can_delete=True, max_num=MAX_LINES, absolute_max=MAX_LINES + 20, validate_max=True
    )


class PlanForms:
    """The page of costs and financing: two sets of lines and the request, read together.

    Args:
        application: as it is stored now.
        data: what was sent.
        touched: which parts of the plan were changed on the page, if it told; the others show what is stored.
    """

    def __init__(
        self,
        application: Application,
        data: Mapping[str, Any] | None = None,
        touched: Collection[str] | None = None,
    ) -> None:
        self.application = application
        self.touched = PLAN_FIELDS if touched is None else PLAN_FIELDS & {*touched}
        rate = application.round.in_kind_rate_cents
        sent_costs = data if "cost_lines" in self.touched else None
        sent_funds = data if "funding_lines" in self.touched else None
        costs = [] if sent_costs else _costs(application)
        funds = [] if sent_funds else _funds(application)
        self.costs = _factory(CostLineForm, 1 if costs else 2)(sent_costs, prefix="costs", initial=costs)
        self.funds = _factory(FundingLineForm, 1)(
            sent_funds, prefix="funds", initial=funds, form_kwargs={"rate_cents": rate}
        )
        self.request = RequestForm(
            data,
            initial={"requested": application.requested_cents or None, "smallest": application.smallest_cents},
        )
        for name, field in self.request.fields.items():
            untouched = data is not None and ENTRIES[name] not in self.touched
            field.disabled = field.as_stored = untouched  # type: ignore[attr-defined]  # accounts/rendering.py
        self.costs.row_name, self.funds.row_name = _("Position"), _("Source")
        self.costs.sum_cents = application.cost_cents
        self.funds.sum_cents = application.funding_cents

    @property
    def _sent(self) -> list[Any]:
        return [formset for formset in (self.costs, self.funds) if formset.is_bound]

    @cached_property
    def whole(self) -> bool:
        """Whether the sets of lines that were sent arrived as this page sends them; else nothing is saved."""
        return all(_is_whole(formset) for formset in self._sent)

    def is_valid(self) -> bool:
        """Read everything that was sent; False when one entry could not be read."""
        results = [self.whole, *(formset.is_valid() for formset in self._sent), self.request.is_valid()]
        return all(results)

    def values(self) -> dict[str, Any]:
        """Return the plan as far as it could be read, ready for the action."""
        read = self.request.cleaned_data
        unread = {ENTRIES[name] for name in self.request.errors}
        return {
            "cost_lines": self._lines(self.costs),
            "funding_lines": self._lines(self.funds),
            "requested_cents": read.get("requested") or 0,
            "smallest_cents": read.get("smallest"),
            "touched": self.touched - unread,
        }

    @staticmethod
    def _lines(formset: Any) -> list[Any]:
        return [form.line() for form in formset.forms if form.counts] if formset.is_bound else []

    def newer(self, current: Application, names: Collection[str]) -> list[tuple[str, str]]:
        """Return what others stored in these parts of the plan, as (label, text)."""
        texts = {
            "cost_lines": (_now("Cost plan"), _text_of(current.cost_lines.all())),
            "funding_lines": (_now("Financing plan"), _text_of(current.funding_lines.all())),
            "requested_cents": (_now("Grant that you request"), format_cents(current.requested_cents)),
            "smallest_cents": (str(self.request.fields["smallest"].label), format_cents(current.smallest_cents or 0)),
        }
        return [text for name, text in texts.items() if name in names]


def _text_of(lines: Iterable[CostLine | FundingLine]) -> str:
    return "\n".join(f"{line}: {format_cents(line.amount_cents)}" for line in lines)


def _is_whole(formset: Any) -> bool:
    management = formset.management_form
    return bool(management.is_valid()) and 0 <= management.cleaned_data["TOTAL_FORMS"] <= MAX_LINES


def _costs(application: Application) -> list[dict[str, Any]]:
    return [
        {
            "kind": line.kind,
            "label": line.label,
            "quantity": line.quantity_hundredths,
            "unit": line.unit_cents,
            "eligible": line.eligible,
        }
        for line in application.cost_lines.all()
    ]


def _funds(application: Application) -> list[dict[str, Any]]:
    return [
        {
            "kind": line.kind,
            "label": line.label,
            "status": line.status,
            "hours": line.hours_hundredths or None,
            "amount": None if line.kind == FundingKind.OWN_WORK else line.amount_cents,
        }
        for line in application.funding_lines.all()
    ]


def with_another_row(data: QueryDict) -> QueryDict:
    """Return the sent form with one more empty line where the person asked for it (works without scripts)."""
    prefix, changed = data.get("add_row", ""), data.copy()
    name = f"{prefix}-TOTAL_FORMS"
    count = changed.get(name) or ""
    if prefix in ("costs", "funds") and count.isdecimal() and len(count) < 4:
        changed[name] = str(min(int(count) + 1, MAX_LINES))
        # A sent line without its box counts as unticked, so the new one is sent with what a fresh line shows.
        changed.update({f"{prefix}-{count}-{field}": text for field, text in _FRESH.get(prefix, {}).items()})
    return changed
