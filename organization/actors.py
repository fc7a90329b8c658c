"""Who does a thing: a person, another system, the reporter, or a rule of the platform."""

from dataclasses import dataclass, field

from organization.choices import ActorKind


@dataclass(frozen=True)
class Actor:
    """`name` is the name as it was then; `posts` are a person's appointments on the day of the act."""

    kind: ActorKind
    id: int | None
    name: str
    posts: tuple = field(default=(), compare=False, repr=False)
    person: object = field(default=None, compare=False, repr=False)
    client: object = field(default=None, compare=False, repr=False)

    @classmethod
    def of_person(cls, person, posts):
        return cls(ActorKind.PERSON, person.pk, person.name, tuple(posts), person=person)

    @classmethod
    def of_client(cls, client):
        return cls(ActorKind.CLIENT, client.pk, client.name, client=client)

    @classmethod
    def reporter(cls, name=""):
        """The reporter by their private link, or without an account. No id: the link is the proof."""
        return cls(ActorKind.REPORTER, None, name)

    @classmethod
    def rule(cls, name):
        return cls(ActorKind.RULE, None, name)

    @property
    def is_rule(self):
        return self.kind == ActorKind.RULE
