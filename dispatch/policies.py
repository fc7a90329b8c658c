"""Who may do what. Each answer is the post that allows it (its unit is written in the entry), or None."""

from collections.abc import Callable, Collection, Iterable, Sequence

from dispatch.choices import NodeKind, NodeStatus
from dispatch.models import Node, Responsibility
from matters.choices import Status
from matters.models import Matter
from organization.actors import Actor
from organization.choices import ActorKind, Level, Role, Scope
from organization.models import ApiClient, Area, Post

_WORKERS = (Role.HANDLER, Role.HEAD)
_DESK = (Role.DISPATCHER, Role.HEAD)
_WATCHERS = (Role.DISPATCHER, Role.SUPERVISOR)


class _Platform:
    """Stands for the platform's own authority when a rule acts."""

    department_id: int | None = None


class _System:
    """Stands for what another system may by its key."""

    department_id: int | None = None


PLATFORM, SYSTEM = _Platform(), _System()
Authority = Post | _Platform | _System


def post_for_node(verb: str, node: Node, by: Actor) -> Authority | None:
    """The post that lets `by` do a node verb on a running node, or None."""
    if by.is_rule:
        return PLATFORM
    if by.kind != ActorKind.PERSON:
        return None
    if node.kind == NodeKind.HANDLE:
        if node.assignee_id == by.id and verb != "assign":
            return _any_post(by, node)
        return _post(by, (*_WORKERS, Role.DISPATCHER), node.department_id)
    if node.kind == NodeKind.CALLBACK:
        return _post(by, _DESK, node.department_id)
    return None


def post_for_matter(verb: str, matter: Matter, nodes: Sequence[Node], by: Actor) -> Authority | None:
    """The post that lets `by` do a matter verb now; `nodes` are the running nodes of the matter."""
    if by.is_rule:
        return PLATFORM
    if by.kind != ActorKind.PERSON or verb not in _WHO:
        return None
    return _WHO[verb](matter, nodes, by)


def may_know_who_is_told(matter: Matter, nodes: Iterable[Node], by: Actor) -> bool:
    """Names beside the roles of a ladder: for who holds a running step, and who watches over the place.

    Of a sensitive matter only for its holders and the named desk.
    """
    units = {node.department_id for node in nodes if node.is_running}
    given = any(node.assignee_id == by.id for node in nodes if node.is_running)
    if by.kind != ActorKind.PERSON:
        return False
    holds = given or any(post.department_id in units for post in by.posts if post.role != Role.AUDITOR)
    if matter.sensitive:
        return holds or any(post.sensitive_desk for post in by.posts)
    return holds or any(post.role in (*_WATCHERS, Role.AUDITOR) for post in by.posts)


def may_work_the_breaker(by: Actor) -> bool:
    """Whoever looks after the platform, by page or on its machine."""
    return by.is_rule or any(post.role == Role.ADMINISTRATOR for post in by.posts)


def may_acknowledge(node: Node, by: Actor) -> Post | None:
    """Whoever may be called, or speaks for them: people of the unit, and who watches over the place day and night."""
    if by.kind != ActorKind.PERSON:
        return None
    if post := _post(by, (*_WORKERS, *_WATCHERS), node.department_id):
        return post
    if node.assignee_id == by.id or node.matter.sensitive:
        return _any_post(by, node) if node.assignee_id == by.id else None
    return _covering(by, _WATCHERS, node.matter) or _room(by, node.matter)


def may_declare(area: Area, by: Actor) -> Post | None:
    """An emergency mode is declared by the district's dispatchers and supervisors, and by administrators."""
    for post in by.posts:
        watches = post.role in _WATCHERS and post.area and post.area.level == Level.DISTRICT
        if post.role == Role.ADMINISTRATOR or (watches and post.area and post.area.holds(area.path)):
            return post
    return None


def may_verify(node: Node, by: Actor) -> Post | None:
    """Never anyone who handled it: the person given the node, or the unit's staff when that unit did not handle it."""
    if _handled(node, by):
        return None
    if node.assignee_id == by.id:
        return _any_post(by, node)
    if node.assignee_id:
        return _post(by, (Role.HEAD, Role.DISPATCHER), node.department_id)
    return _post(by, (*_DESK, Role.SUPERVISOR), node.department_id)


