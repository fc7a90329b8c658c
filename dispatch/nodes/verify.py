from collections.abc import Sequence

from dispatch.choices import NodeKind
from dispatch.limits import Timing
from dispatch.models import Node
from dispatch.nodes.base import Kind, Succession
from dispatch.process import Opening
from dispatch.verifiers import verifier
from matters.models import Matter
from matters.refusals import Refused


class Verify(Kind):
    """The next who may look: grid member, village head, command room, supervisor."""

    code = NodeKind.VERIFY

    def hand_up(self, matter: Matter, node: Node, running: Sequence[Node], timing: Timing) -> Succession:
        asked = Node.objects.filter(matter=matter, kind=NodeKind.VERIFY, round=matter.round).values_list(
            "department", flat=True
        )
        try:
            unit, person = verifier(matter, at=timing.at, passed_over=[*asked])
        except Refused:  # nobody else may: it stays where it is, and the level above is told again
            unit, person = node.department, node.assignee
        limit = timing.stage("verify", matter.urgency)
        return Succession(Opening(NodeKind.VERIFY, unit, limit, assignee=person))
