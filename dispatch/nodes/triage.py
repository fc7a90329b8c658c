from collections.abc import Sequence

from dispatch.choices import NodeKind
from dispatch.deadlines import triage_limit
from dispatch.limits import Timing
from dispatch.models import Node
from dispatch.nodes.base import Kind, Succession
from dispatch.process import Opening
from dispatch.responsibility import Units
from matters.models import Matter
from organization.choices import Level


class Triage(Kind):
    """A town's tray that nobody worked goes to the district's."""

    code = NodeKind.TRIAGE

    def hand_up(self, matter: Matter, node: Node, running: Sequence[Node], timing: Timing) -> Succession:
        room = Units(matter.area, at=timing.at, about=matter.about_department_id).command_room(Level.DISTRICT)
        return Succession(Opening(NodeKind.TRIAGE, room, triage_limit(timing, matter.urgency)))
