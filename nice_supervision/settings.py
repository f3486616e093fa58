"""Settings: what the server can do comes from the environment; what the centre wants is rows.

Every variable is described in docs/operations/settings.md.
"""

from __future__ import annotations

import secrets
from pathlib import Path

import django_stubs_ext
import environ
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from nice_supervision import embedded, logs

django_stubs_ext.monkeypatch()  # lets generic classes such as ModelAdmin[Camera] be written at run time

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(environ.Env().str("NICE_VAR", str(BASE_DIR / "var")))
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", False)
TESTING = env.bool("NICE_TESTING", False)


def _secret_key() -> str:
    """The configured key; else the one `manage.py up` keeps under var/; else one for this process alone."""
    kept = VAR / "secret_key"
    if key := env.str("SECRET_KEY", ""):
        return str(key)
    return kept.read_text().strip() if kept.exists() else secrets.token_urlsafe(50)


def _servers() -> tuple[str, str]:
    """DATABASE_URL and REDIS_URL, or the addresses of the embedded servers when these run."""
    own = embedded.urls(VAR) or ("postgres://nice@127.0.0.1:1/nice", "redis://127.0.0.1:1/0")
    return env.str("DATABASE_URL", "") or own[0], env.str("REDIS_URL", "") or own[1]


SECRET_KEY = _secret_key()
DATABASE_URL, REDIS_URL = _servers()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# TLS ends at the proxy in front; without one (the demonstration) cookies travel in clear on loopback.
HTTPS = env.bool("HTTPS", False)

INSTALLED_APPS = [
    "daphne",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "accounts.apps.CentreAdminConfig",
    "axes",
    "csp",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "rest_framework",
    "drf_spectacular",
    "doors",
    "places",
    "accounts",
    "events",
    "retention",
    "legal",
    "cameras",
    "footage",
    "evidence",
    "alerts",
    "detection",
    "patrols",
    "incidents",
    "dispatch",
    "console",
    "nice_supervision",
]

MIDDLEWARE = [
    "doors.correlation.CorrelationMiddleware",
    "nice_supervision.outage.OutageMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "nice_supervision.nowhere.Slashes",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "accounts.middleware.SessionGuardMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "nice_supervision.urls"
ASGI_APPLICATION = "nice_supervision.asgi.application"
WSGI_APPLICATION = None

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
                "accounts.context.seat",
            ]
        },
    }
]

DATABASES = {
    "default": env.db_url_config(DATABASE_URL)
    | {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 3,
            # reconnect_timeout: the pool doubles its pause between two tries; after an absence of 20 s the
            # first press then still waited 8 s. Giving up early makes the next request try at once.
            "pool": {
                "min_size": 2,
                "max_size": env.int("DATABASE_POOL", 24),
                "timeout": 3,
                "reconnect_timeout": 1,
            },
        },
        "TEST": {"NAME": "test_nice" + env.str("NICE_TEST_SUFFIX", "")},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
    },
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
SESSION_COOKIE_AGE = 12 * 3600  # the longest shift (law W-03)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "accounts.address.client_address"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code"]
AXES_VERBOSE = False
OTP_TOTP_ISSUER = env.str("CENTRE_NAME", "CSU Nice")
IDLE_LOCK_SECONDS = env.int("IDLE_LOCK_SECONDS", 600)

