from collections.abc import Sequence

from dispatch.choices import NodeKind
from dispatch.limits import Timing, shared
from dispatch.models import Node
from dispatch.nodes.base import Kind, Succession
from dispatch.process import Opening
from dispatch.responsibility import Units
from matters.choices import Part
from matters.models import Matter


class Handle(Kind):
    """The level above becomes lead; the late unit is not let go: it keeps an assisting part that does not climb."""

    code = NodeKind.HANDLE

    def hand_up(self, matter: Matter, node: Node, running: Sequence[Node], timing: Timing) -> Succession:
        lines, about = [node.line] if node.line else [], matter.about_department_id
        units = Units(matter.area, lines, at=timing.at, about=about, known=timing.known)
        unit = units.above(node.department, node.line)
        limit = timing.of_level(unit.level, node.line)
        theirs = [
            other for other in running if other.department_id == unit.pk and other.kind == NodeKind.HANDLE
        ]
        kept: Opening | None = Opening(
            NodeKind.HANDLE,
            node.department,
            shared(limit),
            part=Part.ASSISTING,
            assignee=node.assignee,
            line=node.line,
            level=node.level,
            required=False,
            climbs=False,
            signed=True,
        )
        if unit.pk == node.department_id:  # nobody above may know of it
            kept = None
        if theirs and node.part == Part.ASSISTING:
            return Succession(None, existing=theirs[0], kept=kept)
        heir = Opening(
            NodeKind.HANDLE,
            unit,
            limit,
            part=node.part,
            line=node.line,
            required=node.required,
            stages=node.stages,
        )
        return Succession(heir, folded=theirs, kept=kept)
