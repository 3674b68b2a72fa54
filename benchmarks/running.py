"""The handle that a measuring process has of the installation that another one started."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.sink import Sink
from benchmarks.stack import Meter, Stack

VARIABLE = "BENCH_RUNNING"


@dataclass(frozen=True)
class Running:
    """Where the web server listens, what reads the processor time, and the mail sink."""

    port: int
    meter: Meter
    sink: Sink
    folder: Path


def describe(stack: Stack) -> dict[str, str]:
    """Return the environment from which `found` knows this installation."""
    told = {
        "port": stack.port,
        "meter": asdict(stack.meter),
        "sink": [stack.sink.port, stack.sink.control],
        "folder": str(stack.folder),
    }
    return {VARIABLE: json.dumps(told)}


def found() -> Running:
    told = json.loads(os.environ[VARIABLE])
    meter = told["meter"]
    return Running(
        told["port"],
        Meter(meter["web"], meter["database"], tuple(meter["workers"])),
        Sink(*told["sink"]),
        Path(told["folder"]),
    )
