"""Signs of what leaves the house: the relay, its outbox, its gateways, and whether it may send at all."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from audit.vitals import Vitals
from desk.pages.signs import BAD, LOOK, OK, Check, loop
from dispatch import copies
from dispatch.models import Endpoint

DIGEST = 35 * 60  # seconds an ordinary message may wait for the others of its digest


def _relays(state: Vitals) -> Check:
    beats = [beat for beat in state.beats if beat.is_relay]
    return loop(
        _("Relay"), beats,
        means=_("It sends what waits in the outbox. Notices in the platform do not need it."),
        todo=_("Start `manage.py relay --loop`."),
    )  # fmt: skip


def _outbox(state: Vitals) -> Check:
    says = (
        _("%(n)d wait, the oldest for %(m)d min") % {"n": state.messages, "m": state.message_waits // 60}
        if state.messages
        else _("Nothing waits")
    )
    return Check(
        _("Messages that may leave"), LOOK if state.message_waits > DIGEST else OK, says,
        _("Ordinary ones are gathered for up to half an hour; emergencies go at once."),
        _("Look whether the relay runs and the gateways answer."), since=state.oldest_message,
    )  # fmt: skip


def _dead(state: Vitals) -> Check:
    says = _("%(n)d messages") % {"n": state.dead_messages} if state.dead_messages else _("None")
    return Check(
        _("Messages given up"), LOOK if state.dead_messages else OK, says,
        _("No address, or the gateway refused them to the end. The notice in the platform is there."),
        _("Put the address or the gateway right and send them again."),
    )  # fmt: skip


def _gateways(state: Vitals) -> Check:
    failing = list(Endpoint.objects.filter(failures__gte=3).order_by("name"))
    says = "; ".join(f"{each.name}: {each.error}" for each in failing) or _("All that were asked answer")
    return Check(
        _("Gateways"), LOOK if failing else OK, says,
        _("Mail server, text messages, calls and group robots. One that fails is left alone for up to a minute."),
        _("Look at the gateway; what waits for it is sent when it answers again."),
    )  # fmt: skip


def _hold(state: Vitals) -> Check:
    reason = copies.hold()
    return Check(
        _("Permission to send"), BAD if reason else OK, str(reason.label) if reason else _("Given"),
        _("A restored copy sends nothing until a person says go, else last week's messages would go out again."),
        _("If this is the real platform, release it: `manage.py release_outbox`; see the operations manual."),
    )  # fmt: skip


CHECKS: tuple[Callable[[Vitals], Check], ...] = (_relays, _hold, _outbox, _gateways, _dead)
