"""Who does a thing: a person, another system, the reporter, or a rule of the platform."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from organization.choices import ActorKind
from organization.models import ApiClient, Person, Post


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
