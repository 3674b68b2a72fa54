"""The virus scanner (ClamAV) over its socket: optional, and never waited for longer than a person would wait.

A file is sent piece by piece (the command INSTREAM), so the scanner needs no right to read our folder.
"""

import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import urlsplit

import structlog
from django.conf import settings

from grants.states import Scan

log = structlog.get_logger(__name__)

# While somebody waits for the answer to an upload; and when nobody does.
FIRST_SECONDS: Final = 5.0
PATIENT_SECONDS: Final = 60.0
# After a silence files go to quarantine unasked for so long: a scanner that hangs must not hold up every upload.
PAUSE_SECONDS: Final = 30.0
_PORT: Final = 3310
_PIECE: Final = 256 * 1024
_LONGEST_ANSWER: Final = 4096
_silent_until: Final = [0.0]


def first_look(path: Path) -> Scan:
    """Ask about a file that arrives. NONE: there is no scanner; WAITING: it gave no answer in time."""
    if not settings.CLAMAV_ADDRESS:
        return Scan.NONE
    if time.monotonic() < _silent_until[0]:
        return Scan.WAITING
    try:
        return _verdict(_ask(path, FIRST_SECONDS))
    except OSError as error:
        _silent_until[0] = time.monotonic() + PAUSE_SECONDS
        log.warning("scanner_silent", error=str(error))
        return Scan.WAITING


def look_again(path: Path) -> Scan:
    """Ask about a file in quarantine.

    Raises:
        OSError: the scanner gives no answer, or the file cannot be read.
    """
    return _verdict(_ask(path, PATIENT_SECONDS)) if settings.CLAMAV_ADDRESS else Scan.NONE


def _verdict(answer: bytes) -> Scan:
    # "stream: OK", or "stream: <name of the virus> FOUND", or what went wrong and "ERROR".
    words = answer.rstrip(b"\0\n").split()
    if words[-1:] == [b"FOUND"]:
        return Scan.INFECTED
    if words == [b"stream:", b"OK"]:
        return Scan.CLEAN
    log.error("scanner_failed", answer=b" ".join(words).decode("utf-8", "replace"))
    return Scan.WAITING


def _ask(path: Path, seconds: float) -> bytes:
    ends = time.monotonic() + seconds
    with path.open("rb") as file, _connected(seconds) as link:
        # It hangs up on what it will not take, but says why.
        with suppress(BrokenPipeError, ConnectionResetError):
            _send(file, link, ends)
        return _answer(link, ends)


def _send(file: BinaryIO, link: socket.socket, ends: float) -> None:
    link.sendall(b"zINSTREAM\0")
    while piece := file.read(_PIECE):
        _bound(link, ends)
        link.sendall(len(piece).to_bytes(4, "big") + piece)
    link.sendall(bytes(4))


def _connected(seconds: float) -> socket.socket:
    address = urlsplit(settings.CLAMAV_ADDRESS)
    if address.scheme == "tcp":
        return socket.create_connection((address.hostname or "", address.port or _PORT), seconds)
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        link.settimeout(seconds)
        link.connect(address.path)
    except BaseException:
        link.close()
        raise
    return link


def _answer(link: socket.socket, ends: float) -> bytes:
    found = b""
    while not found.endswith(b"\0") and len(found) < _LONGEST_ANSWER:
        _bound(link, ends)
        piece = link.recv(_LONGEST_ANSWER)
        if not piece:
            break
        found += piece
    return found


def _bound(link: socket.socket, ends: float) -> None:
    """Let the next step end in time. Raises: TimeoutError: there is none left."""
    rest = ends - time.monotonic()
    if rest <= 0:
        raise TimeoutError("the scanner took too long")
    link.settimeout(rest)
