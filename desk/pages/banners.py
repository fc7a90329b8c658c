"""What every page must say at the moment: the emergency modes in force where the person works."""

from dispatch.alarms import EmergencyMode


def modes(by, at):
    """Modes in force over or inside the places of the person's posts."""
    places = {post.area.path for post in by.posts if post.area}
    places |= {post.department.area.path for post in by.posts if post.department}
    if not places:
        return []
    found = EmergencyMode.objects.in_force(at).select_related("area").order_by("area__path")
    return [
        mode
        for mode in found
        if any(mode.area.holds(place) or place in mode.area.lineage for place in places)
    ]
