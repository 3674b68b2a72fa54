"""Set up ``.venv`` for ``make run`` or ``make test``: needs Python 3.11 and nothing else.

Usage: ``python3.11 tools/bootstrap.py run|test``. A second call with unchanged requirements does nothing.
"""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / ".installed"
LINES = ROOT / "requirements"
# What pip was told on this machine about where packages come from; uv reads only its own variables.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}


def say(text: str) -> None:
    print(f"setup | {text}", flush=True)


def stop(text: str) -> None:
    sys.exit(f"\n{text}\n")


def wanted(name: str) -> str:
    """Return what must be installed for ``name`` as one line: its name and its file's fingerprint."""
    return f"{name} {hashlib.sha256((LINES / f'{name}.txt').read_bytes()).hexdigest()}"


def is_installed(name: str) -> bool:
    """Tell whether the environment has what ``name`` needs; that of the tests contains all of run's."""
    if not STAMP.exists() or not (VENV / "bin" / "python").exists():
        return False
    have = STAMP.read_text().splitlines()
    return wanted(name) in have


def make_venv() -> None:
    if (VENV / "bin" / "python").exists():
        return
    say("making .venv ...")
    done = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if done.returncode:
        stop(
            "Python's venv module is missing or broken. On Debian and Ubuntu:\n"
            f"    apt-get install python3.11-venv\n\nIt said:\n{done.stdout}{done.stderr}"
        )


def pip_settings() -> dict[str, str]:
    """Translate pip's configuration into uv's environment; what is already set stays."""
    listed = subprocess.run(
        [str(VENV / "bin" / "python"), "-m", "pip", "config", "list"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    found: dict[str, str] = {}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        name = PIP_TO_UV.get(key.rpartition(".")[2])
        if name and name not in os.environ:
            found[name] = " ".join(value.strip().strip("'\"").replace("\\n", " ").split())
    if "UV_FIND_LINKS" in found:
        found["UV_FIND_LINKS"] = ",".join(found["UV_FIND_LINKS"].split())
    return found


def environment() -> dict[str, str]:
    env = {**os.environ, **pip_settings(), "VIRTUAL_ENV": str(VENV)}
    # Every file is checked against its hash, so it does not matter which index offers it first.
    env.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    home = Path(env.get("HOME") or "/nonexistent")
    if not os.access(home, os.W_OK):
        env["UV_NO_CACHE"] = env["PIP_NO_CACHE_DIR"] = "1"
    return env


def install(name: str) -> None:
    python = str(VENV / "bin" / "python")
    requirements = str(LINES / f"{name}.txt")
    started = time.monotonic()
    say(f"installing what '{name}' needs (once; about a minute) ...")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r"]
    env = environment()
    ready = subprocess.run([*pip, str(LINES / "uv.txt")], env=env, check=False).returncode == 0
    sync = [str(VENV / "bin" / "uv"), "pip", "sync", "--quiet", "--require-hashes", "--python", python]
    if ready and subprocess.run([*sync, requirements], env=env, check=False).returncode == 0:
        say(f"installed in {time.monotonic() - started:.0f} s")
        return
    say("uv could not do it; trying pip ...")
    subprocess.run([python, "-m", "ensurepip", "--default-pip"], check=False, capture_output=True)
    if subprocess.run([*pip, requirements], env=env, check=False).returncode:
        stop("The packages could not be installed. Is there a network, and room on the disk?")


def main() -> None:
    if sys.version_info[:2] != (3, 11):
        stop(f"Python 3.11 is needed; this is {sys.version.split()[0]}.")
    name = sys.argv[1]
    if is_installed(name):
        return
    make_venv()
    install(name)
    names = ("run", "test") if name == "test" else ("run",)
    STAMP.write_text("\n".join(wanted(each) for each in names) + "\n")


if __name__ == "__main__":
    main()
