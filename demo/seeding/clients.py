"""The two demo systems. Their keys are derived from the site's secret key, so that a restart prints the same ones."""

import base64
import hmac
from datetime import datetime

from django.conf import settings

from organization import people
from organization.choices import Scope
from organization.clock import ZONE
from organization.models import ApiClient

CLIENTS = {"hotline": [Scope.REPORT, Scope.READ], "readonly": [Scope.READ]}
EXPIRES_AT = datetime(2099, 12, 31, tzinfo=ZONE)


def plant(district):
    """Create or renew the clients (a new secret key means new keys); returns {name: ApiClient}."""
    found = {}
    for name, scopes in CLIENTS.items():
        prefix, secret = _key(name)
        found[name], _ = ApiClient.objects.update_or_create(
            name=name,
            defaults={
                "prefix": prefix,
                "secret_hash": people.digest(secret),
                "scopes": scopes,
                "area": district,
                "expires_at": EXPIRES_AT,
                "revoked_at": None,
            },
        )
    return found


def key(name):
    return ".".join(_key(name))


def _key(name):
    made = hmac.digest(settings.SECRET_KEY.encode(), f"demo-client:{name}".encode(), "sha384")
    return made[:4].hex(), base64.urlsafe_b64encode(made[4:36]).decode().rstrip("=")
