"""Who holds which post on a day."""

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime
from hashlib import sha256

from django.db.models import Exists, OuterRef, Q

from organization import catalogue, clock, standing
from organization.actors import Actor
from organization.catalogue import STAMP
from organization.choices import Role
from organization.models import Absence, ApiClient, Area, DutyTurn, Person, Post
from organization.querysets import PostQuerySet
from organization.statements import Given, Kept, Once

_holders = Kept()
NEVER_LENT = (Role.ADMINISTRATOR, Role.AUDITOR)


def actor(person: Person, *, at: datetime) -> Actor:
    """The person as an actor, with the posts held at `at` (two queries)."""
    return Actor.of_person(person, posts_of(person, at=at))


def posts_of(person: Person, *, at: datetime) -> list[Post]:
    """Appointments of the person on the (local) day of `at`, then those held for somebody else at that moment: of whom
    the person is deputy, and of the unit where the person is on duty. Those are `acting`, and confide nothing
    sensitive."""
    held = _held.all(person=person.pk, at=at, day=clock.day_of(at))
    for post in held:
        catalogue.name(post, standing.known(post.stamp))  # type: ignore[attr-defined]
    posts = sorted(held, key=lambda post: (post.person_id != person.pk, post.pk))
    for post in posts:
        if post.person_id != person.pk:
            post.acting, post.sensitive_desk = True, False
    if not posts or posts[0].acting:  # who holds no post any more stands in for nobody
        return []
    return [*posts, *_on_duty(person, at)]


def _lent() -> Q:
    away = Absence.objects.at(Given("at")).filter(person=OuterRef("person"))
    named = Exists(away.filter(deputy=Given("person")))
    standing = Q(deputy=Given("person")) & (Exists(away.filter(deputy=None)) | Q(person__is_active=False))
    return (Q(named) | standing) & ~Q(role__in=NEVER_LENT)


_held: Once[Post] = Once(
    lambda: (
        Post.objects.filter(Q(person=Given("person")) | _lent()).valid_on(Given("day")).annotate(stamp=STAMP)
    )
)
_turns: Once[DutyTurn] = Once(
    lambda: (
        DutyTurn.objects.at(Given("at"))
        .filter(Q(person=Given("person")) | Q(deputy=Given("person")))
        .select_related("department__area")
        .order_by("pk")
    )
)


def _on_duty(person: Person, at: datetime) -> list[Post]:
    """What a turn of duty gives while it lasts: the desk of a command room, the work of any other unit."""
    posts = []
    for turn in _turns.all(person=person.pk, at=at):
        unit = turn.department
        role = Role.DISPATCHER if unit.is_command_room else Role.HANDLER
        area = unit.area if unit.is_command_room else None
        post = Post(person=person, role=role, department=unit, area=area, title=turn.get_slot_display())
        post.acting = True
        posts.append(post)
    return posts


def there(posts: PostQuerySet, *, at: datetime) -> PostQuerySet:
    """Of these posts, those held on the day by somebody active who is not away at the moment."""
    away = Absence.objects.at(at).filter(person=OuterRef("person"))
    return posts.filter(~Exists(away), person__is_active=True).valid_on(clock.day_of(at))


def holders(department_ids: Collection[int], *, roles: Iterable[Role], at: datetime) -> dict[int, list[Post]]:
    """Present holders of `roles` in the units: {department id: [Post]}, for ladders and notices."""
    roles = tuple(roles)
    statement = _holders.of(
        roles,
        lambda: (
            Post.objects.filter(department__in=Given("units", many=True), person__is_active=True)
            .of_role(*roles)
            .valid_on(Given("day"))
            .for_telling()
            .order_by("pk")
        ),
    )
    found: dict[int, list[Post]] = {}
    for post in statement.all(units=department_ids, day=clock.day_of(at)):
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
