"""The file that tells people and scripts how to log in."""

import json
import os
from pathlib import Path

from demo.seeding import clients
from demo.seeding.people import NAMED
from organization.models import ApiClient, Post


def write(file, password):
    """Write the logins whole or not at all, readable by their owner only."""
    path = Path(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump({"users": _users(password), "api_clients": _clients()}, out, ensure_ascii=False, indent=1)
    draft.replace(path)


def _users(password):
    posts = Post.objects.filter(person__username__in=NAMED).select_related(
        "person", "department__area", "area"
    )
    rows = [
        {
            "username": post.person.username,
            "password": password,
            "role": post.role,
            "area": (post.area or post.department.area).code,
            "department": post.department.name if post.department else None,
        }
        for post in posts
    ]
    return sorted(rows, key=lambda row: NAMED.index(row["username"]))


def _clients():
    rows = ApiClient.objects.filter(name__in=clients.CLIENTS).select_related("area").order_by("pk")
    return [
        {"name": row.name, "key": clients.key(row.name), "scopes": row.scopes, "area": row.area.code}
        for row in rows
    ]
