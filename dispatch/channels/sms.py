"""Text messages through the district's gateway."""

from dispatch.channels import gateway
from dispatch.channels.message import Message, Undeliverable
from dispatch.choices import Medium


class Sms:
    medium = Medium.SMS

    def send(self, message: Message) -> str:
        if not message.to:
            raise Undeliverable("no phone number on file")
        return gateway.send(gateway.of(self.medium), message)
