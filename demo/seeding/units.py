"""Departments: bureaus, stationed units, town offices, command rooms, village committees."""

from pypinyin import lazy_pinyin

from demo.seeding import facts
from organization.models import Department


def plant(areas, platforms):
    """Create the units, bureaus before the units they station; returns {code: Department}."""
    found = {}
    rows = facts.district()["departments"]
    for stationed in (False, True):
        wave = [row for row in rows if bool(row.get("stationed_of")) is stationed]
        for unit in Department.objects.bulk_create(_unit(row, areas, platforms, found) for row in wave):
            found[unit.code] = unit
    return found


def _unit(row, areas, platforms, found):
    return Department(
        code=row["code"],
        name=row["name"],
        short_name=row["short_name"],
        sort_key="".join(lazy_pinyin(row["name"]))[:240],
        office=row["office"],
        level=row["level"],
        kind=row["kind"],
        area=areas[row["area"]],
        platform=platforms.get(row["platform"]),
        stationed_of=found.get(row.get("stationed_of")),
        uscc=row.get("uscc", ""),
        on_duty_24h=row.get("on_duty_24h", False),
        valid_from=facts.valid_from(),
    )
