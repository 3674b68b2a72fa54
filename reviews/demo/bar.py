"""How far a long command is: one line that moves on a terminal, a line for every twentieth part elsewhere."""

import time
from typing import Protocol

_WIDTH = 30
_STEPS = 20


class Output(Protocol):
    """Where a management command writes."""

    def write(self, msg: str = "", *, ending: str | None = None) -> object: ...

    def flush(self) -> None: ...

    def isatty(self) -> bool: ...


class Bar:
    """Shows share, rate and the time that is left; what is shown has its own bar by its name."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._name = ""
        self._start = 0.0
        self._said = 0

    def show(self, name: str, done: int, total: int) -> None:
        """Show that so many of all are done."""
        now = time.monotonic()
        if name != self._name:
            self._name, self._start, self._said = name, now, 0
        part = done * _STEPS // total
        if not self._output.isatty():
            if part > self._said or done == total:
                self._output.write(f"  {self._line(done, total, now)}")
                self._output.flush()
        else:
            self._output.write(f"\r  {self._line(done, total, now)}\x1b[K", ending="\n" if done == total else "")
            self._output.flush()
        self._said = part

    def _line(self, done: int, total: int, now: float) -> str:
        seconds = max(now - self._start, 0.001)
        rate = done / seconds
        filled = "#" * (done * _WIDTH // total)
        left = (total - done) / rate if rate else 0
        return (
            f"{self._name}: [{filled:<{_WIDTH}}] {done * 100 // total:3} % of {total}, {rate:.0f}/s, "
            f"{left // 60:.0f}:{left % 60:02.0f} left"
        )
