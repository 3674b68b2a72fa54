"""Gunicorn for production: threads, so that slow uploads do not keep others waiting.

Nothing of the product is loaded here, in the master: a reload (HUP) starts new workers, and they would go on with
what the master had loaded before the update.
"""

import gc
import json
import logging
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

# Only the proxy on this machine; a container says 0.0.0.0:8000.
bind = os.environ.get("BIND", "127.0.0.1:8000")


class Worker(ThreadWorker):
    """Gunicorn's threads; whoever knocks is let in at once, many at a time.

    The loop that opens the door gets its turn among all busy threads: one visitor for each turn leaves the others
    outside for a minute and more when a hundred come in a second, where no timeout of ours sees them.
    """

    def accept(self, listener: Any) -> None:
        """Let in who waits, up to a number that leaves the loop its other work."""
        for _ in range(AT_ONCE):
            inside = self.nr_conns
            super().accept(listener)
            if self.nr_conns == inside or inside >= self.worker_connections:
                break


AT_ONCE = 64
worker_class = Worker


def number(name: str, default: int) -> int:
    """Return a whole number from the environment, or name what is none."""
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or int(value) < 1:
        sys.exit(f"Wrong environment:\n- {name} must be a whole number from 1, not {value!r}.")
    return int(value)


workers = number("WEB_WORKERS", 2)
threads = number("WEB_THREADS", 16)
timeout = 60
graceful_timeout = 30
# The figures of each worker that went are kept in files of their own: a few a month, not a few an hour.
max_requests = 200_000
max_requests_jitter = 20_000
control_socket = os.environ.get("GUNICORN_CONTROL_SOCKET") or str(Path(tempfile.gettempdir(), "gunicorn.ctl"))
forwarded_allow_ips = os.environ.get("PROXY_ADDRESSES", "127.0.0.1")

# Where the workers keep their figures for Prometheus; the same folder after a reload, which reads this file again.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="miteinander-metrics-")
FIGURES = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])


def forget(names: str) -> None:
    """Remove files of figures."""
    for path in FIGURES.glob(f"{names}.db"):
        path.unlink(missing_ok=True)


class Lines(logging.Formatter):
    """One line of JSON, with the names that the product's own lines use."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "event": record.getMessage(),
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


class JsonLogger(Logger):
    """Gunicorn's log, line by line like that of the product."""

    def setup(self, cfg: Config) -> None:
        """Take gunicorn's own set-up, with another formatter."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(Lines())


logger_class = JsonLogger


def on_starting(server: Any) -> None:
    """Refuse to begin in an installation that is not ready, and forget the figures of the last start."""
    if subprocess.run([sys.executable, "-m", "config.start"], check=False, cwd=server.cfg.chdir).returncode:
        sys.exit(1)
    forget("*")


def post_worker_init(worker: Any) -> None:
    """Let each request know how long it waited for a thread; spare the collector what lives as long as we do."""
    # In the worker, once the application is loaded: the master must not keep code that a reload replaces.
    from config.overload import WaitingRoom  # noqa: PLC0415

    worker.tpool.shutdown()
    worker.tpool = WaitingRoom(max_workers=worker.cfg.threads)
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def child_exit(server: Any, worker: Any) -> None:
    """Take back what a worker that went said about this moment; what it counted stays."""
    forget(f"gauge_live*_{worker.pid}")


def on_exit(server: Any) -> None:
    """Leave no figures behind."""
    forget("*")
    with suppress(OSError):
        FIGURES.rmdir()
