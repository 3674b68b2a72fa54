"""The drawn life cycles are those of the code."""

from tools import lifecycles


def test_drawn_life_cycles_are_those_of_the_code() -> None:
    assert lifecycles.PAGE.read_text(encoding="utf-8") == lifecycles.page(), "run: python -m tools.lifecycles"
