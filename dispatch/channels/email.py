"""E-mail over the mail server of the settings."""

import smtplib

from django.core.mail import EmailMessage

from dispatch.channels.message import Failed, Message, Undeliverable
from dispatch.choices import Medium


class Email:
    medium = Medium.EMAIL

    def send(self, message: Message) -> str:
        if not message.to:
            raise Undeliverable("no e-mail address on file")
        letter = EmailMessage(
            message.title,
            message.text,
            to=[message.to],
            headers={"Message-ID": f"<{message.id}@govflow>"},
        )
        try:
            letter.send()
        except smtplib.SMTPRecipientsRefused as refusal:
            raise Failed(f"the mail server refused the address: {refusal}", gateway=False) from refusal
        except (OSError, smtplib.SMTPException) as failure:
            raise Failed(str(failure)) from failure
        return ""
