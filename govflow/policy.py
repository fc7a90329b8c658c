"""The content security policy has no nonce and is the same for every answer, so it is written once."""

from functools import cache
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy

OWN = ("_csp_config", "_csp_update", "_csp_replace", "_csp_exempt")  # what a view may say of its answer


class OnePolicy(CSPMiddleware):
    def process_response(self, request: Any, response: Any) -> Any:
        if (
            HEADER in response
            or any(hasattr(response, name) for name in OWN)
            or hasattr(request, "_csp_nonce")
        ):
            return super().process_response(request, response)
        response[HEADER] = _policy()
        return response


@cache
def _policy() -> str:
    return build_policy()
