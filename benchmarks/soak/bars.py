"""What is measured against what: one line of the table each, and the words for a miss."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """One figure and its limit; without a limit it is told only."""

    part: str
    name: str
    value: float
    limit: float | None = None
    unit: str = ""
    at_least: bool = False

    @property
    def held(self) -> bool:
        if self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def missed_by(self) -> str:
        """Return by how much the bar is missed, in words."""
        assert self.limit is not None
        by = figure(abs(self.value - self.limit))
        return f"{self.part}: {self.name} is {figure(self.value)} {self.unit}, bar {self.bound}, missed by {by}"

    @property
    def bound(self) -> str:
        """Return the bar as it stands in the table."""
        if self.limit is None:
            return ""
        return f"{'≥' if self.at_least else '≤'} {figure(self.limit)} {self.unit}".strip()

    @property
    def row(self) -> tuple[str, str, str, str, str]:
        """Return the cells of its line: part, what, figure, bar, verdict."""
        verdict = "" if self.limit is None else ("held" if self.held else "**missed**")
        return (self.part, self.name, f"{figure(self.value)} {self.unit}".strip(), self.bound, verdict)


def figure(value: float) -> str:
    """Write a figure with the digits that say something."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
