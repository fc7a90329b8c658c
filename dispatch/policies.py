"""Who may do what. Each answer is the post that allows it (its unit is written in the entry), or None."""

from dispatch.choices import NodeKind, NodeStatus
from matters.choices import Status
from organization.choices import ActorKind, Role

_WORKERS = (Role.HANDLER, Role.HEAD)
_DESK = (Role.DISPATCHER, Role.HEAD)
_WATCHERS = (Role.DISPATCHER, Role.SUPERVISOR)


class _Platform:
    """Stands for the platform's own authority when a rule acts."""

    department_id = None


PLATFORM = _Platform()


def post_for_node(verb, node, by):
    """The post that lets `by` do a node verb on a running node, or None."""
    if by.is_rule:
        return PLATFORM
    if by.kind != ActorKind.PERSON:
        return None
    if node.kind == NodeKind.HANDLE:
        if node.assignee_id == by.id and verb != "assign":
            return _any_post(by, node)
        return _post(by, _WORKERS + (Role.DISPATCHER,), node.department_id)
    if node.kind == NodeKind.CALLBACK:
        return _post(by, _DESK, node.department_id)
    return None


def post_for_matter(verb, matter, nodes, by):
    """The post that lets `by` do a matter verb now; `nodes` are the running nodes of the matter."""
    if by.is_rule:
        return PLATFORM
    if by.kind != ActorKind.PERSON:
        return None
    lead = next((node for node in nodes if node.is_lead), None)
    if verb in ("accept", "dispatch", "decline"):
        return _post(by, _DESK, lead.department_id) if lead and lead.kind == NodeKind.TRIAGE else None
    if verb == "verify":
        return may_verify(lead, by) if lead and lead.kind == NodeKind.VERIFY else None
    if verb == "rate":
        return _covering(by, (Role.DISPATCHER,), matter) or _own(by, matter)
    if verb == "reopen":
        return _covering(by, (Role.DISPATCHER, Role.SUPERVISOR), matter)
    if verb == "correct":
        return _covering(by, (Role.DISPATCHER,), matter) or (lead and _post(by, _WORKERS, lead.department_id))
    if verb == "comment":
        return _covering(by, (Role.DISPATCHER, Role.SUPERVISOR), matter) or _among(by, nodes)
    return None


def may_verify(node, by):
    """Never anyone who handled it: the person given the node, or the unit's staff when that unit did not handle it."""
    if _handled(node, by):
        return None
    if node.assignee_id == by.id:
        return _any_post(by, node)
    if node.assignee_id:
        return _post(by, (Role.HEAD, Role.DISPATCHER), node.department_id)
    return _post(by, _DESK + (Role.SUPERVISOR,), node.department_id)


def may_reveal(matter, nodes, by):
    """A contact is for those who hold a running node, and for the dispatchers of the place; former parts do not see it."""
    if by.kind != ActorKind.PERSON:
        return None
    return _among(by, nodes) or (None if matter.sensitive else _covering(by, (Role.DISPATCHER,), matter))


def may_know_contact(matter, nodes, by):
    """Whether the masked contact is shown: to those who may reveal it, the sender of the report, those who watch over
    the place, and other systems within their scope. A part that has ended does not see it."""
    if by.kind == ActorKind.CLIENT:
        return True
    if by.kind != ActorKind.PERSON:
        return False
    watching = (Role.AUDITOR,) if matter.sensitive else (*_WATCHERS, Role.AUDITOR)
    return bool(matter.reported_by_id == by.id or may_reveal(matter, nodes, by) or _covering(by, watching, matter))


def node_verbs(node, by):
    """Verbs possible now on a running node, the primary first."""
    if not node.is_running or node.kind not in (NodeKind.HANDLE, NodeKind.CALLBACK) or node.asks:
        return []
    if node.kind == NodeKind.CALLBACK:
        verbs = ["contact", "hand_in"] if node.responded_at is None else ["hand_in", "contact"]
    elif node.status == NodeStatus.OPEN:
        verbs = ["sign", "hand_in", "progress", "contact", "assign", "send_back"]
    else:
        verbs = ["hand_in", "progress", "contact", "assign", "send_back"]
    if "return_lapsed" in node.fired or node.returnable_until is None:
        verbs = [verb for verb in verbs if verb != "send_back"]
    return [verb for verb in verbs if post_for_node(verb, node, by)]


def matter_verbs(matter, nodes, by):
    """Verbs possible now on a matter, the primary first; `nodes` are its nodes or its running nodes."""
    nodes = [node for node in nodes if node.is_running]
    possible = {
        Status.REPORTED: ["accept", "dispatch", "correct", "decline", "comment"],
        Status.DISPATCHED: ["correct", "comment"],
        Status.VERIFYING: ["verify", "comment"],
        Status.CALLBACK: ["rate", "reopen", "comment"],
        Status.CLOSED: ["reopen"],
        Status.DECLINED: ["reopen"],
    }.get(matter.status, [])
    lead = next((node for node in nodes if node.is_lead), None)
    if lead and lead.kind == NodeKind.TRIAGE and lead.status == NodeStatus.SIGNED:
        possible = [verb for verb in possible if verb != "accept"]
    if lead and lead.kind == NodeKind.CALLBACK and not lead.asks:
        possible = [verb for verb in possible if verb != "rate"]
    return [verb for verb in possible if post_for_matter(verb, matter, nodes, by)]


def _post(by, roles, department_id):
    return next((post for post in by.posts if post.role in roles and post.department_id == department_id), None)


def _covering(by, roles, matter):
    return next(
        (post for post in by.posts if post.role in roles and post.area and matter.area_path.startswith(post.area.path)), None
    )


def _own(by, matter):
    return by.posts[0] if by.posts and matter.reported_by_id == by.id else None


def _any_post(by, node):
    """The post a person acts by on a node given to them; somebody without any valid post has none."""
    return _post(by, Role, node.department_id) or (by.posts[0] if by.posts else None)


def _among(by, nodes):
    for node in nodes:
        if not node.is_running or node.asks:
            continue
        if node.assignee_id == by.id and by.posts:
            return _any_post(by, node)
        if post := _post(by, _WORKERS + (Role.DISPATCHER,), node.department_id):
            return post
    return None


def _handled(node, by):
    """Whether the person is posted in a unit that handled the matter, or handled it in person."""
    handling = [each for each in node.matter.nodes.all() if each.kind == NodeKind.HANDLE]
    units = {each.department_id for each in handling}
    return any(post.department_id in units for post in by.posts if post.department_id) or by.id in {
        each.assignee_id for each in handling
    }
