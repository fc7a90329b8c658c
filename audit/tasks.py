from celery import shared_task

from audit import running


@shared_task(soft_time_limit=1500, time_limit=1800)
def audit() -> None:
    running.keep(running.look())
