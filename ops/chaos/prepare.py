"""Makes the demo's district one in which everything falls due within minutes: the load of a chaos run."""

import os
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

LIMIT = re.compile(r"\d+(WD|WH|D|H|M)")
SHORT = "1M"


def main(logins: Path) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govflow.settings")
    django.setup()
    from demo.seeding import people  # noqa: PLC0415  (after setup)
    from dispatch.models import Breaker, Responsibility, TimePolicy  # noqa: PLC0415
    from organization import clock, workdays  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)
    call_command("seed_demo", matters=0, logins=str(logins))
    people.give_addresses()
    for policy in TimePolicy.objects.all():
        for field in policy._meta.concrete_fields:
            if isinstance(value := getattr(policy, field.attname), dict):
                setattr(policy, field.attname, shortened(value))
        policy.save()
    for line in Responsibility.objects.all():
        line.limit_amount, line.limit_unit, line.first_response, line.total = 1, "M", "", ""
        line.ladder = shortened(line.ladder)
        line.save()
    now = clock.now()
    # with limits of a minute hundreds fall due at once: that is usual here, and not what the breaker is for
    Breaker.objects.update_or_create(pk=1, defaults={"usual": 1000, "measured_at": now + timedelta(days=30)})
    calendar = workdays.current()
    day = now + timedelta(days=1)
    while not calendar.is_working(day.date()):
        day += timedelta(days=1)
    clock.move_to(
        day.replace(hour=9, minute=0, second=0, microsecond=0)
    )  # offices are open: messages leave at once


def shortened(part: Any) -> Any:
    """Every limit in a policy's data becomes a minute; shares and switches stay."""
    if isinstance(part, dict):
        return {name: shortened(value) for name, value in part.items()}
    if isinstance(part, list):
        return [shortened(value) for value in part]
    return SHORT if isinstance(part, str) and LIMIT.fullmatch(part) else part


if __name__ == "__main__":
    main(Path(sys.argv[1]))
