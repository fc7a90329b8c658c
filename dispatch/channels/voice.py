"""Calls through the district's gateway: a machine reads the words out."""

from dispatch.channels import gateway
from dispatch.channels.message import Message, Undeliverable
from dispatch.choices import Medium


class Voice:
    medium = Medium.VOICE

    def send(self, message: Message) -> str:
        if not message.to:
            raise Undeliverable("no phone number on file")
        return gateway.send(gateway.of(self.medium), message)
