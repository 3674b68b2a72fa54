"""Gunicorn for production: threads, so that slow uploads do not keep others waiting."""

import os

bind = os.environ.get("BIND", "0.0.0.0:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "16"))
timeout = 60
graceful_timeout = 30
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/tmp"  # noqa: S108 - a heartbeat file without content
control_socket = os.environ.get("GUNICORN_CONTROL_SOCKET", "/tmp/gunicorn.ctl")  # noqa: S108 - mode 600
forwarded_allow_ips = os.environ.get("PROXY_ADDRESSES", "127.0.0.1")
