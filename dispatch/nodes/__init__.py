"""The kinds of nodes, each a small class of its own."""

from dispatch.nodes.base import Kind
from dispatch.nodes.callback import Callback
from dispatch.nodes.handle import Handle
from dispatch.nodes.triage import Triage
from dispatch.nodes.verify import Verify

KINDS: dict[str, Kind] = {kind.code: kind() for kind in (Triage, Handle, Verify, Callback)}
