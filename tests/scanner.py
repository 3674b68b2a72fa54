"""A virus scanner for the tests: speaks as clamd does on its socket, knows one virus, and fails as planned."""

import shutil
import socketserver
import tempfile
import threading
from pathlib import Path
from typing import Final

VIRUS: Final = b"VIRUS-FOR-TESTS"


class _Talk(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(size)
        self.server.scanner.seen.append(len(content))
        self.wfile.write(self.server.scanner.answer_to(content))


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    scanner: "Scanner"


class Scanner:
    """Listens on a unix socket while it is on.

    Args:
        mood: "well", "hangs" (takes everything and says nothing), "dies" (hangs up), "fails" (says that it cannot).
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mt-av-"))
        self.mood = "well"
        self.seen: list[int] = []
        self._woken = threading.Event()
        self._server: _Server | None = None

    @property
    def address(self) -> str:
        return f"unix://{self.folder}/s"

    def answer_to(self, content: bytes) -> bytes:
        if self.mood == "hangs":
            self._woken.wait(30)
        if self.mood in ("hangs", "dies"):
            return b""
        if self.mood == "fails":
            return b"INSTREAM size limit exceeded. ERROR\0"
        return b"stream: Test.Virus FOUND\0" if VIRUS in content else b"stream: OK\0"

    def start(self) -> "Scanner":
        self._server = _Server(f"{self.folder}/s", _Talk)
        self._server.scanner = self
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Be away: the socket is gone."""
        self._woken.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        Path(f"{self.folder}/s").unlink(missing_ok=True)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
