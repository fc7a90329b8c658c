"""What `/metrics` says: Prometheus text, made of audit.vitals."""

from audit.vitals import Vitals

HELP = {
    "govflow_alarms_due": "Alarms that should have rung and have not.",
    "govflow_alarm_oldest_seconds": "How late the oldest of them is, in business time.",
    "govflow_rungs_last_hour": "Rungs that fired in the last hour.",
    "govflow_rung_lag_seconds": "How late they fired after the moment they were set to.",
    "govflow_steps_stuck": "Steps that failed to ring eight times or more; tried again every ten minutes.",
    "govflow_matters_open": "Matters that are open.",
    "govflow_outbox_ready": "Messages that may leave now and have not.",
    "govflow_outbox_oldest_seconds": "How long the oldest of them has waited.",
    "govflow_outbox_dead": "Messages that were given up.",
    "govflow_sweep_age_seconds": "Seconds since a loop finished a pass.",
    "govflow_calendar_confirmed_days": "Days from today that official calendar notices cover without a gap.",
    "govflow_audit_age_seconds": "Seconds since the last audit that was kept.",
    "govflow_audit_breaches": "Breaches it found.",
}


def text(state: Vitals) -> list[str]:
    """Lines in the order of HELP, each figure with its help and type before it."""
    lines: list[str] = []
    for name, samples in _figures(state).items():
        lines += [f"# HELP {name} {HELP[name]}", f"# TYPE {name} gauge"]
        lines += [f"{name}{labels} {value:g}" for labels, value in samples]
    return lines


def _figures(state: Vitals) -> dict[str, list[tuple[str, float]]]:
    quantiles = zip(("0.5", "0.99", "1"), state.lag or (), strict=False)
    confirmed = (state.confirmed_until - state.now.date()).days if state.confirmed_until else 0
    found: dict[str, list[tuple[str, float]]] = {
        "govflow_alarms_due": [("", state.due)],
        "govflow_alarm_oldest_seconds": [("", round(state.waits, 1))],
        "govflow_rungs_last_hour": [("", state.rungs)],
        "govflow_rung_lag_seconds": [(f'{{quantile="{name}"}}', round(lag, 3)) for name, lag in quantiles],
        "govflow_steps_stuck": [("", state.stuck)],
        "govflow_matters_open": [("", state.open_matters)],
        "govflow_outbox_ready": [("", state.messages)],
        "govflow_outbox_oldest_seconds": [("", round(state.message_waits, 1))],
        "govflow_outbox_dead": [("", state.dead_messages)],
        "govflow_sweep_age_seconds": [
            (f'{{name="{beat.name}"}}', round(beat.age, 1)) for beat in state.beats
        ],
        "govflow_calendar_confirmed_days": [("", confirmed)],
    }
    if state.audit_at:
        age = (state.real - state.audit_at).total_seconds()
        found["govflow_audit_age_seconds"] = [("", round(age, 0))]
        found["govflow_audit_breaches"] = [("", state.audit_breaches)]
    return {name: samples for name, samples in found.items() if samples}
