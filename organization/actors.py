"""Who does a thing: a person, another system, the reporter, or a rule of the platform."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Self

from organization.choices import ActorKind
from organization.models import ApiClient, Person, Post


class Held(NamedTuple):
    """What an appointment opens: its role, its unit (with level and place) and the place it covers, by path."""

    role: str
    sensitive_desk: bool
    area_path: str | None
    unit: int | None
    unit_level: str
    unit_path: str
    is_command_room: bool
    acting: bool

    @classmethod
    def of(cls, post: Post) -> Self:
        unit = post.department
        area_path = post.area.path if post.area else None
        if unit is None:
            return cls(post.role, post.sensitive_desk, area_path, None, "", "", False, post.acting)
        return cls(
            post.role,
            post.sensitive_desk,
            area_path,
            unit.pk,
            unit.level,
            unit.area.path,
            unit.is_command_room,
            post.acting,
        )


class Reach(NamedTuple):
    """All that decides what an actor may know of. Two actors of one reach may know of the same."""

    kind: ActorKind
    id: int | None
    client_path: str | None
    held: tuple[Held, ...]


@dataclass(frozen=True)
class Actor:
    """`name` is the name as it was then; `posts` are a person's appointments on the day of the act."""

    kind: ActorKind
    id: int | None
    name: str
    posts: tuple[Post, ...] = field(default=(), compare=False, repr=False)
    person: Person | None = field(default=None, compare=False, repr=False)
    client: ApiClient | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of_person(cls, person: Person, posts: Iterable[Post]) -> Self:
        return cls(ActorKind.PERSON, person.pk, person.name, tuple(posts), person=person)

    @classmethod
    def of_client(cls, client: ApiClient) -> Self:
        return cls(ActorKind.CLIENT, client.pk, client.name, client=client)

    @classmethod
    def reporter(cls, name: str = "") -> Self:
        """The reporter by their private link, or without an account. No id: the link is the proof."""
        return cls(ActorKind.REPORTER, None, name)

    @classmethod
    def rule(cls, name: str) -> Self:
        return cls(ActorKind.RULE, None, name)

    @property
    def is_rule(self) -> bool:
        return self.kind == ActorKind.RULE

    @cached_property
    def reach(self) -> Reach:
        path = self.client.area.path if self.client else None
        return Reach(self.kind, self.id, path, tuple(Held.of(post) for post in self.posts))
