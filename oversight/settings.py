"""All settings: read this file first, and the three that it begins with.

Values come from environment variables read by typed readers (oversight/environment.py). Whoever runs a site finds
all of them in one list, in docs/operations.md.

Nothing set: a demo on this computer, with an embedded database and officers who do not exist.
``OVERSIGHT_PRODUCTION=1``: safe defaults, and a refusal to start where something needed is missing.
"""

import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from oversight.environment import (
    read_chance,
    read_decimal,
    read_flag,
    read_list,
    read_number,
    read_state,
    read_states,
    read_text,
)
from oversight.settings_security import *
from oversight.settings_security import BEHIND_PROXY
from oversight.settings_site import *
from oversight.settings_site import BASE_DIR, DATA, DEMO, PRODUCTION
from oversight.settings_storage import *

SITE_NAME = read_text("OVERSIGHT_SITE_NAME", "Oversight")

# --- Applications: floors from the top; a plugin may be absent ----------------------------------------------
PLUGINS = read_list("OVERSIGHT_PLUGINS", "recognition")
if unknown := set(PLUGINS) - {"recognition"}:
    raise ImproperlyConfigured(f"OVERSIGHT_PLUGINS names {', '.join(sorted(unknown))}, which does not exist.")
INSTALLED_APPS = [
    "workers",
    *PLUGINS,
    "officers",
    "privacy",
    "oversight",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "csp",
    "oversight.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
]
MIDDLEWARE = [
    "oversight.answers.counted",
    "oversight.middleware.private_by_default",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "oversight.middleware.upload_limit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "oversight.second_factor.required",
    "oversight.acting.signed_changes",
]
ROOT_URLCONF = "oversight.urls"
WSGI_APPLICATION = "oversight.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "oversight.context.site",
                "officers.context.viewer",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

# --- People -----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "oversight.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
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
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if PRODUCTION else "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
SESSION_COOKIE_AGE = 12 * 3600
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if read_text("OVERSIGHT_EMAIL_HOST")
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = DATA / "mail"  # where mail lies while no mail server is named
EMAIL_HOST = read_text("OVERSIGHT_EMAIL_HOST", "localhost")
EMAIL_PORT = read_number("OVERSIGHT_EMAIL_PORT", 25, least=1)
EMAIL_HOST_USER = read_text("OVERSIGHT_EMAIL_USER")
EMAIL_HOST_PASSWORD = read_text("OVERSIGHT_EMAIL_PASSWORD")
EMAIL_USE_TLS = read_flag("OVERSIGHT_EMAIL_TLS", default=False)
DEFAULT_FROM_EMAIL = read_text("OVERSIGHT_EMAIL_FROM", "oversight@localhost")

# Who decides for others must show a second factor: coordinators and admins. In a demo nobody is real.
SECOND_FACTOR_REQUIRED = read_flag("OVERSIGHT_SECOND_FACTOR", default=not DEMO)
APPROVE_ACCOUNTS = read_flag("OVERSIGHT_APPROVE_ACCOUNTS", default=False)
ACCOUNT_ADAPTER = "oversight.accounts.Accounts"
MFA_ADAPTER = "oversight.second_factor.Factors"
ACCOUNT_FORMS = {"signup": "oversight.signing_up.JoinForm"}
# Failed sign-ins: by browser or network (oversight/accounts.py), and by account and browser or network. A browser that
# was signed in before counts for itself, so that nobody locks somebody else out.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "signup": "60/h/ip"}
STRANGERS_MAY_FAIL = "100/d/key"  # at one account, from all browsers together that were never signed in to it

# --- Work instead of a picture puzzle: a browser computes for a second or two ---------------------------------
PROOF_NUMBER = read_number("OVERSIGHT_PROOF_NUMBER", 100_000, least=1000)
PROOF_AT_SIGN_UP = read_flag("OVERSIGHT_PROOF_AT_SIGN_UP", default=True)
# From so many new photos waiting on, whoever sends more without an account must prove work; 0 never asks.
PROOF_AT_PHOTOS_WAITING = read_number("OVERSIGHT_PROOF_AT_PHOTOS_WAITING", 0)

