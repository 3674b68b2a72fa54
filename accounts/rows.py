"""Rows of a form set that people add and remove, with or without JavaScript."""

from typing import TYPE_CHECKING, Any, Self, cast

from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, Form, formset_factory

if TYPE_CHECKING:
    _Base = BaseFormSet[Form]
else:
    # Django's class takes no parameter at run time.
    _Base = BaseFormSet


class RowsFormSet(_Base):
    """Lines of a plan, drawn by ``components/formset_rows.html``.

    Without JavaScript the button "add" sends ``add_row=<prefix>``; the view then shows ``with_another_row()``
    instead of saving. A row is removed by its DELETE box.
    """

    #: The amount field that ``sum_cents`` adds up.
    sum_field = "amount"

    @property
    def sum_cents(self) -> int:
        """The sum of the amounts as they stand in the rows, in cents; what cannot be read counts nothing."""
        return sum(self._cents(form) for form in self.forms if not self._removed(form))

    def wants_row(self) -> bool:
        """Whether the person pressed "add" rather than "save"."""
        return self.is_bound and self.data.get("add_row") == self.prefix

    def with_another_row(self) -> Self:
        """The same rows as typed, unchecked, and an empty one below (up to the largest number of rows)."""
        typed = [self._typed(form) for form in self.forms if not self._removed(form)]
        if len(typed) < self.max_num:
            typed.append({})
        return type(self)(prefix=self.prefix, initial=typed, form_kwargs=self.form_kwargs)

    def _typed(self, form: Form) -> dict[str, Any]:
        return {field.name: field.value() for field in form if field.name != "DELETE"}

    def _removed(self, form: Form) -> bool:
        return bool("DELETE" in form.fields and form["DELETE"].value())

    def _cents(self, form: Form) -> int:
        if self.sum_field not in form.fields:
            return 0
        try:
            return int(form.fields[self.sum_field].to_python(form[self.sum_field].value()) or 0)
        except ValidationError:
            return 0


def rows_of(form: type[Form], *, max_num: int, min_num: int = 0, sum_field: str = "amount") -> type[RowsFormSet]:
    """Make the form set of a plan's lines.

    Args:
        form: the form of one line.
        max_num: most lines that are taken; more are refused with a message.
        min_num: fewest lines.
        sum_field: the amount field that the sum adds up.
    """
    made = formset_factory(
        form,
        formset=RowsFormSet,
        extra=0,
        can_delete=True,
        max_num=max_num,
        validate_max=True,
        min_num=min_num,
        validate_min=min_num > 0,
    )
    # The factory's type forgets the class it was given.
    rows = cast(type[RowsFormSet], made)
    rows.sum_field = sum_field
    return rows
