"""All settings in one file. Every value that differs between two places comes from the environment, or, when
`NAME_FILE` is given, from that file (secrets). Outside demo mode the process refuses to start with an unsafe value
and names all of them at once; the table is in README.md."""

import os
from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

env = environ.FileAwareEnv()
BASE_DIR = Path(__file__).resolve().parent.parent


def text(name: str, default: str = "") -> str:
    """A value, or the content of the file NAME_FILE points to without the newline an editor put at its end."""
    return env.str(name, default=default).strip()


# --- Where we run -----------------------------------------------------------------------------------------------

DEMO = env.bool("GOVFLOW_DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
HOME = Path(env.str("GOVFLOW_HOME", default=str(BASE_DIR / "var")))
DEMO_KEY = "demo-mode-only-never-in-production-0123456789abcdefghijk"
SECRET_KEY = text("SECRET_KEY", default=DEMO_KEY if DEMO else "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEMO else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
DATABASE_URL = text("DATABASE_URL", default="postgresql://govflow@127.0.0.1:5432/govflow" if DEMO else "")
BROKER_URL = text("BROKER_URL", default="redis://127.0.0.1:6379/0" if DEMO else "")
CACHE_URL = text("CACHE_URL", default=BROKER_URL)
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)


def refusals() -> list[str]:
    """What must never be seen outside demo mode, in words an operator can act on."""
    wrong = {
        "DEBUG must be off": DEBUG,
        "SECRET_KEY (or SECRET_KEY_FILE) must be given": not SECRET_KEY,
        "SECRET_KEY must be 50 characters or more": 0 < len(SECRET_KEY) < 50,
        "SECRET_KEY must not be the demo key or start with django-insecure": SECRET_KEY == DEMO_KEY
        or SECRET_KEY.startswith("django-insecure"),
        "SECRET_KEY must not be one character repeated": bool(SECRET_KEY) and len(set(SECRET_KEY)) < 5,
        "ALLOWED_HOSTS must name the hosts of this site": not ALLOWED_HOSTS,
        "ALLOWED_HOSTS must not contain *": any("*" in host for host in ALLOWED_HOSTS),
        "DATABASE_URL (or DATABASE_URL_FILE) must be given": not DATABASE_URL,
        "BROKER_URL (or BROKER_URL_FILE) must be given": not BROKER_URL,
    }
    return [text for text, is_wrong in wrong.items() if is_wrong]


if not DEMO and refusals():
    raise ImproperlyConfigured(
        "GovFlow does not start: " + "; ".join(refusals()) + ". (GOVFLOW_DEMO=1 is for demos and tests.)"
    )

# --- Applications -----------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "pgtrigger",
    "csp",
    "organization",
    "matters",
    "dispatch",
    "assessment",
    "audit",
    "desk",
    "portal",
    "exchange",
    "demo",
]

MIDDLEWARE = [
    "govflow.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "govflow.policy.OnePolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "govflow.urls"
WSGI_APPLICATION = "govflow.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- Database ---------------------------------------------------------------------------------------------------

# Nobody waits longer than five seconds for a lock: the loser is told, the sweeper tries again.
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **env.db_url_config(DATABASE_URL, engine="govflow.postgresql"),
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
    }
}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
    "options",
    "-c lock_timeout=5s -c idle_in_transaction_session_timeout=5min "
    # our queries join from one row outwards: compiling them or trying other orders costs more than it saves
    "-c jit=off -c join_collapse_limit=4 -c from_collapse_limit=4",
)
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)
# A pooler that gives each transaction another connection cannot keep them: then this must be off.
PREPARED_STATEMENTS = env.bool("PREPARED_STATEMENTS", default=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cache, sessions, messages ----------------------------------------------------------------------------------

CACHES = {
    "default": {
        "BACKEND": "govflow.cache.ForgivingCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "govflow",
        "OPTIONS": {"socket_timeout": 1.0, "socket_connect_timeout": 0.5, "health_check_interval": 30},
    }
}
SESSION_ENGINE = "govflow.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Celery: nudges only; see docs/operations.md ------------------------------------------------------------------

VISIBILITY_TIMEOUT = 600
CELERY_BROKER_URL = BROKER_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 120
CELERY_VISIBILITY_TIMEOUT = VISIBILITY_TIMEOUT
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": VISIBILITY_TIMEOUT}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": VISIBILITY_TIMEOUT,
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
    "max_retries": 1,  # of a publisher: a wake-up that fails is not waited for
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
    "socket_keepalive": True,
    "health_check_interval": 25,
    "global_keyprefix": env.str("BROKER_PREFIX", default="govflow:"),
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 3,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.5,
}
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_ETA_TASK_LIMIT = 1000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# `expires` keeps a dead hour of nudges from stampeding when the broker returns.
CELERY_BEAT_SCHEDULE = {
    "recount": {"task": "dispatch.tasks.recount", "schedule": 10.0, "options": {"expires": 20}},
    "sweep": {"task": "dispatch.tasks.sweep", "schedule": 10.0, "options": {"expires": 20}},
    # a task for each medium: while one waits for its gateway, the others are sent
    **{
        f"relay-{medium}": {
            "task": "dispatch.tasks.relay",
            "args": [medium],
            "schedule": 5.0,
            "options": {"expires": 10},
        }
        for medium in ("voice", "sms", "robot", "email")
    },
    # at three in the night here
    "purge": {"task": "exchange.tasks.purge", "schedule": crontab(hour=19, minute=0)},
    "audit": {"task": "audit.tasks.audit", "schedule": crontab(hour=20, minute=0)},
    "anchor": {"task": "audit.tasks.anchor", "schedule": crontab(hour=20, minute=30)},
}

