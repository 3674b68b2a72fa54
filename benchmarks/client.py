"""An HTTP client that is cheap enough not to be what is measured: open arrivals, latency from the due time.

A request that was due while the last one still waited counts from when it was due, so that a server that
stands still cannot hide behind a client that waits politely.

    visitor = Visitor(port, session=stack.sessions("koordination")["koordination"])
    answers = await open_arrivals(steady(50, seconds=4), lambda number, due: visitor.get("/", due=due))
"""

import asyncio
import itertools
import secrets
import string
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar
from urllib.parse import urlencode, urlsplit

HOST: Final = "miteinander.example"
SESSION_COOKIE: Final = "__Host-sessionid"
CSRF_COOKIE: Final = "csrftoken"
TIMEOUT_SECONDS: Final = 60.0
LETTERS: Final = string.ascii_letters + string.digits
# A view of a file goes over the line without being copied.
Piece = bytes | memoryview
T = TypeVar("T")


class Broken(Exception):
    """The connection ended before the answer did; `started` tells whether anything of it had come."""

    def __init__(self, text: str, *, started: bool) -> None:
        super().__init__(text)
        self.started = started


@dataclass(frozen=True)
class Answer:
    """What came back. Moments are seconds of one monotonic clock; status 0 means that no whole answer came."""

    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    body: bytes
    due: float
    sent: float
    first: float
    done: float
    error: str = ""

    @property
    def ms(self) -> float:
        """Milliseconds from when the request was due to the last byte of its answer."""
        return (self.done - self.due) * 1000

    @property
    def first_ms(self) -> float:
        """Milliseconds from when the request was due to the first byte of its answer."""
        return (self.first - self.due) * 1000

    @property
    def location(self) -> str:
        return self.headers.get("location", "")


@dataclass(frozen=True)
class File:
    """A file of a form."""

    name: str
    content: bytes
    kind: str = "application/pdf"