OIDC_OP = env.str("OIDC_OP_AUTHORIZATION_ENDPOINT", "")
if OIDC_OP:
    INSTALLED_APPS += ["mozilla_django_oidc"]
    AUTHENTICATION_BACKENDS += ["accounts.oidc.CentreOIDCBackend"]
    OIDC_OP_AUTHORIZATION_ENDPOINT = OIDC_OP
    OIDC_OP_TOKEN_ENDPOINT = env.str("OIDC_OP_TOKEN_ENDPOINT")
    OIDC_OP_USER_ENDPOINT = env.str("OIDC_OP_USER_ENDPOINT")
    OIDC_OP_JWKS_ENDPOINT = env.str("OIDC_OP_JWKS_ENDPOINT")
    OIDC_RP_CLIENT_ID = env.str("OIDC_RP_CLIENT_ID")
    OIDC_RP_CLIENT_SECRET = env.str("OIDC_RP_CLIENT_SECRET")
    OIDC_RP_SIGN_ALGO = env.str("OIDC_RP_SIGN_ALGO", "RS256")
    OIDC_OP_ISSUER = env.str("OIDC_OP_ISSUER", "")
    OIDC_RP_SCOPES = env.str("OIDC_RP_SCOPES", "openid email")
    OIDC_CREATE_USER = env.bool("OIDC_CREATE_USER", False)
    OIDC_MATCH_CLAIM = env.str("OIDC_MATCH_CLAIM", "email")
    OIDC_ROLES_CLAIM = env.str("OIDC_ROLES_CLAIM", "")
    OIDC_AUTHENTICATION_CALLBACK_URL = "accounts:oidc_callback"
    OIDC_USE_PKCE = True
    OIDC_TIMEOUT = 10

LANGUAGE_CODE = env.str("LANGUAGE_CODE", "fr")
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", "Europe/Paris")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", str(VAR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = env.str("MEDIA_ROOT", str(VAR / "media"))

FOOTAGE_ROOT = env.str("FOOTAGE_ROOT", str(VAR / "footage"))
FOOTAGE_RING = env.str("FOOTAGE_RING", str(VAR / "ring"))
FOOTAGE_CLIPS = env.str("FOOTAGE_CLIPS", str(VAR / "clips"))
# Alarm panels call here (ANSI/SIA DC-09, TCP and UDP); 0: no panel is listened to.
SIA_HOST = env.str("SIA_HOST", "127.0.0.1")
SIA_PORT = env.int("SIA_PORT", 8900)
FOOTAGE_KEYS = env.list("FOOTAGE_KEYS", default=[])
FOOTAGE_FREE_PERCENT = env.float("FOOTAGE_FREE_PERCENT", 5.0)
FOOTAGE_TRANSCODES = env.int("FOOTAGE_TRANSCODES", 4)
FFMPEG = env.str("FFMPEG", "")
DETECTION_MODELS = env.str("DETECTION_MODELS", str(VAR / "models"))
DETECTION_WEIGHTS_URL = env.str(
    "DETECTION_WEIGHTS_URL", "https://github.com/ultralytics/assets/releases/download/v8.4.0"
)

EXTRACTION_KEY_FILE = env.str("EXTRACTION_KEY_FILE", str(VAR / "seal" / "extraction-key.pem"))
EXTRACTION_TSA_URL = env.str("EXTRACTION_TSA_URL", "")

LEGAL_KEY_FILE = env.str("LEGAL_KEY_FILE", str(VAR / "legal" / "audit-key.pem"))
LEGAL_TSA_URL = env.str("LEGAL_TSA_URL", EXTRACTION_TSA_URL)

BASEMAP_STYLE_URL = env.str("BASEMAP_STYLE_URL", "")
BASEMAP_PMTILES = env.str("BASEMAP_PMTILES", "")
_map_origin = ["/".join(u.split("/")[:3]) for u in (BASEMAP_STYLE_URL, BASEMAP_PMTILES) if "://" in u]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *_map_origin],
        "connect-src": [SELF, *_map_origin],
        "worker-src": [SELF],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
# Asked from inside, past the proxy: by the containers' health checks and by Prometheus.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 262_144
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 1 if HTTPS else 0)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "doors.openapi.Described",
    "EXCEPTION_HANDLER": "doors.problems.as_problem",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "DEFAULT_THROTTLE_RATES": {"device": "60/min", "address": "300/min"},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Nice Supervision",
    "DESCRIPTION": "The doors of the urban supervision centre for devices and partners.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "AlertState": "alerts.models.Alert.State",
        "CameraState": "cameras.models.Camera.State",
        "CameraKind": "cameras.models.Camera.Kind",
    },
}

CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 3}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
SWEEP_SECONDS = env.float("SWEEP_SECONDS", 5.0)
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "run" / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "look-after-panels": {
        "task": "alerts.tasks.look_after_panels",
        "schedule": 10.0,
        "options": {"expires": 20},
    },
    "sweep": {
        "task": "events.tasks.sweep",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": 2 * SWEEP_SECONDS},
    },
    "close-lapsed-looks": {
        "task": "legal.tasks.close_lapsed_looks",
        "schedule": 30.0,
        "options": {"expires": 60},
    },
    # What a worker left when it died, or no message reached.
    "build-owed-extractions": {
        "task": "footage.tasks.build_owed_extractions",
        "schedule": 20.0,
        "options": {"expires": 20},
    },
    "look-after-cameras": {
        "task": "footage.tasks.look_after_cameras",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "keep-camera-days": {
        "task": "footage.tasks.keep_camera_days",
        "schedule": crontab(minute=20, hour="2,14"),
        "options": {"expires": 6 * 3600},
    },
    "end-holds": {
        "task": "evidence.tasks.end_holds",
        "schedule": crontab(minute="12,27,42,57"),
        "options": {"expires": 900},
    },
    # Each hour a head of the audit log is signed; the last of a day is the head of that day.
    "sign-heads": {
        "task": "legal.tasks.sign_heads",
        "schedule": crontab(minute=0),
        "options": {"expires": 3600},
    },
    # All of the log of consultations, against its hashes and signed heads; after the purge of the night.
    "read-log": {
        "task": "legal.tasks.read_log",
        "schedule": crontab(hour=4, minute=10),
        "options": {"expires": 6 * 3600},
    },
    # Ends of the prefect's orders and the hours of a breach: each is told once.
    "tell-what-ends": {
        "task": "legal.tasks.tell_what_ends",
        "schedule": crontab(minute="4,19,34,49"),
        "options": {"expires": 600},
    },
    "purge-nightly": {
        "task": "retention.tasks.purge_nightly",
        "schedule": crontab(hour=3, minute=0),
        "options": {"expires": 3600},
    },
    "purge-lightly": {
        "task": "retention.tasks.purge_lightly",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 600},
    },
    # Not at the same minutes as the purge: it looks at what that left.
    "look-for-what-is-late": {
        "task": "retention.tasks.look_for_what_is_late",
        "schedule": crontab(minute="7,22,37,52"),
        "options": {"expires": 600},
    },
    # Leases that ran out, requests nobody answered, alarms a camera has become free for, rounds due or missed.
    "hands-and-rounds": {
        "task": "cameras.tasks.hands_and_rounds",
        "schedule": 2.0,
        "options": {"expires": 4},
    },
    "run-owed-trials": {
        "task": "detection.tasks.run_owed_trials",
        "schedule": 20.0,
        "options": {"expires": 20},
    },
    # The gate stops what is not covered at that very instant; the switch and the register follow.
    "end-what-is-not-covered": {
        "task": "detection.tasks.end_what_is_not_covered",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
    "escalate": {
        "task": "alerts.tasks.escalate",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
}

CENTRE_NAME = env.str("CENTRE_NAME", "CSU Nice")
# Latitude and longitude: where what concerns the centre itself is shown on the map.
CENTRE_POSITION = [float(part) for part in env.list("CENTRE_POSITION", default=["43.7035", "7.2685"])]
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
LOGGING = logs.configuration(env.str("LOG_LEVEL", "INFO"))

if HTTPS and not env.str("SECRET_KEY", ""):
    raise ImproperlyConfigured("Set SECRET_KEY: HTTPS is on, so this is a centre in service.")
