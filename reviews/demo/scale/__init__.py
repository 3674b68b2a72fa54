"""Invented data in quantity: the told story's fund and its neighbours over ten years, up to 100,000 applications.

`play` builds it round by round, in transactions of bounded size; what is random hangs on the seed and the round
alone. The constants name what measurements look for.
"""

from reviews.demo.scale.building import play
from reviews.demo.scale.constants import (
    DENSE_SLUG,
    FUND_PREFIX,
    RANKING_CASES,
    RANKING_SLUG,
    SCALE_FROM,
    STORY,
)

__all__ = ["DENSE_SLUG", "FUND_PREFIX", "RANKING_CASES", "RANKING_SLUG", "SCALE_FROM", "STORY", "play"]
