"""Who holds which post on a day."""

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime
from hashlib import sha256

from organization import clock
from organization.actors import Actor
from organization.choices import Role
from organization.models import ApiClient, Area, Person, Post


def actor(person: Person, *, at: datetime) -> Actor:
    """The person as an actor, with the posts valid on the day of `at` (one query)."""
    return Actor.of_person(person, posts_of(person, at=at))


def posts_of(person: Person, *, at: datetime) -> list[Post]:
    """Appointments of the person on the (local) day of `at`, with their units and areas."""
    return list(Post.objects.filter(person=person).valid_on(clock.day_of(at)).for_scope().order_by("pk"))


def holders(department_ids: Collection[int], *, roles: Iterable[Role], at: datetime) -> dict[int, list[Post]]:
    """Present holders of `roles` in the units: {department id: [Post]}, for ladders and notices."""
    posts = (
        Post.objects.filter(department__in=department_ids, person__is_active=True)
        .of_role(*roles)
        .valid_on(clock.day_of(at))
        .for_telling()
        .order_by("pk")
    )
    found: dict[int, list[Post]] = {}
    for post in posts:
        if post.department_id:
            found.setdefault(post.department_id, []).append(post)
    return found


def new_client(*, name: str, scopes: list[str], area: Area, expires_at: datetime) -> tuple[ApiClient, str]:
    """A client and its key `<id>.<secret>`, which is shown this once and never kept."""
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    client = ApiClient.objects.create(
        prefix=prefix, name=name, scopes=scopes, area=area, expires_at=expires_at, secret_hash=digest(secret)
    )
    return client, f"{prefix}.{secret}"


def digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
