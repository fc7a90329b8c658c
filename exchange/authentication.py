"""`Authorization: Api-Key <id>.<secret>` for other systems; people use their session with CSRF."""

import hmac
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from organization.models import ApiClient
from organization.people import digest
from organization.statements import Given, Once

_known: Once[ApiClient] = Once(
    lambda: ApiClient.objects.select_related("area").defer("area__ring").filter(prefix=Given("prefix"))
)

KEYWORD = "api-key"
CHALLENGE = 'Api-Key realm="GovFlow"'
NOBODY = digest("nobody")


class ApiKeyAuthentication(BaseAuthentication):
    """The secret is 256 random bits, so its SHA-256 is compared, in constant time, also when nobody has that id.

    Expiry is judged in real time: the demo's moved clock must not end keys.
    """

    def authenticate(self, request: Request) -> tuple[ApiClient, ApiClient] | None:
        keyword, _space, key = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
        if not keyword:
            return None
        if keyword.lower() != KEYWORD:
            raise AuthenticationFailed(
                _("Write the header as “Authorization: Api-Key <id>.<secret>”."), "bad_header"
            )
        client = self._client(key.strip())
        if client.revoked_at is not None:
            raise AuthenticationFailed(_("This API key was revoked."), "key_revoked")
        if client.expires_at <= timezone.now():
            raise AuthenticationFailed(_("This API key has expired."), "key_expired")
        return client, client

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE

    def _client(self, key: str) -> ApiClient:
        prefix, _dot, secret = key.partition(".")
        client = _client_of(prefix)
        right = hmac.compare_digest(digest(secret), client.secret_hash if client else NOBODY)
        if client is None or not right:
            raise AuthenticationFailed(_("This API key is not known."), "key_unknown")
        return client


def client_of(request: Request) -> ApiClient | None:
    """The system that asks, or None for a person and for nobody."""
    user: Any = request.user
    return user if isinstance(user, ApiClient) else None


def is_known(request: Request) -> bool:
    user: Any = request.user
    return bool(user and user.is_authenticated)


def _client_of(prefix: str) -> ApiClient | None:
    if not prefix.isalnum() or not prefix.isascii():
        return None
    return _known.first(prefix=prefix)