# --- Health -----------------------------------------------------------------------------------------------------

SWEEP_FRESH_SECONDS = env.int("SWEEP_FRESH_SECONDS", default=60)
METRICS_TOKEN = text("METRICS_TOKEN")
# The ends of all timelines; put the folder where whoever holds the database cannot write.
ANCHORS = Path(text("ANCHORS", default=str(HOME / "anchors")))
ANCHOR_KEY = text("ANCHOR_KEY")

# --- Logging in -------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "organization.Person"
AUTHENTICATION_BACKENDS = ["govflow.accounts.Accounts"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "govflow.accounts.ClosedAccounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SESSION_COOKIE_AGE = SESSION_COOKIE_AGE
ACCOUNT_PRESERVE_USERNAME_CASING = True
# A town's office shares one address, so the limit by address is wide and the limit by account narrow.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "30/m/ip,5/300s/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0

# --- The browser's side -----------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = not DEMO and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 0 if DEMO else env.int("SECURE_HSTS_SECONDS", default=31536000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMO
SECURE_HSTS_PRELOAD = not DEMO
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640

# --- Languages and time -----------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale" / part for part in ("rooms", "desk", "portal", "exchange", "demo")]
LANGUAGE_COOKIE_SECURE = not DEMO
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Files and mail ---------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(text("STATIC_ROOT", default=str(HOME / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = HOME / "media"  # never served by address: doors hand files out after asking who may see them
HASHED_STATIC = env.bool("HASHED_STATIC", default=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not HASHED_STATIC
WHITENOISE_AUTOREFRESH = not HASHED_STATIC
DEFAULT_FROM_EMAIL = text("DEFAULT_FROM_EMAIL", default="govflow@localhost")
EMAIL_BACKEND = "django.core.mail.backends." + ("filebased" if DEMO else "smtp") + ".EmailBackend"
EMAIL_FILE_PATH = HOME / "mail"
EMAIL_HOST = text("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10

# --- Messages ---------------------------------------------------------------------------------------------------

RESTORED = text("RESTORED")  # set on a restored copy: its relay waits for `manage.py release_outbox`
INSTANCE_ID = text("INSTANCE_ID")  # of an installation on several hosts; on one it is a file in GOVFLOW_HOME
CHANNEL_ORIGINS = env.list(
    "CHANNEL_ORIGINS", default=[]
)  # gateways we may write to: https://sms.example.gov.cn
CHANNEL_SECRETS = {
    name.removeprefix("CHANNEL_SECRET_").removesuffix("_FILE"): text(name.removesuffix("_FILE"))
    for name in os.environ
    if name.startswith("CHANNEL_SECRET_")
}

# --- Machines ---------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "exchange.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "exchange.problems.handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "GovFlow",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "LevelEnum": "organization.choices.Level",
        "UnitKindEnum": "organization.choices.UnitKind",
        "ActorKindEnum": "organization.choices.ActorKind",
        "MatterStatusEnum": "matters.choices.Status",
        "NodeStatusEnum": "dispatch.choices.NodeStatus",
        "NodeKindEnum": "dispatch.choices.NodeKind",
    },
}

# --- Logs -------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django.server": {"propagate": True}, "django.db.backends": {"level": "INFO"}},
}
