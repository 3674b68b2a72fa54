"""Debian packages that the tests need; ``make test`` installs them when it is root."""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def browser() -> str | None:
    """Return where Chromium is; the one without windows draws with half the processor time."""
    found = (shutil.which(name) for name in ("chromium-headless-shell", "chromium", "google-chrome"))
    return next(filter(None, found), None)


def missing() -> list[str]:
    """Return the names of the packages whose programs are not there."""
    wanted = {
        "postgresql": any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb"),
        "chromium-headless-shell": browser(),
        "git": shutil.which("git"),
        # What drives the browser needs it, and a bare system does not have it.
        "libatomic1": sys.platform != "linux" or _loads("libatomic.so.1"),
    }
    return [name for name, found in wanted.items() if not found]


def ensure() -> None:
    """Install what is missing, or stop and say what to install.

    Raises:
        SystemExit: something is missing and this is not root on a Debian, or apt failed.
    """
    names = missing()
    if not names:
        return
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *names]
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.exit(
            f"\nThe tests need programs that are missing. On Debian and Ubuntu, as root:\n    {' '.join(command)}\n"
        )
    print(f"setup | installing {', '.join(names)} ...", flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    subprocess.run(["apt-get", "update", "--quiet=2"], env=env, check=False)
    done = subprocess.run([*command, "--quiet=2"], env=env, check=False)
    if done.returncode or missing():
        sys.exit(f"\napt-get could not install {', '.join(missing() or names)}; its words are above.\n")
