"""The tree district > town > village > grid."""

from demo.seeding import facts
from organization import geometry
from organization.choices import Level
from organization.models import Area


def plant():
    """Create the areas, each level at once since a child needs its parent's key; returns {code: Area}."""
    found = {}
    for level in (Level.DISTRICT, Level.TOWN, Level.VILLAGE, Level.GRID):
        rows = [row for row in facts.district()["areas"] if row["level"] == level]
        for area in Area.objects.bulk_create(_area(row, found) for row in rows):
            found[area.code] = area
    return found


def _area(row, found):
    parent = found.get(row["parent"])
    ring = row.get("ring")
    return Area(
        code=row["code"],
        name=row["name"],
        level=row["level"],
        kind=row["kind"],
        parent=parent,
        path=f"{parent.path if parent else '/'}{row['code']}/",
        ring=ring,
        households=row.get("households"),
        residents=row.get("residents"),
        valid_from=facts.valid_from(),
        **(geometry.bounding_box(ring)._asdict() if ring else {}),
    )
