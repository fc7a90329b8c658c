from portal.views.reports import done, report
from portal.views.tracks import look_up, track
from portal.views.welcome import front

__all__ = ["done", "front", "look_up", "report", "track"]
