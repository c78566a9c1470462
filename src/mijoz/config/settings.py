"""Django settings, read from the environment (12-factor); `docs/install.md` lists every variable."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from mijoz.config import embedded
from mijoz.config.faults import SettingsWrong


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    return text(name, "yes" if default else "no").strip().lower() in {"1", "yes", "true", "on"}


def words(name: str) -> list[str]:
    return [word.strip() for word in text(name).split(",") if word.strip()]


def public_url() -> str:
    """MIJOZ_URL without a slash at its end. Raises SettingsWrong when it is no address of a site."""
    given = text("MIJOZ_URL", "http://127.0.0.1:8000").strip().rstrip("/")
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise SettingsWrong(f"MIJOZ_URL is “{given}”.", "It should be an address such as https://crm.example.uz.")
    return given


PACKAGE = Path(__file__).resolve().parent.parent
DATA_DIR = Path(text("MIJOZ_DATA_DIR", "var")).resolve()
DEBUG = flag("MIJOZ_DEBUG")


def secret_key() -> str:
    """MIJOZ_SECRET_KEY, else a key made once and kept in the data folder, readable by its owner alone.

    Raises SettingsWrong when the folder cannot be written or the key cannot be read.
    """
    if given := text("MIJOZ_SECRET_KEY"):
        return given
    path = DATA_DIR / "secret_key"
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_text().strip()
    except OSError as error:
        raise SettingsWrong(
            f"{error.filename or path}: {error.strerror}.",
            f"{DATA_DIR} must belong to the user who runs Mijoz; or set MIJOZ_DATA_DIR to a folder that does.",
        ) from error
    if not key:
        raise SettingsWrong(f"{path} is empty.", "Bring it back from a backup, or delete it to get a new one.")
    return key


def _make_key(path: Path) -> None:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(50))
    try:
        os.link(fresh, path)  # the first process wins, the others read its key
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def upload_folder() -> Path:
    """Where uploads lie while they come in, readable by its owner alone."""
    folder = DATA_DIR / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


SECRET_KEY = secret_key()
PUBLIC_URL = public_url()  # where people reach Mijoz: links in messages lead there
BEHIND_TLS = flag("MIJOZ_TLS", PUBLIC_URL.startswith("https:"))
# Loopback names are always answered: whoever looks after the server asks it there.
ALLOWED_HOSTS = [*words("MIJOZ_HOSTS"), str(urlsplit(PUBLIC_URL).hostname), "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [*words("MIJOZ_ORIGINS"), PUBLIC_URL]
METRICS_TOKEN = text("MIJOZ_METRICS_TOKEN")

EMBEDDED_FOLDER = DATA_DIR / "postgres"
USES_EMBEDDED_SERVER = not text("DATABASE_URL")


def database() -> dict[str, Any]:
    """Django's description of the one database: DATABASE_URL, else the embedded server."""
    base: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "OPTIONS": {},
        "CONN_HEALTH_CHECKS": True,
    }
    if flag("MIJOZ_WEB_PROCESS"):
        base["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 12, "timeout": 10}
    if USES_EMBEDDED_SERVER:
        return base | {
            "NAME": "mijoz",
            "USER": embedded.SUPERUSER,
            "HOST": str(embedded.socket_dir(EMBEDDED_FOLDER)),
        }
    try:
        given: dict[str, Any] = {key: value for key, value in conninfo_to_dict(text("DATABASE_URL")).items() if value}
    except ProgrammingError as error:
        raise SettingsWrong(
            "DATABASE_URL cannot be read.", "It should look like postgresql://user:password@host:5432/name."
        ) from error
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    described = {key: str(given.pop(word, "")) for key, word in named.items()}
    base["OPTIONS"] |= {"connect_timeout": 10} | given
    return base | described


DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "mijoz.ui",
    "mijoz.business",
    "mijoz.events",
    "mijoz.customers",
    "mijoz.channels",
    "mijoz.segments",
    "mijoz.loyalty",
    "mijoz.scenarios",
    "mijoz.surveys",
    "mijoz.insights",
    "mijoz.portal",
    "mijoz.onboarding",
    "allauth",  # after ours, so that its pages are shown by our templates
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "mijoz.business.middleware.StaffMiddleware",
    "mijoz.business.middleware.HistoryMiddleware",
    "mijoz.business.middleware.DenyByDefaultMiddleware",
    "mijoz.ui.middleware.MethodNotAllowedPage",
]

