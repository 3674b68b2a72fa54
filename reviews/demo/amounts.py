"""Amounts as such funds know them: mostly small, a few large, cents occur."""

import math
from random import Random

# ln of the median (2,300 €) and the spread that puts p10 at 600 € and p90 at 8,900 € (DOMAIN: the fund).
_MEDIAN_CENTS = 230_000
_SIGMA = 1.05
_SMALLEST_CENTS = 25_000


def request_cents(random: Random, maximum_cents: int) -> int:
    """Draw a requested grant in cents; two thirds are round sums, a third ends in odd cents."""
    drawn = int(_MEDIAN_CENTS * math.exp(random.gauss(0, _SIGMA)))
    cents = min(max(drawn, _SMALLEST_CENTS), maximum_cents)
    return cents if random.random() < 1 / 3 else max(_SMALLEST_CENTS, cents // 5_000 * 5_000)


def spread(total_cents: int, weights: list[int]) -> list[int]:
    """Split a sum (cents) by weights into whole euros where it can; the first part takes the rest."""
    parts = [total_cents * weight // sum(weights) // 100 * 100 for weight in weights]
    parts[0] += total_cents - sum(parts)
    return parts
