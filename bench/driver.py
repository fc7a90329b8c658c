"""A closed-loop driver: each of `concurrency` connections sends its next request when the last answer is in."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import quantiles


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: tuple[str, ...] = ()
    body: bytes = b""

    def encode(self) -> bytes:
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: 127.0.0.1", *self.headers]
        if self.body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(self.body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(frozen=True)
class Result:
    per_second: float
    p50_ms: float
    p95_ms: float
    requests: int
    errors: int


def drive(
    port: int, requests: Iterator[Request], *, concurrency: int, seconds: float, warm_up: float
) -> Result:
    """Requests per second and latency over `seconds`, after `warm_up` seconds that do not count."""
    return asyncio.run(_drive(port, requests, concurrency, seconds, warm_up))


async def _drive(port, requests, concurrency, seconds, warm_up):
    start = time.perf_counter() + warm_up
    taken: list[float] = []
    errors: list[str] = []
    await asyncio.gather(
        *(_loop(port, requests, start, start + seconds, taken, errors) for _ in range(concurrency))
    )
    if errors:
        print("  error:", errors[0][:300])
    if len(taken) < 2:
        raise SystemExit("bench: too few answers to measure")
    cuts = quantiles(taken, n=20)
    return Result(len(taken) / seconds, cuts[9] * 1000, cuts[18] * 1000, len(taken), len(errors))


async def _loop(port, requests, start, stop, taken, errors):
    connection = Connection(port)
    for request in requests:
        begun = time.perf_counter()
        if begun >= stop:
            break
        status, body = await connection.ask(request)
        ended = time.perf_counter()
        if status >= 400:
            errors.append(f"{status} {request.method} {request.path} {body.decode(errors='replace')}")
        elif status and start <= begun and ended <= stop:
            taken.append(ended - begun)
    connection.close()


class Connection:
    """One that is kept alive, and opened again when the server has closed it."""

    def __init__(self, port):
        self.port, self.reader, self.writer = port, None, None

    async def ask(self, request):
        """(status, body); status 0 when an idle connection was found closed and the request was not taken."""
        try:
            if self.writer is None:
                self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
            self.writer.write(request.encode())
            status, body, stays = await _answer(self.reader)
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            return 0, b""
        if not stays:
            self.close()
        return status, body

    def close(self):
        if self.writer:
            self.writer.close()
            self.writer = None


async def _answer(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    if "transfer-encoding: chunked" in head:
        body = b""
        while size := int(await reader.readuntil(b"\r\n"), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readexactly(2)
    else:
        length = head.partition("content-length: ")[2].partition("\r\n")[0]
        body = await reader.readexactly(int(length or 0))
    return status, body, "connection: close" not in head
