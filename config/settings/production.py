"""Production: everything by environment; whatever is missing or weak is named at once, at the start."""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

from config import logs
from config.env import Env, email_settings, weak_neighbours, weak_scanner
from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_DIR

# Commands that change tables run as the role that owns them.
OWNER_COMMANDS = frozenset({"migrate", "createcachetable", "grant_roles", "rotate_field_key", "backup", "restore"})
POSTGRESQL = ("postgres", "postgresql")

env = Env(os.environ)

DEMO = False
SECRET_KEY = env.secret("SECRET_KEY")
FIELD_ENCRYPTION_KEY = env.secret("FIELD_ENCRYPTION_KEY", minimum=32)
FIELD_ENCRYPTION_KEY_FALLBACKS = env.secrets("FIELD_ENCRYPTION_KEY_FALLBACKS", minimum=32)
SECRET_KEY_FALLBACKS = env.secrets("SECRET_KEY_FALLBACKS")
if SECRET_KEY and SECRET_KEY == FIELD_ENCRYPTION_KEY:
    env.complaints.append("FIELD_ENCRYPTION_KEY must differ from SECRET_KEY: one can be changed without the other.")
MONITORING_TOKEN = env.secret("MONITORING_TOKEN", minimum=32, required=False)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
if "*" in ALLOWED_HOSTS:
    env.complaints.append("ALLOWED_HOSTS must name the hosts: '*' accepts any.")
SITE_URL = env.url("SITE_URL", ("https",)).rstrip("/")
if urlsplit(SITE_URL).hostname and urlsplit(SITE_URL).hostname not in ALLOWED_HOSTS:
    env.complaints.append("ALLOWED_HOSTS must contain the host of SITE_URL.")
DATABASE_URL = env.url("DATABASE_URL", POSTGRESQL)
AS_OWNER = len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS
# Web and workers need not know the owner's password.
MIGRATION_DATABASE_URL = env.url("MIGRATION_DATABASE_URL", POSTGRESQL, None if AS_OWNER else DATABASE_URL)
CELERY_BROKER_URL = env.url("REDIS_URL", ("redis", "rediss", "redis+socket"))
EMAIL_URL = env.url("EMAIL_URL", ("smtp",))
env.complaints += weak_neighbours(email=EMAIL_URL, redis=CELERY_BROKER_URL, database=DATABASE_URL)
DEFAULT_FROM_EMAIL = env.address("DEFAULT_FROM_EMAIL", f"noreply@{urlsplit(SITE_URL).hostname or 'localhost'}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MEDIA_ROOT = Path(env.text("MEDIA_ROOT") or os.devnull)
if not MEDIA_ROOT.is_absolute():
    env.complaints.append("MEDIA_ROOT must be an absolute path.")
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
if MEDIA_ROOT == STATIC_ROOT or STATIC_ROOT in MEDIA_ROOT.parents:
    env.complaints.append("MEDIA_ROOT must not lie in STATIC_ROOT: its files are private, those are public.")
CLAMAV_ADDRESS = env.url("CLAMAV_ADDRESS", ("unix", "tcp"), "")
env.complaints += weak_scanner(CLAMAV_ADDRESS)
LOG_LEVEL = env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")
CONN_MAX_AGE = env.number("CONN_MAX_AGE", 60)
DATABASE_POOLED = env.flag("DATABASE_POOLED")
TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 1)
if AS_OWNER and urlsplit(MIGRATION_DATABASE_URL).username == urlsplit(DATABASE_URL).username:
    env.complaints.append("DATABASE_URL must name another role than MIGRATION_DATABASE_URL.")
env.check()
OUTBOX_EMAIL_URL = email_settings(EMAIL_URL)


def database(url: str, *, pooled: bool) -> dict[str, Any]:
    """Return the connection to PostgreSQL: a lock that takes over three seconds is an answer, not a wait.

    Args:
        url: of the database.
        pooled: a pooler hands the same connection to another process with each transaction. It knows no options of
            one client, so the timeouts are the role's own there (`config.readiness` looks), and no cursor that
            outlives a transaction.
    """
    settings: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=CONN_MAX_AGE, conn_health_checks=True))
    options = settings.setdefault("OPTIONS", {})
    options.setdefault("connect_timeout", 5)
    if pooled:
        settings["DISABLE_SERVER_SIDE_CURSORS"] = True
    else:
        options["options"] = "-c lock_timeout=3000 -c idle_in_transaction_session_timeout=60000"
    return settings


DATABASES = {
    "default": database(MIGRATION_DATABASE_URL, pooled=False)
    if AS_OWNER
    else database(DATABASE_URL, pooled=DATABASE_POOLED)
}
# The role that gets the rights on the tables after each migrate.
DATABASE_APP_ROLE = urlsplit(DATABASE_URL).username or ""

SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
# Not __Host-: autosave looks for the name "csrftoken".
LANGUAGE_COOKIE_SECURE = True
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = True
# Load balancer and monitoring ask inside the private network, where there is no TLS.
SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^health/details/$", r"^metrics/$"]
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
LOGGING = logs.configure(json=True, level=LOG_LEVEL)
