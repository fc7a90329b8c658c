"""The ways out of the house: one small module each. A new one joins `Medium` and this tuple."""

from dispatch.channels.email import Email
from dispatch.channels.message import Channel
from dispatch.channels.robot import Robot
from dispatch.channels.sms import Sms
from dispatch.channels.voice import Voice

CHANNELS: tuple[Channel, ...] = (Voice(), Sms(), Robot(), Email())
BY_MEDIUM: dict[str, Channel] = {channel.medium: channel for channel in CHANNELS}
