from celery import shared_task
from django.conf import settings

from audit import anchors, running
from audit.snapshot import snapshot


@shared_task(soft_time_limit=1500, time_limit=1800)
def audit() -> None:
    running.keep(running.look())


@shared_task(soft_time_limit=1500, time_limit=1800)
def anchor() -> None:
    with snapshot() as view:
        anchors.write(settings.ANCHORS, view, settings.ANCHOR_KEY)
