"""The tests: fast passwords, SQLite or (``TEST_ENGINE=postgresql``) PostgreSQL, warnings are errors."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import dj_database_url

from config import logs
from config.env import email_settings
from config.settings.base import *  # noqa: F403
from config.settings.base import sqlite

TEST_ENGINE = os.environ.get("TEST_ENGINE", "sqlite")
# A worker that a test starts shares the folder and the database of that test.
DATA_DIR = Path(os.environ.get("TEST_DATA_DIR") or tempfile.mkdtemp(prefix="miteinander-test-"))
if "TEST_DATA_DIR" not in os.environ:
    atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)
WORKER_DATABASE = os.environ.get("TEST_WORKER_DATABASE", "")

DEMO = True
SECRET_KEY = "for-tests-only-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2
FIELD_ENCRYPTION_KEY = "for-tests-only-" + "zyxwvutsrqponmlkjihgfedcba9876543210" * 2
DEMO_PASSWORD = "demo-password-of-tests"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
SITE_URL = "http://testserver"

DATABASES: dict[str, Any]
if TEST_ENGINE == "postgresql":
    # tests/conftest.py starts a private server and fills in where it is.
    url = WORKER_DATABASE or os.environ.get("TEST_DATABASE_URL") or "postgresql://postgres@/miteinander"
    DATABASES = {"default": dict(dj_database_url.parse(url))}
    DATABASES["default"]["OPTIONS"] = {"options": "-c lock_timeout=3000 -c idle_in_transaction_session_timeout=60000"}
else:
    DATABASES = {"default": sqlite(Path(WORKER_DATABASE or DATA_DIR / "unused.sqlite3"))}
    # A file, not memory: several threads and processes must meet in it.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}

MEDIA_ROOT = DATA_DIR / "media"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
OUTBOX_EMAIL_URL = email_settings(os.environ.get("EMAIL_URL") or "demo://")
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL") or "memory://"
LOGGING = logs.configure(json="TEST_LOG_JSON" in os.environ, level="WARNING")
