"""Gunicorn for production: threads, so that slow uploads do not keep others waiting."""

import os
import tempfile
from pathlib import Path
from typing import Any

bind = os.environ.get("BIND", "0.0.0.0:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "16"))
timeout = 60
graceful_timeout = 30
max_requests = 20_000
max_requests_jitter = 2_000
control_socket = os.environ.get("GUNICORN_CONTROL_SOCKET") or str(Path(tempfile.gettempdir(), "gunicorn.ctl"))
forwarded_allow_ips = os.environ.get("PROXY_ADDRESSES", "127.0.0.1")


def post_worker_init(worker: Any) -> None:
    """Let each request know how long it waited for a thread, so that too many are turned away in time."""
    # In the worker, once the application is loaded: the master must not keep code that a reload replaces.
    from config.overload import WaitingRoom  # noqa: PLC0415

    worker.tpool.shutdown()
    worker.tpool = WaitingRoom(max_workers=worker.cfg.threads)
