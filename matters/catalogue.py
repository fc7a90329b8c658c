"""What many matters name: places, units, categories, channels. Read once under the stamp, so lists need no joins."""

from typing import Any

from matters.models import Category, Channel, Matter
from organization import standing
from organization.models import Area, Department

Known = dict[Any, Any]


def areas(known: Known) -> dict[int, Area]:
    """Every place by id, without its boundary."""
    return standing.table(known, Area, lambda: Area.objects.only("code", "name", "level", "path", "parent"))


def units(known: Known) -> dict[int, Department]:
    """Every unit by id, with its place and the bureau it belongs to."""
    return standing.table(known, Department, lambda: Department.objects.for_routing())


def categories(known: Known) -> dict[int, Category]:
    """Every category by id, with its platform."""
    return standing.table(known, Category, lambda: Category.objects.select_related("platform"))


def channels(known: Known) -> dict[int, Channel]:
    return standing.table(known, Channel, lambda: Channel.objects.all())


def name(matter: Matter, known: Known) -> None:
    """Give a matter that was read without joins the things it names."""
    matter.area = areas(known)[matter.area_id]
    matter.channel = channels(known)[matter.channel_id]
    matter.category = categories(known)[matter.category_id] if matter.category_id else None
    matter.responsible = units(known)[matter.responsible_id] if matter.responsible_id else None
