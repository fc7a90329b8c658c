"""What all stories share: the calendar, the channels, the people, and the plans."""

import random

from demo.seeding import facts
from demo.seeding.cast import Cast
from demo.seeding.fates import FATES
from demo.seeding.plans import Planner
from demo.seeding.story import Story
from matters.models import Channel
from organization import workdays
from organization.models import Department

SEED = 990106


class World:
    """Read once. The same moment and count give the same stories, whichever of them are told here."""

    def __init__(self, now):
        self.now, self.cast = now, Cast()
        self.calendar = workdays.current()
        self.channels = {channel.code: channel for channel in Channel.objects.all()}
        self.answers = facts.texts()["answers"]
        self.planner = Planner(random.Random(SEED), self.calendar, now)
        self.places = self.planner.places
        self.offices = {
            (unit.area.path, unit.office): unit for unit in Department.objects.select_related("area")
        }

    def elsewhere(self, area, but):
        """Another office of the town, for what its own office did not take."""
        paths = [path for path in area.lineage if len(path.strip("/").split("/")) == 2] or [area.path]
        offices = [self.offices.get((paths[0], office)) for office in ("SHSW", "BMZX", "ZLZX")]
        return next(unit for unit in offices if unit and unit.pk != but)

    def stories(self, count):
        """About `count` stories, numbered in the order in which they begin."""
        total = sum(fate.weight for fate in FATES)
        fates = [fate for fate in FATES for _ in range(max(1, round(fate.weight * count / total)))]
        plans = sorted((self.planner.plan(fate) for fate in fates), key=lambda plan: plan.at)
        return [
            Story(plan, number, random.Random(SEED + number), self)
            for number, plan in enumerate(plans, start=1)
        ]
