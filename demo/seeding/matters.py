"""Ninety days of matters, told in the order of time: between two acts whatever falls due rings at its own moment."""

import gc
import heapq
import logging
import random

from django.core.exceptions import ValidationError

from demo.seeding import facts
from demo.seeding.cast import Cast
from demo.seeding.fates import FATES
from demo.seeding.plans import Planner
from demo.seeding.story import Story
from dispatch import escalation, limits
from dispatch.models import Node
from matters.models import Channel
from organization import workdays
from organization.models import Department

log = logging.getLogger(__name__)

SEED = 990106


class World:
    """What all stories share."""

    def __init__(self, now):
        self.now, self.rng, self.cast = now, random.Random(SEED), Cast()
        self.calendar = workdays.current()
        self.channels = {channel.code: channel for channel in Channel.objects.all()}
        self.answers = facts.texts()["answers"]
        self.planner = Planner(self.rng, self.calendar, now)
        self.places = self.planner.places
        self.offices = {
            (unit.area.path, unit.office): unit for unit in Department.objects.select_related("area")
        }

    def elsewhere(self, area, but):
        """Another office of the town, for what its own office did not take."""
        paths = [path for path in area.lineage if len(path.strip("/").split("/")) == 2] or [area.path]
        offices = [self.offices.get((paths[0], office)) for office in ("SHSW", "BMZX", "ZLZX")]
        return next(unit for unit in offices if unit and unit.pk != but)


def plant(count, now):
    """Tell about `count` stories up to `now`; returns how many were told and how many broke off with a refusal."""
    world = World(now)
    total = sum(fate.weight for fate in FATES)
    fates = [fate for fate in FATES for _ in range(max(1, round(fate.weight * count / total)))]
    plans = sorted((world.planner.plan(fate) for fate in fates), key=lambda plan: plan.at)
    stories = [Story(plan, number, world) for number, plan in enumerate(plans, start=1)]
    gc.disable()  # a quarter of the time; nothing here makes cycles worth collecting
    try:
        return len(stories), _tell(stories, now)
    finally:
        gc.enable()


def _tell(stories, now):
    acts = [(story.at, story.number, story, story.plan.fate.tell(story)) for story in stories]
    heapq.heapify(acts)
    broken = 0
    while acts:
        at, number, story, telling = heapq.heappop(acts)
        if at > now:
            continue
        _ring_until(at)
        story.at = at
        try:
            going_on = next(telling, None)
        except ValidationError as refusal:  # a story that time has overtaken ends where it stands
            log.warning("story %s (%s) ends at %s: %s", number, story.plan.fate.tell.__name__, at, refusal)
            going_on, broken = None, broken + 1
        if going_on:
            heapq.heappush(acts, (max(going_on, at), number, story, telling))
    _ring_until(now)
    return broken


def _ring_until(at):
    """Every alarm up to the moment rings at its own, in the order of time."""
    while due := _due(at):
        moment = due[0][2]
        timing = limits.timing(moment)
        for node, matter, alarm in due:
            if alarm == moment and not escalation.ring(node, matter, timing):
                raise RuntimeError(f"the alarm of node {node} at {alarm} does not ring")


def _due(at):
    """The next alarms; those of one moment ring before the next are looked for."""
    nodes = Node.objects.alarm_due(at).order_by("next_alarm_at", "pk")
    return list(nodes.values_list("pk", "matter", "next_alarm_at")[:50])
