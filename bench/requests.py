"""Endless requests of each kind, made before the clock runs."""

import json
import random
from collections.abc import Iterator
from itertools import cycle

from bench.driver import Request
from bench.world import api_keys, session
from demo.seeding import facts
from dispatch.models import Node
from matters.models import Matter
from organization.choices import Role
from organization.models import Area, Post

KEYS = 20_000


def bare_view() -> Iterator[Request]:
    return cycle([Request("GET", "/view")])


def bare_create() -> Iterator[Request]:
    body = {
        "name": "路灯不亮",
        "text": "村口到小学那一段五盏灯有三盏不亮，半个多月了。",
        "place": "990106100202",
    }
    return cycle([Request("POST", "/things", body=json.dumps(body).encode())])


def intake() -> Iterator[Request]:
    """Reports as a hotline sends them: text, category, point, reporter, a key of its own."""
    rng, keys = random.Random(1), cycle(api_keys())
    grids = list(Area.objects.filter(level="grid").filter(ring__isnull=False))
    words = facts.texts()["reports"]
    codes = [code for code in words if not code.startswith("XX")]
    serial = 0
    while True:
        serial += 1
        grid, code = rng.choice(grids), rng.choice(codes)
        lon, lat = rng.uniform(grid.west, grid.east), rng.uniform(grid.south, grid.north)
        body = {
            "text": rng.choice(words[code]).format(village="村里", spot="村口"),
            "category": code,
            "channel": "hotline",
            "location": {"lon": lon, "lat": lat, "crs": "cgcs2000", "address": grid.name},
            "reporter": {"name": "陈女士", "phone": f"141000{serial % 10**5:05d}"},
        }
        headers = (next(keys), f"Idempotency-Key: bench-{rng.getrandbits(64):x}")
        yield Request("POST", "/api/v1/matters", headers, json.dumps(body).encode())


def list_page() -> Iterator[Request]:
    """The newest fifty, and what a desk asks for: open ones of a town."""
    key = (api_keys()[0],)
    paths = ["/api/v1/matters?limit=50", "/api/v1/matters?limit=50&status=dispatched&area=990106001"]
    return cycle([Request("GET", path, key) for path in paths])


def file_page() -> Iterator[Request]:
    """Files of closed and open matters, any of them."""
    key = (api_keys()[0],)
    numbers = list(
        Matter.objects.filter(sensitive=False).order_by("-pk").values_list("number", flat=True)[:KEYS]
    )
    random.Random(2).shuffle(numbers)
    return cycle([Request("GET", f"/api/v1/matters/{number}", key) for number in numbers])


def node_verb() -> Iterator[Request]:
    """Units sign what is new to them: each node once."""
    posts = Post.objects.filter(role=Role.HANDLER).select_related("person")
    headers = {post.department_id: session(post.person) for post in posts}
    nodes = Node.objects.filter(kind="handle", status="open", department__in=headers, matter__sensitive=False)
    rows = list(nodes.order_by("pk").values_list("pk", "department", "revision")[:KEYS])
    random.Random(3).shuffle(rows)
    for pk, department, revision in rows:
        body = json.dumps({"revision": revision}).encode()
        yield Request("POST", f"/api/v1/nodes/{pk}/sign", headers[department], body)
