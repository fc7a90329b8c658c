"""Everything of the district but its matters."""

from demo.seeding import areas, calendar, catalogue, clients, lines, people, units
from dispatch import recognition
from organization.models import Area


def exists():
    return Area.objects.exists()


def plant(password):
    """Create the whole district in a few dozen queries."""
    calendar.plant()
    places = areas.plant()
    platforms = catalogue.plant_platforms()
    catalogue.plant_channels()
    departments = units.plant(places, platforms)
    people.plant(places, departments, password)
    root = next(iter(places.values()))
    lines.plant_policy()
    lines.plant(catalogue.plant_categories(platforms), root)
    clients.plant(root)
    recognition.load_words()
