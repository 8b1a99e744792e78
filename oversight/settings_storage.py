"""Settings: database, queue, uploads, photos and static files."""

from django.core.exceptions import ImproperlyConfigured

from oversight.environment import parse_database_url, read_number, read_text
from oversight.settings_site import DATA, LOCATIONS, PRODUCTION

# --- Database and queue: one URL each; the embedded ones when none is given --------------------------------
DB_ROLE = read_text("OVERSIGHT_DB_ROLE", "app")
if DB_ROLE not in {"app", "owner"}:
    raise ImproperlyConfigured(f"OVERSIGHT_DB_ROLE is {DB_ROLE!r}. Write app or owner.")
_APP_URL = read_text("DATABASE_URL") or LOCATIONS.database_url("app")
DATABASE_OWNER_URL = read_text("DATABASE_OWNER_URL") or (
    "" if read_text("DATABASE_URL") else LOCATIONS.database_url("owner")
)
APP_DATABASE_ROLE = str(parse_database_url(_APP_URL)["USER"])
DATABASES = {
    "default": {
        **parse_database_url(
            DATABASE_OWNER_URL if DB_ROLE == "owner" and DATABASE_OWNER_URL else _APP_URL,
            lock_seconds=read_number("OVERSIGHT_MIGRATION_LOCK_SECONDS", 5) if DB_ROLE == "owner" else 0,
        ),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = read_text("REDIS_URL") or LOCATIONS.redis_url()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        "TIMEOUT": 300,
    }
}

# --- Uploads: memory only, so that no byte of a refused photo ever reaches a disk ---------------------------
MAX_PHOTOS_PER_UPLOAD = 10
MAX_UPLOAD_BYTES = 80 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = MAX_UPLOAD_BYTES
DATA_UPLOAD_MAX_NUMBER_FILES = (
    10 * MAX_PHOTOS_PER_UPLOAD
)  # past that a bare refusal; up to it the form explains

# --- Photos and static files: a folder by default, S3 by setting --------------------------------------------
PHOTO_FOLDER = DATA / "photos"
S3_BUCKET = read_text("OVERSIGHT_S3_BUCKET")
_FOLDER_STORAGE = {
    "BACKEND": "oversight.storage.DurableFolder",
    "OPTIONS": {
        "location": PHOTO_FOLDER,
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    },
}
_S3_STORAGE = {
    "BACKEND": "storages.backends.s3.S3Storage",
    "OPTIONS": {
        "bucket_name": S3_BUCKET,
        "endpoint_url": read_text("OVERSIGHT_S3_ENDPOINT") or None,
        "region_name": read_text("OVERSIGHT_S3_REGION") or None,
        "access_key": read_text("OVERSIGHT_S3_ACCESS_KEY") or None,
        "secret_key": read_text("OVERSIGHT_S3_SECRET_KEY") or None,
        "default_acl": None,
        "querystring_auth": True,
        "file_overwrite": True,
    },
}
STATIC_URL = "static/"
STATIC_ROOT = DATA / "static-built"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "private": _S3_STORAGE if S3_BUCKET else _FOLDER_STORAGE,
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = not PRODUCTION