# --- API --------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "officers.api.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
        "rest_framework.parsers.FormParser",
    ],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "oversight.pagination.KeysetPages",
    "NUM_PROXIES": 1 if BEHIND_PROXY else 0,
    "EXCEPTION_HANDLER": "oversight.api_errors.with_stable_code",
    "DEFAULT_THROTTLE_CLASSES": ["oversight.throttles.SparingThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "read": read_text("OVERSIGHT_RATE_READ", "120/min"),
        "photos": read_text("OVERSIGHT_RATE_PHOTOS", "120/hour"),
        "identifications": read_text("OVERSIGHT_RATE_IDENTIFICATIONS", "60/hour"),
        "reports": read_text("OVERSIGHT_RATE_REPORTS", "20/hour"),
        "protections": read_text("OVERSIGHT_RATE_PROTECTIONS", "120/hour"),
        "record": read_text("OVERSIGHT_RATE_RECORD", "1200/hour"),
        "exports": read_text("OVERSIGHT_RATE_EXPORTS", "20/hour"),
        "unproven": read_text("OVERSIGHT_RATE_UNPROVEN", "10/hour"),
    },
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Oversight API",
    "DESCRIPTION": "The public record, changes by those who keep it, photos, and face matching where the law allows.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [],  # values of a field stay beside it: as components, two "kind"s take each other's name
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- Face matching: the site's side of the legal gate (oversight/gate.py) -------------------------------------
# A demo plays in Ohio, with officers who do not exist. Everywhere else, unset means forbidden.
RECOGNITION_SWITCH = read_flag("OVERSIGHT_RECOGNITION", default=True)
OPERATOR_STATE = read_state("OVERSIGHT_OPERATOR_STATE", "OH" if DEMO else "")
COMPUTE_STATES = read_states("OVERSIGHT_COMPUTE_STATES", "OH" if DEMO else "")
PROBE_HOURS = 24
# Off: a face is measured only when a volunteer, or a model that is sure, has seen that it is an officer's. A demo shows
# people who do not exist, of whom no model is sure.
ATTESTATION_IS_ENOUGH = read_flag("OVERSIGHT_ATTESTATION_IS_ENOUGH", default=DEMO)
MATCHING_PRIOR = read_chance(
    "OVERSIGHT_MATCHING_PRIOR", 0.5
)  # that whom people ask about is in the gallery at all
_CALIBRATION = read_text(
    "OVERSIGHT_MATCHING_CALIBRATION"
)  # a file of calibrate_matching; unset: the shipped one
MATCHING_CALIBRATION = Path(_CALIBRATION).resolve() if _CALIBRATION else None
SECOND_APPROVER = read_flag("OVERSIGHT_SECOND_APPROVER", default=False)

# --- Flags and requests to take down -------------------------------------------------------------------------
TAKEDOWN_DAYS = read_number("OVERSIGHT_TAKEDOWN_DAYS", 10, least=1)
TICKET_DAYS = read_number(
    "OVERSIGHT_TICKET_DAYS", 30, least=1
)  # after the end, what people wrote is forgotten

# --- Protecting photos: in memory, few at a time; past the seconds a photo is given up ------------------------
PROTECT_AT_ONCE = read_number("OVERSIGHT_PROTECT_AT_ONCE", 1, least=1)  # for each web process
PROTECT_WAITING = read_number(
    "OVERSIGHT_PROTECT_WAITING", 4, least=1
)  # each holds one of the web server's 8 threads
PROTECT_SECONDS = read_number("OVERSIGHT_PROTECT_SECONDS", 60, least=5)
PROTECT_THREADS = read_number("OVERSIGHT_PROTECT_THREADS", 2, least=1)

# --- Police presence ----------------------------------------------------------------------------------------
PRESENCE_BACKEND = read_text("OVERSIGHT_PRESENCE_BACKEND", "local")
PRESENCE_OPTIONS = {"region": read_text("OVERSIGHT_AWS_REGION")} if PRESENCE_BACKEND == "rekognition" else {}
# What the service asks for 1,000 photos, in the operator's own words: shown before a bulk run, never a fact of ours.
REKOGNITION_PRICE = read_decimal("OVERSIGHT_REKOGNITION_PRICE", "1.00")

# --- Volunteers ---------------------------------------------------------------------------------------------
# How many people must say the same about a photo. In a demo there is one volunteer, who should see what follows.
SORT_CONSENSUS = read_number("OVERSIGHT_SORT_CONSENSUS", 1 if DEMO else 2, least=1)

# --- Figures for a program that watches the site; without a token there is no such page ------------------------
METRICS_TOKEN = read_text("OVERSIGHT_METRICS_TOKEN")
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    raise ImproperlyConfigured(
        "OVERSIGHT_METRICS_TOKEN is too short. Make one of 20 random characters or more."
    )

# --- Logs: what happened, never to whom -----------------------------------------------------------------------
_LOG_FORMATS = {"line": "oversight.logs.Line", "json": "oversight.logs.Json"}
_LOG_FORMAT = read_text("OVERSIGHT_LOG_FORMAT", "line")
if _LOG_FORMAT not in _LOG_FORMATS:
    raise ImproperlyConfigured(f"OVERSIGHT_LOG_FORMAT is {_LOG_FORMAT!r}. Write line or json.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"careful": {"()": _LOG_FORMATS[_LOG_FORMAT]}},
    "handlers": {"console": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "careful"}},
    "root": {"handlers": ["console"], "level": read_text("OVERSIGHT_LOG_LEVEL", "INFO")},
    "loggers": {"django.request": {"level": "ERROR"}, "rq": {"level": "WARNING"}},
}
os.environ.setdefault("OMP_NUM_THREADS", "1")  # one photo, one core: workers are what scales
os.environ["ORT_DISABLE_TELEMETRY"] = (
    "1"  # or onnxruntime tells its maker about every process (privacy/__init__.py)
)
