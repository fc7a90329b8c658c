"""What differs from one kind of node to another: who takes over when its time has run out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dispatch.limits import Timing
from dispatch.models import Node
from dispatch.process import Opening
from matters.models import Matter


@dataclass
class Succession:
    """Who has it after a hand-up: `heir` opens in the late node's part, or `existing` already runs and takes it in."""

    heir: Opening | None
    existing: Node | None = None
    folded: list[Node] = field(default_factory=list)
    kept: Opening | None = None


class Kind:
    """One kind of node. Add a kind: a module beside this one, and its class in KINDS."""

    code: str

    def hand_up(self, matter: Matter, node: Node, running: Sequence[Node], timing: Timing) -> Succession:
        """The Succession of a late node; `running` are the matter's other running nodes."""
        raise NotImplementedError
