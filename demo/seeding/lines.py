"""The responsibility list, one line for each category in the whole district, and the default time policy."""

from datetime import datetime, timedelta

from demo.seeding import facts
from dispatch import ladders
from dispatch.laddering import DEFAULTS
from dispatch.models import Responsibility, TimePolicy, default_rings
from organization.calendar import Limit
from organization.clock import ZONE


def plant(categories, district):
    return Responsibility.objects.bulk_create(
        _line(row, categories[row["code"]], district) for row in facts.district()["lines"]
    )


def plant_policy():
    """Design page, section 4. Stages of an emergency run in minutes, day and night."""
    desk = {"normal": "4WH", "urgent": "15M", "emergency": "10M"}
    unit = {"normal": "1WD", "urgent": "15M", "emergency": "15M"}
    ladders.keep(*DEFAULTS.values())
    return TimePolicy.objects.create(
        effective_from=facts.valid_from(),
        stages={
            "accept": desk,
            "dispatch": desk,
            "sign": unit,
            "return_window": unit,
            "verify": {"normal": "1WD"},
            "callback": {"normal": "2WD"},
            "call": {"normal": "1WD"},
        },
        levels={"village": "5WD", "town": "5WD"},
        ladders=DEFAULTS,
        # a walk of some days passes quickly what nobody answers
        rings=default_rings() | {"slow_after": "2H", "slow_every": "4H"},
        auto_confidence=0.95,
    )


def _line(row, category, district):
    lead, limit = row["lead"] or {}, Limit.parse(row["limit"])
    start = datetime.combine(facts.valid_from(), datetime.min.time(), ZONE)
    return Responsibility(
        code=row["code"],
        version=1,
        category=category,
        area=district,
        list_kind=row["list_kind"],
        lead_level=lead.get("level", ""),
        lead_office=lead.get("office", ""),
        assisting=row["assisting"],
        legal_basis=row["legal_basis"],
        standard=row["standard"],
        limit_amount=limit.amount,
        limit_unit=limit.unit,
        first_response=row["first_response"],
        stages=row.get("stages", []),
        effective_from=facts.valid_from(),
        published_at=start - timedelta(days=12),
    )
