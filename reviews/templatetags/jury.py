"""Filters of the jury's pages."""

from fractions import Fraction

from django import template
from django.utils import formats

from reviews.figures import tenths

register = template.Library()


@register.filter
def points(value: Fraction | None) -> str:
    """An exact figure with one decimal, half up; nothing known shows a dash."""
    if value is None:
        return "–"
    whole_part, tenth = divmod(int(tenths(value).scaleb(1)), 10)
    return f"{whole_part}{formats.get_format('DECIMAL_SEPARATOR')}{tenth}"


@register.filter
def initials(name: object) -> str:
    """The first letters of a name, where a column has no room for more."""
    return "".join(
        word[0] for word in str(name).replace("-", " ").split() if word[0].isalpha() and not word.endswith(".")
    )


@register.filter
def whole(value: Fraction | None) -> int:
    """An exact figure as a whole number, for bars."""
    return int(value or 0)
