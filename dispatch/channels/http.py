"""One POST to a listed origin: ten seconds in all, no redirect, no proxy, 64 kB of answer, certificates checked.

A government's own networks are private addresses, so the guard is a list of exact origins, kept by whoever runs the
server (CHANNEL_ORIGINS), never by a row.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from dispatch.channels.message import Failed, Undeliverable

TIMEOUT = 10.0  # seconds from the first byte to the last
MOST_BYTES = 64 * 1024
PORTS = {"https": 443, "http": 80}


def post(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """(status, answer). Raises Undeliverable for an address that is not listed, Failed when it does not get through."""
    if not is_listed(url):
        raise Undeliverable("the address is not one of CHANNEL_ORIGINS")
    address = urlsplit(url)
    connection = _connection(address)
    guard = threading.Timer(TIMEOUT, lambda: _cut(connection))
    guard.daemon = True
    guard.start()
    try:
        target = (address.path or "/") + (f"?{address.query}" if address.query else "")
        connection.request("POST", target, body=body, headers=dict(headers))
        answer = connection.getresponse()
        content = answer.read(MOST_BYTES + 1)
    except (OSError, http.client.HTTPException) as failure:
        raise Failed(f"{type(failure).__name__}: {failure}"[:200]) from failure
    finally:
        guard.cancel()
        connection.close()
    if len(content) > MOST_BYTES:
        raise Failed("the answer is longer than 64 kB")
    return answer.status, content


def is_listed(url: str) -> bool:
    """Scheme, host and port are exactly those of a listed origin, and nobody's name stands before the host."""
    try:
        mine = _origin(url)
        return bool(mine) and mine in {_origin(each) for each in settings.CHANNEL_ORIGINS}
    except ValueError:
        return False


def _origin(url: str) -> tuple[str, str, int] | None:
    address = urlsplit(url)
    plain = "@" not in address.netloc and "\\" not in url and address.hostname
    if not plain or address.scheme not in PORTS:
        return None
    return address.scheme, str(address.hostname), address.port or PORTS[address.scheme]


def _connection(address: SplitResult) -> http.client.HTTPConnection:
    host, port = str(address.hostname), address.port
    if address.scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT)


def _cut(connection: http.client.HTTPConnection) -> None:
    """End a talk that goes on too long; a server that sends a byte now and then would hold us for ever."""
    if connection.sock:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:  # it ended by itself
            return
