"""A real web server on the test's database, and a client that may break off in the middle."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import psutil
from django.conf import settings
from django.test import Client

from accounts.models import User
from config.processes import die_with_parent
from grants import filestore
from tests.services import ROOT, free_port, wait_until

FORM = "application/x-www-form-urlencoded"
FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')


@dataclass(frozen=True)
class Page:
    """An answer; status 0 when none came."""

    status: int
    location: str = ""
    retry_after: str = ""
    text: str = ""

    @property
    def fields(self) -> dict[str, str]:
        return dict(FIELD.findall(self.text))


@dataclass
class Visitor:
    """Somebody who is signed in; each request has a connection of its own."""

    port: int
    user: User
    cookies: str = field(init=False)

    def __post_init__(self) -> None:
        client = Client()
        client.force_login(self.user)
        self.cookies = f"sessionid={client.cookies['sessionid'].value}; csrftoken={'a' * 32}"

    def get(self, path: str) -> Page:
        return self._ask("GET", path)

    def post(self, path: str, data: Mapping[str, object]) -> Page:
        return self._ask("POST", path, urlencode(data), FORM)

    def _ask(self, method: str, path: str, body: str = "", kind: str = "") -> Page:
        line = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(method, path, body or None, self.headers(kind))
            answer = line.getresponse()
            found = answer.headers
            text = answer.read().decode(errors="replace")
            return Page(answer.status, found.get("Location") or "", found.get("Retry-After") or "", text)
        except (OSError, HTTPException):
            return Page(0)
        finally:
            line.close()

    def headers(self, kind: str = "") -> dict[str, str]:
        sent = {"Host": "localhost", "Cookie": self.cookies, "X-CSRFToken": "a" * 32, "Accept": "text/html"}
        return sent | ({"Content-Type": kind} if kind else {})

    def begin_upload(self, path: str, content: bytes) -> "HalfUpload":
        return HalfUpload(self, path, content)


class HalfUpload:
    """A file of which one half is on its way; the other half comes, or never."""

    def __init__(self, visitor: Visitor, path: str, content: bytes) -> None:
        head = b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nother\r\n'
        head += b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n'
        self._body = head + content + b"\r\n--x--\r\n"
        self._half = len(self._body) // 2
        lines = visitor.headers("multipart/form-data; boundary=x") | {"Content-Length": str(len(self._body))}
        text = f"POST {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
        self._line = socket.create_connection(("127.0.0.1", visitor.port), 30)
        self._line.sendall(text.encode() + self._body[: self._half])

    def finish(self) -> int:
        """Send the rest; return the status of the answer."""
        self._line.sendall(self._body[self._half :])
        status = self._line.recv(100).split(b" ")[1]
        self._line.close()
        return int(status)

    def break_off(self) -> None:
        """Go away, as a phone in a tunnel does."""
        self._line.close()


class Web:
    """Gunicorn with production's configuration on the test's database, files and broker."""

    def __init__(self, env: dict[str, str], *, workers: int = 1, threads: int = 4) -> None:
        self.port = free_port()
        # Not below the test's folder: the path of a socket has an end.
        self.folder = Path(tempfile.mkdtemp(prefix="mt-web-"))
        self._env = env | {
            "BIND": f"127.0.0.1:{self.port}", "WEB_WORKERS": str(workers), "WEB_THREADS": str(threads),
            "GUNICORN_CONTROL_SOCKET": str(self.folder / "ctl"), "TMPDIR": str(self.folder),
        }  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Web":
        command = [sys.executable, "-m", "gunicorn", "--config", "docs/deploy/gunicorn.conf.py", "config.wsgi"]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self._env, stdout=log, stderr=log, preexec_fn=die_with_parent()
            )
        self._process = process
        wait_until(lambda: self._answers() or process.poll() is not None, 60, "the web server")
        assert process.poll() is None, (self.folder / "log").read_text()[-3000:]
        return self

    def _answers(self) -> bool:
        line = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            line.request("GET", "/health/", headers={"Host": "localhost"})
            return line.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            line.close()

    @property
    def workers(self) -> list[int]:
        return [] if self._process is None else [child.pid for child in psutil.Process(self._process.pid).children()]

    def kill_workers(self) -> None:
        """SIGKILL all that answer; the master starts others."""
        for pid in self.workers:
            os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(40)
            self._process = None
        shutil.rmtree(self.folder, ignore_errors=True)


def arriving_files() -> list[Path]:
    """What has come of uploads that are on their way."""
    return list(filestore.full_path(filestore.ARRIVING).glob("*.part"))


def stored_files() -> list[Path]:
    """What lies in the folder of uploads."""
    return [path for path in (Path(settings.MEDIA_ROOT) / settings.UPLOAD_FOLDER).rglob("*") if path.is_file()]
