"""Categories and channels by id, as organization's catalogue keeps places and units."""

from matters.models import Category, Channel, Matter
from organization import standing
from organization.catalogue import Known, areas, units


def categories(known: Known) -> dict[int, Category]:
    """Every category with its platform."""
    return standing.table(known, Category, lambda: Category.objects.select_related("platform"))


def channels(known: Known) -> dict[int, Channel]:
    return standing.table(known, Channel, lambda: Channel.objects.all())


def name(matter: Matter, known: Known) -> None:
    """Give a matter that was read without joins the things it names."""
    matter.area = areas(known)[matter.area_id]
    matter.channel = channels(known)[matter.channel_id]
    matter.category = categories(known)[matter.category_id] if matter.category_id else None
    matter.responsible = units(known)[matter.responsible_id] if matter.responsible_id else None