def may_reveal(matter: Matter, nodes: Sequence[Node], by: Actor) -> Post | _System | None:
    """For those who hold a running node, the dispatchers of the place, and the system that reported it if its key says
    so; former parts do not see a contact."""
    if by.client:
        return SYSTEM if _sent(by.client, matter) else None
    if by.kind != ActorKind.PERSON:
        return None
    return _among(by, nodes) or (None if matter.sensitive else _covering(by, (Role.DISPATCHER,), matter))


def may_know_contact(matter: Matter, nodes: Sequence[Node], by: Actor) -> bool:
    """Whether the masked contact is shown: to those who may reveal it, the sender of the report, those who watch over
    the place, and other systems within their scope. A part that has ended does not see it."""
    if by.kind == ActorKind.CLIENT:
        return True
    if by.kind != ActorKind.PERSON:
        return False
    watching = (Role.AUDITOR,) if matter.sensitive else (*_WATCHERS, Role.AUDITOR)
    return bool(
        matter.reported_by_id == by.id or may_reveal(matter, nodes, by) or _covering(by, watching, matter)
    )


def node_verbs(node: Node, by: Actor) -> list[str]:
    """Verbs possible now on a running node, the primary first."""
    rings = ["acknowledge"] if node.is_running and node.ring_at and may_acknowledge(node, by) else []
    if not node.is_running or node.kind not in (NodeKind.HANDLE, NodeKind.CALLBACK) or node.asks:
        return rings
    if node.kind == NodeKind.CALLBACK:
        verbs = ["contact", "hand_in"] if node.responded_at is None else ["hand_in", "contact"]
    elif node.status == NodeStatus.OPEN:
        verbs = ["sign", "hand_in", "progress", "contact", "assign", "send_back"]
    else:
        verbs = ["hand_in", "progress", "contact", "assign", "send_back"]
    if "return_lapsed" in node.fired or node.returnable_until is None:
        verbs = [verb for verb in verbs if verb != "send_back"]
    verbs = [verb for verb in verbs if post_for_node(verb, node, by)]
    return [*verbs[:1], *rings, *verbs[1:]]


def matter_verbs(matter: Matter, nodes: Iterable[Node], by: Actor) -> list[str]:
    """Verbs possible now on a matter, the primary first; `nodes` are its nodes or its running nodes."""
    nodes = [node for node in nodes if node.is_running]
    possible = {
        Status.REPORTED: ["accept", "dispatch", "correct", "decline", "comment"],
        Status.DISPATCHED: ["correct", "comment"],
        Status.VERIFYING: ["verify", "comment"],
        Status.CALLBACK: ["rate", "reopen", "comment"],
        Status.CLOSED: ["reopen"],
        Status.DECLINED: ["reopen"],
    }.get(Status(matter.status), [])
    lead = _lead(nodes)
    if lead and lead.kind == NodeKind.TRIAGE and lead.status == NodeStatus.SIGNED:
        possible = [verb for verb in possible if verb != "accept"]
    if lead and lead.look_due_at and lead.status == NodeStatus.OPEN:
        possible = ["look", *possible]
    if lead and lead.kind == NodeKind.CALLBACK and not lead.asks:
        possible = [verb for verb in possible if verb != "rate"]
    return [verb for verb in possible if post_for_matter(verb, matter, nodes, by)]


def may_draft(by: Actor) -> Post | None:
    """Who keeps the responsibility list: an administrator."""
    return next((post for post in by.posts if post.role == Role.ADMINISTRATOR), None)


def reviews(by: Actor) -> Post | None:
    """Whether the person reviews lines at all, of whatever place."""
    return next((post for post in by.posts if post.role in (Role.ADMINISTRATOR, Role.SUPERVISOR)), None)


def may_review(line: Responsibility, by: Actor) -> Post | None:
    """A second person: an administrator, or a supervisor of a place that holds the line's, who did not draft it."""
    if line.drafted_by_id == by.id:
        return None
    watching = (post for post in by.posts if post.role == Role.SUPERVISOR and post.area)
    return may_draft(by) or next((p for p in watching if p.area and p.area.holds(line.area.path)), None)


