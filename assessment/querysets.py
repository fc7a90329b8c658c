"""The vocabulary of counting: open matters, told apart by place, status and time, in one statement."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, Count, F, Func, Q, QuerySet, TextField, Value, When

from matters.models import Matter
from organization.models import Area


def below(area: Area) -> Func:
    """The code of the part of `area` (a town of the district, a village of the town) that holds the matter."""
    position = len(area.path.strip("/").split("/")) + 2  # the path begins with a slash
    return Func(F("area_path"), Value("/"), Value(position), function="split_part", output_field=TextField())


def counted(
    matters: QuerySet[Matter], *, area: Area, at: datetime, day_ends: datetime
) -> list[Mapping[str, Any]]:
    """Counts by status, part of the area, level handed up to, and whether late or due today."""
    late = Q(soonest_due_at__lt=at)
    today = Q(due_at__lte=day_ends)
    return list(
        matters.annotate(
            part=below(area),
            late=Case(When(late, then=True), default=False, output_field=BooleanField()),
            today=Case(When(today, then=True), default=False, output_field=BooleanField()),
        )
        .values("status", "part", "escalated_level", "late", "today")
        .order_by()
        .annotate(count=Count("pk"))
    )
