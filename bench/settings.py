"""The project as it is, with the yardstick's one table beside it."""

from govflow.settings import *  # noqa: F403
from govflow.settings import INSTALLED_APPS, LOGGING

INSTALLED_APPS = [*INSTALLED_APPS, "bench.bare"]
LOGGING["root"]["level"] = "ERROR"