def _post(by: Actor, roles: Collection[str], department_id: int) -> Post | None:
    held = (post for post in by.posts if post.role in roles)
    return next((post for post in held if post.department_id == department_id), None)


def _covering(by: Actor, roles: Collection[str], matter: Matter) -> Post | None:
    held = (post for post in by.posts if post.role in roles)
    return next((post for post in held if post.area and post.area.holds(matter.area_path)), None)


def _room(by: Actor, matter: Matter) -> Post | None:
    """The post of whoever heads or sits in a command room over the place."""
    rooms = (post for post in by.posts if post.department and post.department.is_command_room)
    return next((post for post in rooms if post.department.area.holds(matter.area_path)), None)  # type: ignore[union-attr]


def _sent(client: ApiClient, matter: Matter) -> bool:
    """Whether the system reported the matter, which lies in its area still and is not sensitive, and may reveal."""
    mine = matter.client_id == client.pk and client.area.holds(matter.area_path)
    return mine and Scope.REVEAL in client.scopes and not matter.sensitive


def _own(by: Actor, matter: Matter) -> Post | None:
    return by.posts[0] if by.posts and matter.reported_by_id == by.id else None


def _any_post(by: Actor, node: Node) -> Post | None:
    """The post a person acts by on a node given to them; somebody without any valid post has none."""
    return _post(by, Role, node.department_id) or (by.posts[0] if by.posts else None)


def _among(by: Actor, nodes: Iterable[Node]) -> Post | None:
    for node in nodes:
        if not node.is_running or node.asks:
            continue
        if node.assignee_id == by.id and by.posts:
            return _any_post(by, node)
        if post := _post(by, (*_WORKERS, Role.DISPATCHER), node.department_id):
            return post
    return None


def _handled(node: Node, by: Actor) -> bool:
    """Whether the person is posted in a unit that handled the matter, or handled it in person."""
    handling = [each for each in node.matter.nodes.all() if each.kind == NodeKind.HANDLE]
    units = {each.department_id for each in handling}
    return any(post.department_id in units for post in by.posts if post.department_id) or by.id in {
        each.assignee_id for each in handling
    }


def _lead(nodes: Iterable[Node]) -> Node | None:
    return next((node for node in nodes if node.is_lead), None)


def _at_the_tray(matter: Matter, nodes: Sequence[Node], by: Actor) -> Post | None:
    lead = _lead(nodes)
    return _post(by, _DESK, lead.department_id) if lead and lead.kind == NodeKind.TRIAGE else None


def _verifier(matter: Matter, nodes: Sequence[Node], by: Actor) -> Post | None:
    lead = _lead(nodes)
    return may_verify(lead, by) if lead and lead.kind == NodeKind.VERIFY else None


def _corrector(matter: Matter, nodes: Sequence[Node], by: Actor) -> Post | None:
    lead = _lead(nodes)
    working = _post(by, _WORKERS, lead.department_id) if lead else None
    return _covering(by, (Role.DISPATCHER,), matter) or working


def _looker(matter: Matter, nodes: Sequence[Node], by: Actor) -> Post | None:
    """The tray's own people, or whoever watches over the place for them."""
    if post := _at_the_tray(matter, nodes, by):
        return post
    return None if matter.sensitive else _covering(by, (Role.DISPATCHER,), matter) or _room(by, matter)


_WHO: dict[str, Callable[[Matter, Sequence[Node], Actor], Post | None]] = {
    "accept": _at_the_tray,
    "dispatch": _at_the_tray,
    "decline": _at_the_tray,
    "look": _looker,
    "correct": _corrector,
    "verify": _verifier,
    "rate": lambda matter, _, by: _covering(by, (Role.DISPATCHER,), matter) or _own(by, matter),
    "reopen": lambda matter, _, by: _covering(by, _WATCHERS, matter),
    "comment": lambda matter, nodes, by: _covering(by, _WATCHERS, matter) or _among(by, nodes),
}


def may_run_platform(by: Actor) -> bool:
    """Gateways, messages and the platform's own state; no matters."""
    return any(post.role == Role.ADMINISTRATOR for post in by.posts)
