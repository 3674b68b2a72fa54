"""What holds in every mode. Secrets, database, mail and hosts belong to the mode's own module."""

import logging
from pathlib import Path
from typing import Any

import django_stubs_ext
from celery.schedules import crontab
from csp.constants import NONE, SELF

from config import languages

# Lets classes of Django take type arguments (ModelForm[Round]), which they only know in their stubs.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parents[2]

# True opens demo sign-ins, the demo's mail box and its clock. No environment variable reaches it.
DEMO = False
DEBUG = False
SITE_NAME = "Miteinander"

INSTALLED_APPS = [
    "config",
    "reviews",
    "payments",
    "grants",
    "notifications",
    "accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rules.apps.AutodiscoverRulesConfig",
    "django_htmx",
    "django_structlog",
    "csp",
]

MIDDLEWARE = [
    "config.requests.names_requests",
    "config.metrics.counts_requests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.closed_by_default",
    "config.middleware.drawn_at_one_moment",
    "csp.middleware.CSPMiddleware",
    "config.overload.turns_away",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.keeps_what_was_typed",
    "config.requests.LogsRequests",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.leads_back_from_buttons",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
# Some indexes carry more columns on PostgreSQL; SQLite does without.
SILENCED_SYSTEM_CHECKS = ["models.W040"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["config.loaders.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.navigation.navigation",
                "accounts.context.frame",
                "config.context.site",
            ],
        },
    }
]
FORM_RENDERER = "accounts.rendering.Renderer"

# Language, time, figures
LANGUAGE_CODE = "de"
_KNOWN = languages.found()
LANGUAGES = [(language.code, language.name) for language in _KNOWN]
LANGUAGES_BIDI = [language.code.partition("-")[0] for language in _KNOWN if language.rtl]
LANGUAGE_TAGS = {language.code: language.tag for language in _KNOWN}
LOCALE_PATHS = [languages.LOCALE]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Europe/Berlin"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = True

# Files: static files are public, media never are (views hand them out after asking for permission)
STATIC_URL = "/static/"
STATICFILES_DIRS = [path for path in [BASE_DIR / "static"] if path.is_dir()]
UPLOAD_FOLDER = "uploads"
LETTER_FOLDER = "letters"
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
UPLOAD_MAX_FILES = 100
# Where the virus scanner listens (grants.scanning); without one, files are shown unchecked.
CLAMAV_ADDRESS = ""
FILE_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# How long a request may wait for a free thread before it is asked to come again (config.overload).
FORM_WAIT_SECONDS = 3.0
PAGE_WAIT_SECONDS = 1.5
UPLOAD_WAIT_SECONDS = 1.0

# One table for all processes: the limits on guessing must be counted together and outlive the broker.
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "config_cache"},
}

# Sign-in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "accounts.backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "config.hashers.Argon2Hasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "signup": "accounts.forms.SignupForm",
    "add_email": "accounts.forms.ChangeEmailForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_CHANGE_EMAIL = True
# Only in the browser in which the person signed up.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_SESSION_REMEMBER = False
# Who finds an open session changes neither address nor password nor second factor without the password.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# At most ten guesses at one account in ten minutes, also when each comes from another address.
# And ten tries at the code of a letter in an hour, beside the ten that each code allows in all.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,9/10m/key", "takeover_code": "30/h/ip,10/h/user"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
MFA_FORMS = {
    "authenticate": "accounts.forms.AuthenticateForm",
    "reauthenticate": "accounts.forms.MfaReauthenticateForm",
    "activate_totp": "accounts.forms.ActivateTOTPForm",
}

# Sessions, cookies, headers
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = False  # autosave reads it to send the token as a header
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
    },
}

# The database role that gets rights on the tables after a migration; production reads it from DATABASE_URL.
DATABASE_APP_ROLE = ""

# Mail: Django's own mails (sign-in) become outbox rows; the worker sends rows by OUTBOX_EMAIL_URL.
EMAIL_BACKEND = "notifications.mail.OutboxBackend"
OUTBOX_EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = "miteinander@demo.example"
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Queue. Nothing rests on the broker: rows in the outbox are swept, a message is only a wake-up.
# These options are the publisher's (web requests fail fast); config.celery gives workers patient ones.
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_CONNECTION_TIMEOUT = 0.5
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.3,
    "retry_on_timeout": False,
    "max_retries": 0,
}
CELERY_WORKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "socket_keepalive": True,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_TIME_LIMIT = 180
CELERY_TASK_SOFT_TIME_LIMIT = 150
CELERY_TASK_DEFAULT_QUEUE = "notices"
CELERY_QUEUES = ("notices", "letters", "slow")
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    # A sweep that nobody took before the next one is due is not worth doing twice.
    f"{app}.sweep": {
        "task": f"{app}.sweep",
        "schedule": seconds,
        "options": {"queue": queue, "expires": seconds},
    }
    for app, queue, seconds in (
        ("notifications", "notices", 30),
        ("grants", "slow", 60),
        ("payments", "slow", 60),
        ("reviews", "slow", 60),
    )
}
CELERY_BEAT_SCHEDULE["payments.check_books"] = {
    "task": "payments.check_books",
    "schedule": crontab(hour=2, minute=30),
    "options": {"queue": "slow", "expires": 3600},
}
# After how many seconds without a run monitoring, and the outbox page, say that something is wrong.
SWEEPS_LATE_AFTER = {
    "notifications.sweep": 180,
    "grants.sweep": 180,
    "payments.sweep": 180,
    "reviews.sweep": 180,
    "payments.check_books": 26 * 60 * 60,
}
# The word by which monitoring is known (config.views); without one it is not there at all.
MONITORING_TOKEN = ""
OUTBOX_LEASE_SECONDS = 240  # longer than the hard time limit, that longer than all SMTP timeouts

DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
# Already looked at by config.requests, which takes no name that is not sane.
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True
# One line per request, when it ends; the one at its begin only when looking for faults.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG


def sqlite(path: Path) -> dict[str, Any]:
    """Return the embedded database: writers queue up (IMMEDIATE) instead of failing on a lock."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }
