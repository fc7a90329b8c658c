"""A gateway of our own on this machine, which answers as it is told and keeps what it was sent."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dispatch.models import ChannelSetting, Outbox

BODY = {"mobile": "{to}", "content": "{text}", "ref": "{id}"}


@contextmanager
def listening(settings, answer=lambda request: (200, b'{"code": 0}', {})):
    """Yields the server: `.url`, `.got` as [(path, headers, JSON)]. `answer(request)` gives (status, body, headers)."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            kind = self.headers["Content-Type"]
            server.got.append(
                (self.path, self.headers, json.loads(body) if "json" in kind else body.decode())
            )
            status, content, headers = server.answer(self)
            self.send_response(status)
            for name, value in {"Content-Length": len(content), **headers}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.got, server.answer = [], answer
    server.url = f"http://127.0.0.1:{server.server_port}/send"
    settings.CHANNEL_ORIGINS = [server.url]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def gateway(url, medium="sms", **facts):
    return ChannelSetting.objects.create(medium=medium, url=url, **{"body": BODY, **facts})


def only(medium, matter=None):
    """The one message of a medium; nothing else is left in the outbox."""
    rows = Outbox.objects.filter(medium=medium, **({"matter": matter} if matter else {}))
    row = rows.order_by("pk").first()
    Outbox.objects.exclude(pk=row.pk).delete()
    return row
