"""`manage.py seed_load --matters N`: mass data by COPY, for measurements."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from demo.seeding import district
from demo.seeding.mass import MODELS, Mass
from organization import clock


class Command(BaseCommand):
    help = "Add many plausible matters to the demo district, 85 %% of them closed. Demo mode only."

    def add_arguments(self, parser):
        parser.add_argument("--matters", type=int, required=True, help="how many")

    def handle(self, *args, matters, **options):
        if not settings.DEMO:
            raise CommandError("seed_load makes up matters: it runs in demo mode only (GOVFLOW_DEMO=1).")
        if not district.exists():
            raise CommandError("Plant the district first: manage.py seed_demo.")
        began = time.monotonic()
        Mass(clock.now()).load(matters, lambda done: self.tell(done, began))
        with connection.cursor() as cursor:
            for model in MODELS.values():
                cursor.execute(f'VACUUM (ANALYZE) "{model._meta.db_table}"')
        self.stdout.write(f"{matters} matters in {time.monotonic() - began:.1f} s")

    def tell(self, done, began):
        if done % 20000 == 0:
            self.stdout.write(f"  {done} after {time.monotonic() - began:.0f} s")
