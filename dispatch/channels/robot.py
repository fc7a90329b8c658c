"""The robot of a unit's group chat (WeCom, DingTalk and their like take a POST of JSON)."""

from dispatch.channels import gateway
from dispatch.channels.message import Message
from dispatch.choices import Medium


class Robot:
    medium = Medium.ROBOT

    def send(self, message: Message) -> str:
        return gateway.send(gateway.of(self.medium, unit=int(message.to)), message)
