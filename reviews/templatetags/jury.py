"""Filters of the jury's pages."""

from fractions import Fraction

from django import template
from django.utils import formats

from reviews.figures import tenths

register = template.Library()


@register.filter
def points(value: Fraction | None) -> str:
    """An exact figure with one decimal, half up; nothing known shows a dash."""
    return "–" if value is None else formats.number_format(tenths(value), 1)


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
