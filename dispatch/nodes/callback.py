from collections.abc import Sequence

from dispatch.choices import NodeKind
from dispatch.limits import Timing
from dispatch.models import Node
from dispatch.nodes.base import Kind, Succession
from dispatch.process import Opening
from dispatch.responsibility import Units
from matters.models import Matter
from organization.choices import Level


class Callback(Kind):
    """A call that the town did not make is made by the district."""

    code = NodeKind.CALLBACK

    def hand_up(self, matter: Matter, node: Node, running: Sequence[Node], timing: Timing) -> Succession:
        room = Units(matter.area, at=timing.at, about=matter.about_department_id).command_room(Level.DISTRICT)
        return Succession(Opening(NodeKind.CALLBACK, room, timing.stage("call", matter.urgency)))
