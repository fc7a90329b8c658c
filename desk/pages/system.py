"""The check page: whether the platform itself is well, what each sign means, and what to do about it."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from audit import anchors, broker
from audit.vitals import Vitals
from desk.pages import system_messages
from desk.pages.signs import BAD, LOOK, OK, Check, loop
from dispatch import rosters
from dispatch.breaker_rows import Breaker
from dispatch.choices import BreakerState
from organization.clock import ZONE

A_NIGHT = timedelta(hours=26)
WORSE = [OK, LOOK, BAD]
LATE = 60  # seconds an alarm may be late
HORIZON = 60  # days of which the calendar must be confirmed


def checks(state: Vitals) -> list[Check]:
    """Every sign, what needs somebody first."""
    return sorted((check(state) for check in CHECKS), key=lambda each: -WORSE.index(each.state))


def worst(found: list[Check]) -> str:
    return max((each.state for each in found), key=WORSE.index)


def _broker(state: Vitals) -> Check:
    why = broker.ping()
    return Check(
        _("Broker"), LOOK if why else OK, _("Does not answer: %(why)s") % {"why": why} if why else _("Answers"),
        _("It only wakes the workers; without it the loops look every two seconds."),
        _("Start Valkey or Redis again. Nothing is lost meanwhile."),
    )  # fmt: skip


def _sweepers(state: Vitals) -> Check:
    beats = [beat for beat in state.beats if not beat.is_relay]
    return loop(
        _("Sweeper"), beats,
        means=_("It rings what is due: reminders, warnings, hand-ups. One is enough, two on two machines are better."),
        todo=_("Start `manage.py sweep --loop`. It catches up by itself, one rung for each step."),
    )  # fmt: skip


def _alarms(state: Vitals) -> Check:
    if not state.due:
        says = _("Nothing waits")
    else:
        says = _("%(n)d wait, the oldest for %(s)d s") % {"n": state.due, "s": state.waits}
    return Check(
        _("Alarms that are due"), BAD if state.waits > LATE else OK, says,
        _("Each must ring within 60 seconds of its moment."),
        _("If the sweeper runs and this does not fall, look into its log, and start a second sweeper."),
        since=state.oldest_due,
    )  # fmt: skip


def _lag(state: Vitals) -> Check:
    if state.lag is None:
        return Check(
            _("Lateness"), OK, _("Nothing rang in the last hour"), _("How late rungs fired."), _("Nothing.")
        )
    median, most, longest = state.lag
    says = _("Last hour: %(n)d rungs, half within %(p50).1f s, 99 %% within %(p99).1f s, all within %(max).1f s") % {
        "n": state.rungs, "p50": median, "p99": most, "max": longest,
    }  # fmt: skip
    return Check(
        _("Lateness"), LOOK if longest > LATE else OK, says,
        _("How late rungs fired after the moment they were set to; after an outage this is high for an hour."),
        _("If there was no outage, start a second sweeper."),
    )  # fmt: skip


def _stuck(state: Vitals) -> Check:
    says = _("%(n)d steps") % {"n": state.stuck} if state.stuck else _("None")
    return Check(
        _("Steps that cannot ring"), BAD if state.stuck else OK, says,
        _("They failed eight times and are tried again every ten minutes; all others go on."),
        _("Read the reason below, remove its cause, then let it try again now."),
    )  # fmt: skip


def _breaker(state: Vitals) -> Check:
    row = Breaker.objects.filter(pk=1).first()
    holds = row is not None and row.state != BreakerState.CLOSED
    return Check(
        _("Breaker"), BAD if holds else OK, row.get_state_display() if row and holds else _("Lets everything ring"),
        _("It holds warnings and hand-ups when far more falls due at once than usual, or the clock has jumped."),
        _("Open the breaker's page, look at what is held, and let go or stop."),
        since=row.since if row and holds else None,
    )  # fmt: skip


def _calendar(state: Vitals) -> Check:
    left = (state.confirmed_until - state.now.date()).days if state.confirmed_until else 0
    says = (
        _("Confirmed until %(day)s") % {"day": state.confirmed_until}
        if state.confirmed_until
        else _("Not confirmed")
    )
    return Check(
        _("Working calendar"), OK if left >= HORIZON else LOOK if left else BAD, says,
        _("Deadlines beyond the last official notice are provisional and may move."),
        _("Publish the notice of the coming year as soon as it is out, 60 days ahead at the latest."),
    )  # fmt: skip


def _rosters(state: Vitals) -> Check:
    gaps = rosters.gaps(state.now)
    says = _("Somebody is always on duty")
    if gaps:
        first = min(gap.from_at for gap in gaps).astimezone(ZONE)
        says = _("%(n)d units have gaps in the next 14 days, the first on %(at)s") % {
            "n": len({gap.department for gap in gaps}), "at": f"{first:%m-%d %H:%M}",
        }  # fmt: skip
    return Check(
        _("Duty rosters"), LOOK if gaps else OK, says,
        _("Command rooms, units on duty day and night and units that lead emergencies need somebody at every hour."),
        _("Their heads fill the gaps in the duty roster; until then the level above is called."),
    )  # fmt: skip


def _audit(state: Vitals) -> Check:
    old = state.audit_at is None or state.real - state.audit_at > A_NIGHT
    says = _("Has never run")
    if state.audit_at:
        says = _("%(n)d breaches") % {"n": state.audit_breaches}
    return Check(
        _("Audit"), BAD if state.audit_breaches else LOOK if old else OK, says,
        _("Every night all rules are checked by code that shares nothing with the engine."),
        _("Run `manage.py audit_invariants --keep`; never repair a breach by hand in the database."),
        since=state.audit_at,
    )  # fmt: skip


def _anchors(state: Vitals) -> Check:
    try:
        last = anchors.latest(settings.ANCHORS)
    except (OSError, ValueError, KeyError):
        last = None
    old = last is None or state.real - last[0] > A_NIGHT
    says = _("%(n)d timelines") % {"n": last[1]} if last else _("Nothing is anchored on this machine")
    return Check(
        _("Anchors"), LOOK if old else OK, says,
        _("The ends of all timelines are written outside the database, so that nobody can rewrite them unseen."),
        _("Run `manage.py anchor_heads`, and keep the line it prints elsewhere."), since=last and last[0],
    )  # fmt: skip


CHECKS: tuple[Callable[[Vitals], Check], ...] = (
    _sweepers, _alarms, _breaker, _stuck, _lag, *system_messages.CHECKS, _rosters, _calendar, _broker, _audit, _anchors,
)  # fmt: skip
