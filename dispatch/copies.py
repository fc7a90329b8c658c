"""A restored copy sends nothing until a person says go: its outbox would send last week's messages again.

The database remembers the installation it belongs to. `hold` says why nothing may leave now; the relay asks at every
pass. A copy that is loaded elsewhere is noticed; one whose folder is copied along with it is not, so whoever restores
also sets RESTORED (any value; a new one for each restore).
"""

import os
import uuid
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from dispatch.choices import Hold, SendState
from dispatch.models import Home, Outbox, Release
from matters.refusals import Invalid, Refused

DROPPED = "dropped when the copy was released"
DATABASE = """
    SELECT (SELECT system_identifier FROM pg_control_system())::text || ':' || oid
    FROM pg_database WHERE datname = current_database()
"""


def hold() -> Hold | None:
    """Why nothing may leave the house, or None. The first to ask makes the database its installation's own."""
    home = Home.objects.first()
    if settings.RESTORED and (home is None or home.restored != settings.RESTORED):
        return Hold.RESTORED
    token = _token(may_make=home is None)
    if not token:
        return Hold.NO_HOME
    if home is None:
        home, _ = Home.objects.get_or_create(id=1, defaults={"token": token, "database": _database()})
    if home.token != token:
        return Hold.OTHER_HOME
    return None if home.database == _database() else Hold.OTHER_DATABASE


@transaction.atomic
def release(*, by: str, why: str, at: datetime, older_than: datetime | None) -> Release:
    """Let this copy send from now on, without what was to leave before `older_than`. Raises Invalid, Refused."""
    for field, words in (("by", by), ("why", why)):
        if not words.strip():
            raise Invalid("Say who releases it, and why.", field=field)
    reason = hold()
    if reason is None:
        raise Refused("Nothing is held: this database belongs to this installation.", code="not_held")
    Home.objects.update_or_create(
        id=1,
        defaults={
            "token": _token(may_make=True),
            "database": _database(),
            "restored": settings.RESTORED,
        },
    )
    ready = Outbox.objects.filter(state=SendState.READY)
    old = ready.filter(send_after__lt=older_than) if older_than else ready.none()
    dropped = old.update(state=SendState.DROPPED, error=DROPPED, lease=None, lease_until=None)
    # what was to go with a dropped one goes by itself
    ready.exclude(batch__in=ready.filter(batch=F("message_id")).values("batch")).update(batch=None)
    return Release.objects.create(
        at=at, by=by, why=why, held=reason, older_than=older_than, dropped=dropped, waiting=ready.count()
    )


def _token(*, may_make: bool) -> str:
    """The installation's own: INSTANCE_ID where several hosts serve one database, else a file in its folder."""
    if settings.INSTANCE_ID:
        return str(settings.INSTANCE_ID)
    file = Path(settings.HOME) / "instance"
    try:
        if may_make and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            _write_once(file)
        return file.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _write_once(file: Path) -> None:
    """Whole or not at all, and only by the first of those who try at once."""
    draft = file.with_name(f"instance.{os.getpid()}.{uuid.uuid4().hex}")
    draft.write_text(f"{uuid.uuid4()}\n", encoding="ascii")
    try:
        os.link(draft, file)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute(DATABASE)
        found: str = cursor.fetchone()[0]
    return found