@dataclass
class _Reply:
    """An answer while it comes in."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)
    body: bytes = b""
    first: float = 0


class Line(asyncio.Protocol):
    """One connection; it serves one request after another."""

    def __init__(self) -> None:
        self._wire: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._reply: _Reply | None = None
        self._waiting: asyncio.Future[_Reply] | None = None
        self._bodyless = False
        self._may_write = asyncio.Event()
        self._may_write.set()
        self.closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._wire = transport

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()

    async def ask(self, pieces: Sequence[Piece], *, bodyless: bool, bytes_per_second: float = 0) -> _Reply:
        """Send a whole request, head and body in pieces, and return its answer. Raises: Broken."""
        if self._wire is None or self.closed:
            raise Broken("the connection is closed", started=False)
        self._buffer.clear()
        self._reply, self._bodyless = None, bodyless
        waiting: asyncio.Future[_Reply] = asyncio.get_running_loop().create_future()
        self._waiting = waiting
        if bytes_per_second:
            await self._trickle(b"".join(pieces), bytes_per_second)
        else:
            for piece in pieces:
                self._wire.write(piece)
        reply = await waiting
        if self._wire.get_write_buffer_size():
            # Answered before everything was sent: what is still on its way would be read as the next request.
            self.close()
        return reply

    async def _trickle(self, data: bytes, bytes_per_second: float) -> None:
        size = max(1, int(bytes_per_second / 10))
        for start in range(0, len(data), size):
            await self._may_write.wait()
            if self._wire is None or self.closed:
                return
            self._wire.write(data[start : start + size])
            await asyncio.sleep(0.1)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._waiting is None or self._waiting.done():
            return
        if self._reply is None and not self._read_head():
            return
        assert self._reply is not None
        body = self._whole_body(self._reply)
        if body is not None:
            self._finish(self._reply, body)

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        lines = self._buffer[:end].decode("latin-1").split("\r\n")
        reply = _Reply(status=int(lines[0].split(" ", 2)[1]), first=time.monotonic())
        for line in lines[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "set-cookie":
                reply.cookies.append(value.strip())
            else:
                reply.headers[name.lower()] = value.strip()
        del self._buffer[: end + 4]
        self._reply = reply
        return True

    def _whole_body(self, reply: _Reply) -> bytes | None:
        if self._bodyless or reply.status in (204, 304):
            return b""
        if "content-length" in reply.headers:
            length = int(reply.headers["content-length"])
            return bytes(self._buffer) if len(self._buffer) >= length else None
        if "chunked" in reply.headers.get("transfer-encoding", ""):
            return _dechunked(self._buffer) if self._buffer.endswith(b"0\r\n\r\n") else None
        return None

    def _finish(self, reply: _Reply, body: bytes) -> None:
        reply.body = body
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(reply)
        if reply.headers.get("connection", "").lower() == "close":
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self._may_write.set()
        if self._waiting is None or self._waiting.done():
            return
        reply = self._reply
        if reply is not None and not {"content-length", "transfer-encoding"} & reply.headers.keys():
            self._finish(reply, bytes(self._buffer))
        else:
            self._waiting.set_exception(Broken(str(exc or "closed by the server"), started=reply is not None))

    def close(self) -> None:
        self.closed = True
        if self._wire is not None:
            self._wire.close()

    def abort(self) -> None:
        """Cut the connection in the middle of whatever happens."""
        self.closed = True
        if self._wire is not None:
            self._wire.abort()


def _dechunked(buffer: bytearray) -> bytes:
    parts: list[bytes] = []
    at = 0
    while True:
        end = buffer.find(b"\r\n", at)
        size = int(buffer[at:end].split(b";")[0], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(bytes(buffer[end + 2 : end + 2 + size]))
        at = end + 2 + size + 2


class Visitor:
    """A browser without a screen: cookies, token against forged requests, connections that are kept.

    Args:
        port: of the web server on this machine.
        session: value of the session cookie of somebody who is signed in already.
        address: of the browser, as the proxy in front names it.
    """

    def __init__(self, port: int, session: str = "", address: str = "192.0.2.10") -> None:
        self._port, self._address = port, address
        # The token is the client's secret as much as the server's: any 32 characters, the same in cookie and header.
        self.cookies = {CSRF_COOKIE: "".join(secrets.choice(LETTERS) for _ in range(32))}
        if session:
            self.cookies[SESSION_COOKIE] = session
        self._idle: list[Line] = []

    async def get(self, path: str, *, due: float | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        return await self.ask("GET", path, due=due, headers=headers)

    async def post(
        self,
        path: str,
        fields: Mapping[str, str | Sequence[str]] | Sequence[tuple[str, str]] = (),
        files: Mapping[str, File] | None = None,
        *,
        due: float | None = None,
        headers: Mapping[str, str] | None = None,
        bytes_per_second: float = 0,
    ) -> Answer:
        """Send a form, with files as multipart; ``bytes_per_second`` makes a slow uploader of it."""
        body: Sequence[Piece]
        if files is None:
            kind, body = "application/x-www-form-urlencoded", [urlencode(fields, doseq=True).encode()]
        else:
            kind, body = _multipart(fields, files)
        return await self.ask(
            "POST", path, body, kind=kind, due=due, headers=headers, bytes_per_second=bytes_per_second
        )

    async def sign_in(self, email: str, password: str) -> Answer:
        """Sign in through the form; the answer leads on (302) or is the form again."""
        return await self.post("/konto/login/", {"login": email, "password": password})

    async def ask(
        self,
        method: str,
        path: str,
        body: Sequence[Piece] = (),
        *,
        kind: str = "",
        due: float | None = None,
        headers: Mapping[str, str] | None = None,
        bytes_per_second: float = 0,
    ) -> Answer:
        """Send one request; a connection that fails gives an answer with status 0, never an exception."""
        sent = time.monotonic()
        due = sent if due is None else due
        size = sum(map(len, body))
        head = self._head(method, path, size, kind, headers or {})
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS + size / (bytes_per_second or 1e9)):
                reply = await self._through(method, _joined([head, *body]), bytes_per_second)
        except (OSError, Broken, TimeoutError) as error:
            now = time.monotonic()
            return Answer(0, {}, (), b"", due, sent, now, now, error=f"{type(error).__name__}: {error}")
        self._keep_cookies(reply.cookies)
        return Answer(
            reply.status, reply.headers, tuple(reply.cookies), reply.body, due, sent, reply.first, time.monotonic()
        )

    async def _through(self, method: str, pieces: Sequence[Piece], bytes_per_second: float) -> _Reply:
        """Use a kept connection; one that the server has just closed is replaced once, as browsers do."""
        line, is_new = await self._line()
        try:
            reply = await line.ask(pieces, bodyless=method == "HEAD", bytes_per_second=bytes_per_second)
        except Broken as broken:
            if is_new or broken.started or method != "GET":
                raise
            line = await self._connect()
            reply = await line.ask(pieces, bodyless=False, bytes_per_second=bytes_per_second)
        except BaseException:
            line.abort()
            raise
        if not line.closed:
            self._idle.append(line)
        return reply

    async def _line(self) -> tuple[Line, bool]:
        while self._idle:
            line = self._idle.pop()
            if not line.closed:
                return line, False
        return await self._connect(), True

    async def _connect(self) -> Line:
        _, line = await asyncio.get_running_loop().create_connection(Line, "127.0.0.1", self._port)
        return line

    def _head(self, method: str, path: str, size: int, kind: str, headers: Mapping[str, str]) -> bytes:
        lines = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": self._address,
            "Accept": "text/html",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if method not in ("GET", "HEAD"):
            lines |= {"Origin": f"https://{HOST}", "X-CSRFToken": self.cookies[CSRF_COOKIE]}
            lines |= {"Content-Type": kind, "Content-Length": str(size)}
        lines |= headers
        text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"{method} {path} HTTP/1.1\r\n{text}\r\n".encode("latin-1")

    def _keep_cookies(self, cookies: Iterable[str]) -> None:
        for cookie in cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            if "max-age=0" in cookie.lower():
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value

    def close(self) -> None:
        for line in self._idle:
            line.close()
        self._idle = []


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Put neighbours that are small into one piece; files stay as they are."""
    found: list[Piece] = []
    for is_file, run in itertools.groupby(pieces, lambda piece: isinstance(piece, memoryview)):
        neighbours = list(run)
        found += neighbours if is_file else [b"".join(neighbours)]
    return found


