"""What another system may ask for. People need no scope: their posts decide, in the rooms."""

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from exchange.authentication import client_of, is_known


class HasScope(BasePermission):
    """A client needs the view's scope for the method: `scopes = {"GET": Scope.READ, "POST": Scope.REPORT}`.

    A method without a scope is open to everybody who has logged in.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not is_known(request):
            raise NotAuthenticated(
                _("Log in, or send the header “Authorization: Api-Key <id>.<secret>”."), "not_authenticated"
            )
        needed = getattr(view, "scopes", {}).get("GET" if request.method == "HEAD" else request.method)
        client = client_of(request)
        if needed and client and needed not in client.scopes:
            raise PermissionDenied(
                _("This key lacks the scope “%(scope)s”.") % {"scope": needed}, "missing_scope"
            )
        return True
