"""The demo: SQLite, files, secrets and mails all below one folder, ``var/`` or ``MITEINANDER_DATA``."""

import os
import secrets
from pathlib import Path

from config import logs
from config.env import email_settings
from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_DIR, SILENCED_SYSTEM_CHECKS, sqlite

DATA_DIR = Path(os.environ.get("MITEINANDER_DATA") or BASE_DIR / "var").absolute()
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)


def kept_secret(name: str, fresh: str) -> str:
    """Return the secret kept in the data folder; the first start keeps ``fresh``, for its owner's eyes only."""
    path = DATA_DIR / name
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(fresh)
    return fresh


DEMO = True
SECRET_KEY = kept_secret("secret-key", secrets.token_urlsafe(50))
FIELD_ENCRYPTION_KEY = kept_secret("field-encryption-key", secrets.token_urlsafe(50))
DEMO_PASSWORD = kept_secret("demo-password", secrets.token_urlsafe(12))

PORT = os.environ.get("PORT") or "8000"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
SITE_URL = f"http://localhost:{PORT}"
# The demo speaks plain HTTP to this machine only.
SILENCED_SYSTEM_CHECKS = [*SILENCED_SYSTEM_CHECKS, "security.W004", "security.W008", "security.W012", "security.W016"]

DATABASES = {"default": sqlite(DATA_DIR / "miteinander.sqlite3")}
MEDIA_ROOT = DATA_DIR / "media"
STATIC_ROOT = DATA_DIR / "static"
OUTBOX_EMAIL_URL = email_settings(os.environ.get("EMAIL_URL") or "demo://")
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL") or "memory://"
if CELERY_BROKER_URL == "filesystem://":
    # No Valkey for this machine: messages are files. Slower, but a message is only a wake-up.
    QUEUE_DIR = str(DATA_DIR / "queue")
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": QUEUE_DIR,
        "data_folder_out": QUEUE_DIR,
        "control_folder": QUEUE_DIR,
    }
    CELERY_WORKER_TRANSPORT_OPTIONS = CELERY_BROKER_TRANSPORT_OPTIONS
LOGGING = logs.configure(json=False)
