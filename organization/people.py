"""Who holds which post on a day."""

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime
from hashlib import sha256

from django.db.models import Exists, OuterRef, Q

from organization import clock
from organization.actors import Actor
from organization.choices import Role
from organization.models import Absence, ApiClient, Area, DutyTurn, Person, Post

NEVER_LENT = (Role.ADMINISTRATOR, Role.AUDITOR)


def actor(person: Person, *, at: datetime) -> Actor:
    """The person as an actor, with the posts held at `at` (two queries)."""
    return Actor.of_person(person, posts_of(person, at=at))


def posts_of(person: Person, *, at: datetime) -> list[Post]:
    """Appointments of the person on the (local) day of `at`, then those held for somebody else at that moment: of whom
    the person is deputy, and of the unit where the person is on duty. Those are `acting`, and confide nothing
    sensitive."""
    held = Post.objects.filter(Q(person=person) | _lent_to(person, at)).valid_on(clock.day_of(at)).for_scope()
    posts = sorted(held, key=lambda post: (post.person_id != person.pk, post.pk))
    for post in posts:
        if post.person_id != person.pk:
            post.acting, post.sensitive_desk = True, False
    if not posts or posts[0].acting:  # who holds no post any more stands in for nobody
        return []
    return [*posts, *_on_duty(person, at)]


def _lent_to(person: Person, at: datetime) -> Q:
    away = Absence.objects.at(at).filter(person=OuterRef("person"))
    named = Exists(away.filter(deputy=person))
    standing = Q(deputy=person) & (Exists(away.filter(deputy=None)) | Q(person__is_active=False))
    return (Q(named) | standing) & ~Q(role__in=NEVER_LENT)


def _on_duty(person: Person, at: datetime) -> list[Post]:
    """What a turn of duty gives while it lasts: the desk of a command room, the work of any other unit."""
    turns = DutyTurn.objects.at(at).filter(Q(person=person) | Q(deputy=person))
    posts = []
    for turn in turns.select_related("department__area").order_by("pk"):
        unit = turn.department
        role = Role.DISPATCHER if unit.is_command_room else Role.HANDLER
        area = unit.area if unit.is_command_room else None
        post = Post(person=person, role=role, department=unit, area=area, title=turn.get_slot_display())
        post.acting = True
        posts.append(post)
    return posts


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
