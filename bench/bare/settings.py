"""The least a Django project can be: no middleware, no sessions, no log-in; the same database."""

from govflow.settings import DATABASES, DEFAULT_AUTO_FIELD, SECRET_KEY  # noqa: F401

ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["rest_framework", "bench.bare"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench.bare.urls"
WSGI_APPLICATION = "bench.bare.wsgi.application"
USE_TZ = True
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
}