ROOT_URLCONF = "mijoz.config.urls"
ASGI_APPLICATION = "mijoz.config.asgi.application"
FORM_RENDERER = "mijoz.ui.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mijoz.business.context.business",
                "mijoz.ui.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "mijoz.ui.templatetags.mijoz",
            ],
        },
    }
]

LANGUAGES = [("uz", "Oʻzbekcha"), ("ru", "Русский"), ("en", "English")]
LANGUAGE_CODE = text("MIJOZ_LANGUAGE", "uz")
LANGUAGE_COOKIE_AGE = 365 * 86_400
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [PACKAGE / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"  # pages show moments in the business's own zone
USE_THOUSAND_SEPARATOR = True


def static_url() -> str:
    """Where styles and scripts are: under a digest of them, so that browsers keep them until they change."""
    if DEBUG or not flag("MIJOZ_WEB_PROCESS"):
        return "/static/"
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.glob("*/static/**/*")):
        if path.is_file() and path.suffix != ".gz":
            digest.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    return f"/static/{digest.hexdigest()[:12]}/"


STATIC_URL = static_url()
STATICFILES_DIRS: list[Path] = []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if STATIC_URL == "/static/" else 365 * 86_400
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_TEMP_DIR = upload_folder()  # on the disk of our data: /tmp is often kept in memory
LARGEST_UPLOAD = int(text("MIJOZ_LARGEST_UPLOAD_MB", "2048")) * 1024 * 1024  # bytes
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

AUTH_USER_MODEL = "business.StaffMember"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "mijoz.business.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # staff are invited by an owner; nobody signs up
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {
    "login": "mijoz.business.forms.signing_in.SignInForm",
    "reauthenticate": "mijoz.business.forms.signing_in.ConfirmPasswordForm",
    "change_password": "mijoz.business.forms.signing_in.ChangePasswordForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "Mijoz"
MFA_TOTP_TOLERANCE = 1  # a clock may be half a minute off, and typing takes time
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs up: who has an account was invited
MFA_ADAPTER = "mijoz.business.accounts.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "mijoz.business.forms.signing_in.CodeForm",
    "reauthenticate": "mijoz.business.forms.signing_in.ConfirmCodeForm",
    "activate_totp": "mijoz.business.forms.signing_in.ActivateAppForm",
    "add_webauthn": "mijoz.business.forms.signing_in.AddPasskeyForm",
    "edit_webauthn": "mijoz.business.forms.signing_in.RenamePasskeyForm",
}

ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_TLS else 0  # whose word on the client's address counts for rate limits
# With this prefix browsers take a cookie by TLS from this very host alone; no neighbour on the domain can set it.
COOKIE_PREFIX = "__Host-" if BEHIND_TLS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}mijoz-session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}mijoz-csrf"
SESSION_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 86_400
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "mijoz.ui.views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'", "'unsafe-inline'"],  # style attributes: bar widths, chart canvases
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "object-src": ["'none'"],
    }
}

PROCRASTINATE_ON_APP_READY = None
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"without_tokens": {"()": "mijoz.business.logs.WithoutTokens"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_tokens"]}},
    "root": {"handlers": ["stderr"], "level": text("MIJOZ_LOG_LEVEL", "WARNING")},
    "loggers": {"django.request": {"level": "ERROR"}},  # a form filled in wrongly, a page that is not there: no news
}