def _multipart(
    fields: Mapping[str, str | Sequence[str]] | Sequence[tuple[str, str]], files: Mapping[str, File]
) -> tuple[str, list[Piece]]:
    boundary = secrets.token_hex(16)
    start = f'--{boundary}\r\nContent-Disposition: form-data; name="'.encode()
    parts: list[Piece] = []
    for name, value in fields.items() if isinstance(fields, Mapping) else fields:
        parts += [
            start + f'{name}"\r\n\r\n{each}\r\n'.encode() for each in ([value] if isinstance(value, str) else value)
        ]
    for name, file in files.items():
        head = f'{name}"; filename="{file.name}"\r\nContent-Type: {file.kind}\r\n\r\n'
        parts += [start + head.encode(), memoryview(file.content), b"\r\n"]
    return f"multipart/form-data; boundary={boundary}", [*parts, f"--{boundary}--\r\n".encode()]


def path_of(url: str) -> str:
    """Return path and query of an address that a redirect gave."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def steady(per_second: float, seconds: float) -> list[float]:
    """Return when requests are due, in seconds from the start, one like the other."""
    return [number / per_second for number in range(max(1, round(per_second * seconds)))]


async def open_arrivals(offsets: Iterable[float], call: Callable[[int, float], Awaitable[T]]) -> list[T]:
    """Start ``call(number, due)`` at each of its moments, whether the earlier ones have ended or not.

    Args:
        offsets: seconds from now, in order.
        call: gets its number and the moment at which it was due (of `time.monotonic`).
    """
    start = time.monotonic()
    tasks: list[asyncio.Future[T]] = []
    for number, offset in enumerate(offsets):
        due = start + offset
        if (pause := due - time.monotonic()) > 0:
            await asyncio.sleep(pause)
        tasks.append(asyncio.ensure_future(call(number, due)))
    return list(await asyncio.gather(*tasks))


async def closed_loop(
    call: Callable[[int], Awaitable[T]], *, clients: int, seconds: float, most: int = 0, least: int = 0
) -> tuple[list[T], float]:
    """Let that many clients ask one request after another; return the answers and how many seconds it took.

    Args:
        call: gets the number of the request.
        clients: that ask at a time.
        seconds: after which none of them begins another request.
        most: requests in all, 0 for no limit.
        least: requests in all, however long they take.
    """
    start, taken = time.monotonic(), 0

    async def one() -> list[T]:
        nonlocal taken
        found = []
        while (time.monotonic() - start < seconds or taken < least) and not (most and taken >= most):
            taken += 1
            found.append(await call(taken - 1))
        return found

    found = await asyncio.gather(*(one() for _ in range(clients)))
    return [each for part in found for each in part], time.monotonic() - start


def share(values: Iterable[float], of_hundred: float) -> float:
    """Return the value below which that many of a hundred lie (nearest rank); 0 for none at all."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(len(ordered) * of_hundred / 100))]
