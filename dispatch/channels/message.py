"""What every channel takes, and how it says that it failed."""

import uuid
from dataclasses import dataclass
from typing import Protocol

from dispatch.choices import Medium


@dataclass(frozen=True)
class Message:
    """One message as it leaves: `to` an address or number, for a robot the key of its unit. `id` never changes."""

    id: uuid.UUID
    to: str
    title: str
    text: str


class Failed(Exception):
    """It did not get through now; it is tried again. `gateway` when everybody's messages would fail as well."""

    def __init__(self, why: str, *, gateway: bool = True) -> None:
        super().__init__(why)
        self.gateway = gateway


class Undeliverable(Exception):
    """Trying again changes nothing until somebody mends it: no number on file, no gateway set up."""


class Channel(Protocol):
    medium: Medium

    def send(self, message: Message) -> str:
        """Hand it over; returns the other side's answer, short and without secrets. Raises Failed, Undeliverable."""
