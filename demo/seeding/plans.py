"""What is reported, where, by whom and when: the plan of each story, drawn from a seeded generator."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from demo.seeding import facts
from dispatch.models import Responsibility
from matters.choices import Route
from organization.calendar import Limit, Unit, minus_working
from organization.choices import Level
from organization.clock import ZONE
from organization.models import Area

DAYS = 90
RURAL = {"ZZ05", "ZZ12", "ZZ14", "ZF14", "ZF16", "ZF18", "BM16", "BM17", "BM19"}
URBAN = {"ZZ06", "JG06", "ZF06", "ZF07", "ZF08", "ZF12", "ZZ02", "BM09", "ZF05"}
NEEDS_FARM_OFFICE = {"ZZ14", "ZZ15", "ZF16", "BM16", "BM17", "BM19"}
SMALL = ["ZF02", "ZF05", "ZF07", "ZF08", "ZZ07", "BM11", "BM07", "ZZ01", "ZF04", "BM08"]
CHANNELS = {
    "grid": 34,
    "hotline": 30,
    "mini": 18,
    "wechat": 7,
    "visit": 4,
    "patrol": 3,
    "video": 2,
    "leader": 1,
    "transfer": 1,
}
HOMES = {"990106001001001", "990106100200001"}  # the grids of grid01 and grid02
MINUTES = {Unit.WD: 450, Unit.WH: 60, Unit.H: 60, Unit.M: 1, Unit.D: 450}


@dataclass(frozen=True)
class Plan:
    """`minutes` is how long the lead takes: working minutes, in emergencies minutes of the day and night."""

    fate: object
    at: datetime
    line: Responsibility
    area: Area
    text: str
    channel: str
    minutes: float
    is_named: bool = True  # whether the report names its category

    @property
    def category(self):
        return self.line.category

    @property
    def is_emergency(self):
        return self.category.emergency or self.category.route == Route.EMERGENCY_CALL


class Planner:
    def __init__(self, rng, calendar, now):
        self.rng, self.calendar, self.now = rng, calendar, now
        self.lines = {line.code: line for line in Responsibility.objects.select_related("category", "area")}
        areas = Area.objects.select_related("parent__parent__parent").order_by("code")
        self.places = [area for area in areas if area.level == Level.GRID and area.ring]
        self.district = next(area for area in areas if area.level == Level.DISTRICT)
        self.words = facts.texts()

    def plan(self, fate):
        line = self.lines[self.rng.choice(self._codes(fate))]
        area = self._place(line.code, fate)
        minutes = self._minutes(line)
        return Plan(
            fate=fate,
            at=self._start(fate, minutes, line),
            line=line,
            area=area,
            text=self._text(line.code, area),
            channel=fate.channel or self.rng.choices(list(CHANNELS), CHANNELS.values())[0],
            minutes=minutes,
            is_named=not fate.unnamed,
        )

    def _codes(self, fate):
        if fate.codes:
            return fate.codes
        if fate.emergency:
            return [code for code, line in self.lines.items() if line.category.emergency and code != "XX90"]
        ordinary = (line for line in self.lines.values() if line.category.route == Route.ORDINARY)
        fitting = [line for line in ordinary if not line.category.emergency and self._suits(line, fate)]
        return [line.code for line in fitting for _ in range(_weight(line) if fate.few else 1)]

    def _suits(self, line, fate):
        """Open stories need time to stand in: their lines have a limit of some working days."""
        limit = line.limit
        long = limit.unit == Unit.WD and 3 <= limit.amount <= 10
        return long or not fate.needs_time

    def _place(self, code, fate):
        """Any fitting grid; open matters lie more often where the named logins work, so that these have work to do."""
        if fate.nowhere:
            return self.district
        fitting = [area for area in self.places if _fits(area, code, fate)]
        homes = [area for area in fitting if area.code in HOMES]
        if fate.ago and homes and self.rng.random() < 0.35:
            return self.rng.choice(homes)
        return self.rng.choice(fitting)

    def _text(self, code, area):
        village = area.parent.name if area.level == Level.GRID else area.name
        spots = self.words["spots"]["urban" if _is_urban(area) else "rural"]
        return self.rng.choice(self.words["reports"][code]).format(
            village=village, spot=village + self.rng.choice(spots)
        )

    def _minutes(self, line):
        limit = line.limit if line.limit.amount else Limit(1, Unit.H)
        return limit.amount * MINUTES[limit.unit] * self.rng.uniform(0.1, 0.6)

    def _start(self, fate, minutes, line):
        """Past stories begin any day of the ninety; open ones so long before now that they stand where they should."""
        if fate.ago is None:
            day = (self.now - timedelta(days=self.rng.uniform(9, DAYS))).date()
            hour = min(max(self.rng.gauss(12.5, 3.4), 0.2), 23.6)
            return datetime.combine(day, time(0), ZONE) + timedelta(hours=hour)
        least, most = fate.ago
        ago = self.rng.uniform(least, most) + (minutes if fate.after_work else 0)
        if fate.natural or line.category.emergency:
            return self.now - timedelta(minutes=ago)
        return minus_working(self.calendar, self.now, ago)


def _weight(line):
    """Six for a line without assisting units, down to one."""
    units = sum("external" not in ref for ref in line.assisting)
    return max(1, 6 - 2 * units)


def _is_urban(area):
    return "社区" in area.name or (area.level == Level.GRID and "社区" in area.parent.name)


def _fits(area, code, fate):
    is_street = area.parent.parent.kind == "subdistrict"
    if fate.in_street:
        return is_street
    if code in NEEDS_FARM_OFFICE or code in RURAL:
        return not is_street
    return code not in URBAN or _is_urban(area)
