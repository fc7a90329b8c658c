"""Who may read a message at the moment it is sent, and where it reaches them."""

from collections.abc import Sequence
from datetime import datetime

from dispatch.choices import CALLS, FOR_ADMINISTRATORS, Action, Medium
from dispatch.models import Outbox
from matters.models import Matter
from organization import people
from organization.choices import Role
from organization.models import Person

NOT_THEIRS = "no longer allowed to know"
DONE = "no longer needed"
ASKS_TO_ACT = (
    "opened", "look", *CALLS, Action.LOOK_MISSED, Action.SIGN_MISSED, Action.RESPONSE_MISSED, Action.RETURN_LAPSED,
    Action.REMIND, Action.WARN, Action.URGE,
    Action.PROMISE_NEAR, Action.PROMISE_MISSED, Action.STAGE_NEAR, Action.STAGE_MISSED,
)  # fmt: skip


def sort(rows: Sequence[Outbox], at: datetime) -> tuple[list[Outbox], dict[str, list[Outbox]]]:
    """(what may be sent, what is dropped by reason)."""
    open_to = _open_to(rows, at)
    refused: dict[str, list[Outbox]] = {NOT_THEIRS: [], DONE: []}
    allowed = []
    for row in rows:
        if row.matter_id not in open_to:
            refused[NOT_THEIRS].append(row)
        elif _is_done(row):
            refused[DONE].append(row)
        else:
            allowed.append(row)
    return allowed, refused


def address(row: Outbox) -> str:
    """Where it goes as things are now: the number of the duty turn, else the person's own; a robot by its unit."""
    if row.recipient is None:
        return str(row.unit_id)
    return row.recipient.email if row.medium == Medium.EMAIL else row.phone or row.recipient.phone


def _is_done(row: Outbox) -> bool:
    """It asks for what has been done meanwhile; nobody is called out of bed for that."""
    if row.node is None:
        return False
    if row.kind in FOR_ADMINISTRATORS:
        return row.node.failures == 0
    answered = row.kind in CALLS and row.node.acknowledged_at is not None
    return answered or (row.kind in ASKS_TO_ACT and not row.node.is_running)


def _open_to(rows: Sequence[Outbox], at: datetime) -> set[int | None]:
    """Matters of the rows that their reader, the same for all, may know of now; None stands for the platform."""
    matters = {row.matter_id for row in rows}
    reader = rows[0].recipient
    if reader is None:
        return {row.matter_id for row in rows if _may_be_said_in_a_group(row)}
    return _visible(reader, matters, at) | _of_the_platform(rows, reader, at) if reader.is_active else set()


def _visible(reader: Person, matters: set[int | None], at: datetime) -> set[int | None]:
    seen = Matter.objects.visible_to(people.actor(reader, at=at)).filter(pk__in=[pk for pk in matters if pk])
    return set(seen.values_list("pk", flat=True))


def _of_the_platform(rows: Sequence[Outbox], reader: Person, at: datetime) -> set[int | None]:
    """What names a step, or nothing but the platform, to an administrator, who sees no matters."""
    kept = {row.matter_id for row in rows if row.kind in FOR_ADMINISTRATORS or row.matter_id is None}
    posts = people.posts_of(reader, at=at) if kept else []
    return kept if any(post.role == Role.ADMINISTRATOR for post in posts) else set()


def _may_be_said_in_a_group(row: Outbox) -> bool:
    return (
        row.matter is not None and not row.matter.sensitive and row.matter.about_department_id != row.unit_id
    )
