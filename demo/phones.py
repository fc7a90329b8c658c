"""The phones of the demo: one for each person who was sent a text message or called, one for each unit's group."""

from typing import Any

from django.db.models import Count, Max

from dispatch.choices import Medium, SendState
from dispatch.models import Outbox
from organization.models import Post

MOST_PHONES = 60
MOST_MESSAGES = 60
ON_A_PHONE = (Medium.VOICE, Medium.SMS, Medium.ROBOT)


def mailboxes() -> list[dict[str, Any]]:
    """Who has a phone with something on it, the latest first."""
    rows = (
        _sent().order_by().values("recipient", "recipient__name", "unit", "unit__name")
        .annotate(latest=Max("sent_at"), newest=Max("pk"), count=Count("batch", distinct=True))
        .order_by("-latest", "-newest")[:MOST_PHONES]
    )  # fmt: skip
    posts = _posts({row["recipient"] for row in rows if row["recipient"]})
    return [
        {
            "key": f"p{row['recipient']}" if row["recipient"] else f"u{row['unit']}",
            "name": row["recipient__name"] or row["unit__name"],
            "post": posts.get(row["recipient"], ""),
            "group": row["recipient"] is None,
            "count": row["count"],
            "latest": row["latest"],
        }
        for row in rows
    ]


def chosen(phones: list[dict[str, Any]], key: str) -> dict[str, Any] | None:
    """The phone asked for, else the one that rang last."""
    return next((each for each in phones if each["key"] == key), phones[0] if phones else None)


def inbox(phone: dict[str, Any]) -> list[Outbox]:
    """What came, newest first; a digest is one message."""
    whose = "unit" if phone["group"] else "recipient"
    rows = _sent().filter(**{whose: int(phone["key"][1:])}).order_by("batch", "pk").distinct("batch")
    return sorted(rows, key=lambda row: (row.sent_at, row.pk), reverse=True)[:MOST_MESSAGES]


def _sent() -> Any:
    return Outbox.objects.filter(state=SendState.SENT, medium__in=ON_A_PHONE, sent_at__isnull=False)


def _posts(people: set[int]) -> dict[int, str]:
    """What each of them is: role and unit of the first post."""
    posts = Post.objects.filter(person__in=people).select_related("department", "area").order_by("-pk")
    return {
        post.person_id: f"{post.get_role_display()} · {(post.department or post.area or '')}".rstrip(" ·")
        for post in posts
    }
