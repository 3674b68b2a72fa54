"""A cheap SMTP server as a process of its own: it counts, keeps each Message-ID with its time, and fails as told.

``Sink`` is its handle for the measuring process; ``python -m benchmarks.sink PORT CONTROL_PORT`` is the server.
"""

import asyncio
import json
import re
import socket
import subprocess
import sys
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from random import Random
from typing import Any

from config.processes import die_with_parent
from tests.services import ROOT, environment, free_port, wait_until

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
END = b"\r\n.\r\n"
GREETING = b"250-sink.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 50000000\r\n"


@dataclass(frozen=True)
class Report:
    """What the sink has taken: a Message-ID and the moment (seconds of `time.time`) for each mail, in order."""

    accepted: list[tuple[str, float]]
    refused: int

    @property
    def copies(self) -> Counter[str]:
        return Counter(message_id for message_id, _ in self.accepted)

    @property
    def second_copies(self) -> int:
        return len(self.accepted) - len(self.copies)

    @property
    def first_at(self) -> dict[str, float]:
        """When each Message-ID was accepted for the first time."""
        return dict(reversed(self.accepted))


class Sink:
    """Starts the server and tells it what to do; with both ports given, it speaks to one that runs already.

    ``plan("421", "451", "550", "hang", "drop")`` spoils the next mails in this order: an answer beginning
    with the code, a silence until ``release()``, a connection cut right after the mail was accepted.
    ``mood(0.1, "451", "drop", seed=1)`` spoils that share of all mails, drawn at random; ``mood(0)`` ends it.
    ``refuse()`` closes the door and cuts every connection, ``accept()`` opens it again.
    """

    def __init__(self, port: int = 0, control: int = 0) -> None:
        self.port, self.control = port or free_port(), control or free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?tls=no"

    def start(self) -> "Sink":
        command = [sys.executable, "-m", "benchmarks.sink", str(self.port), str(self.control)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment(), preexec_fn=die_with_parent())
        wait_until(self._answers, what="the mail sink")
        return self

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.control)) == 0

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def plan(self, *faults: str) -> None:
        self._tell("plan", faults=faults)

    def mood(self, share: float, *faults: str, seed: int = 1) -> None:
        self._tell("mood", share=share, faults=faults, seed=seed)

    def refuse(self) -> None:
        self._tell("refuse")

    def accept(self) -> None:
        self._tell("accept")

    def release(self) -> None:
        self._tell("release")

    def forget(self) -> None:
        """Begin counting anew."""
        self._tell("forget")

    def count(self) -> int:
        """Return how many mails were accepted; cheap."""
        return int(self._tell("count"))

    def report(self) -> Report:
        told = self._tell("report")
        return Report([(message_id, moment) for message_id, moment in told["accepted"]], told["refused"])

    def _tell(self, order: str, **more: Any) -> Any:
        with socket.create_connection(("127.0.0.1", self.control), 10) as line, line.makefile("rwb") as file:
            file.write(json.dumps({"do": order, **more}).encode() + b"\n")
            file.flush()
            return json.loads(file.readline())


# --- The server ---------------------------------------------------------------------------------------------


@dataclass
class Box:
    """What the server has taken, and what shall go wrong."""

    port: int
    accepted: list[tuple[str, float]] = field(default_factory=list)
    refused: int = 0
    planned: deque[str] = field(default_factory=deque)
    share: float = 0
    faults: tuple[str, ...] = ()
    random: Random = field(default_factory=Random)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    talks: set["Talk"] = field(default_factory=set)
    door: asyncio.Server | None = None

    def next_fault(self) -> str:
        if self.planned:
            return self.planned.popleft()
        if self.faults and self.random.random() < self.share:
            return self.random.choice(self.faults)
        return ""

    def keep(self, content: bytes) -> None:
        found = MESSAGE_ID.search(content)
        self.accepted.append((found.group(1).decode(errors="replace") if found else "", time.time()))

    async def open(self) -> None:
        if self.door is None:
            loop = asyncio.get_running_loop()
            self.door = await loop.create_server(lambda: Talk(self), "127.0.0.1", self.port, reuse_address=True)

    def close(self) -> None:
        if self.door is not None:
            self.door.close()
            self.door = None
        for talk in list(self.talks):
            talk.cut()

    async def obey(self, order: dict[str, Any]) -> Any:
        """Do what the measuring process says: the method of that name."""
        words = {name: value for name, value in order.items() if name != "do"}
        answer = getattr(self, f"on_{order['do']}")(**words)
        return await answer if asyncio.iscoroutine(answer) else answer

    def on_plan(self, faults: list[str]) -> None:
        self.planned.extend(faults)

    def on_mood(self, share: float, faults: list[str], seed: int) -> None:
        self.share, self.faults = share, tuple(faults)
        self.random = Random(seed)  # noqa: S311 - a reproducible series of faults, no secret

    def on_refuse(self) -> None:
        self.close()

    async def on_accept(self) -> None:
        await self.open()

    def on_release(self) -> None:
        self.released.set()
        self.released = asyncio.Event()

    def on_forget(self) -> None:
        self.accepted, self.refused = [], 0

    def on_count(self) -> int:
        return len(self.accepted)

    def on_report(self) -> dict[str, Any]:
        return {"accepted": self.accepted, "refused": self.refused}


class Talk(asyncio.Protocol):
    """One connection: the few commands that a mail needs."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._buffer = b""
        self._in_data = False
        self._waits: set[asyncio.Task[None]] = set()
        self._wire: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._wire = transport
        self._box.talks.add(self)
        self._say(b"220 sink.example\r\n")

    def connection_lost(self, exc: Exception | None) -> None:
        self._box.talks.discard(self)

    def cut(self) -> None:
        if self._wire is not None:
            self._wire.abort()

    def _say(self, line: bytes) -> None:
        if self._wire is not None:
            self._wire.write(line)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            head, found, rest = self._buffer.partition(END if self._in_data else b"\r\n")
            if not found:
                return
            self._buffer = rest
            if self._in_data:
                self._in_data = False
                self._take(head)
            else:
                self._command(head)

    def _command(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"DATA":
            self._in_data = True
            self._say(b"354 go on\r\n")
        elif verb in (b"EHLO", b"HELO"):
            self._say(GREETING)
        elif verb == b"QUIT" and self._wire is not None:
            self._say(b"221 bye\r\n")
            self._wire.close()
        else:
            self._say(b"250 OK\r\n")

    def _take(self, content: bytes) -> None:
        fault = self._box.next_fault()
        if fault == "hang":
            task = asyncio.ensure_future(self._hang())
            self._waits.add(task)
            task.add_done_callback(self._waits.discard)
        elif fault.isdigit():
            self._refuse(fault)
        else:
            self._box.keep(content)
            if fault == "drop":
                self.cut()
            else:
                self._say(b"250 OK\r\n")

    def _refuse(self, code: str) -> None:
        self._box.refused += 1
        self._say(f"{code} as told\r\n".encode())
        if code == "421" and self._wire is not None:
            self._wire.close()

    async def _hang(self) -> None:
        await self._box.released.wait()
        self._refuse("451")


async def serve(port: int, control: int) -> None:
    box = Box(port)
    await box.open()

    async def orders(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if line := await reader.readline():
            writer.write(json.dumps(await box.obey(json.loads(line))).encode() + b"\n")
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(orders, "127.0.0.1", control) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
