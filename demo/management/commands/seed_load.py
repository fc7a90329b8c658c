"""`manage.py seed_load --matters N`: mass data by COPY, for measurements."""

import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from demo.seeding import district
from demo.seeding.mass import MODELS, Mass
from organization import clock

CHUNK = 2000  # matters a transaction


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
        chunks = [CHUNK] * (matters // CHUNK) + ([matters % CHUNK] if matters % CHUNK else [])
        for done, _ in enumerate(load(chunks), start=1):
            if done % 10 == 0:
                self.stdout.write(f"  {done * CHUNK} after {time.monotonic() - began:.0f} s")
        with connection.cursor() as cursor:
            for model in MODELS.values():
                cursor.execute(f'VACUUM (ANALYZE) "{model._meta.db_table}"')
        self.stdout.write(f"{matters} matters in {time.monotonic() - began:.1f} s")


def load(chunks):
    """Load the chunks, in two processes where that is possible; yields as they are done."""
    if sys.platform != "linux" or connection.in_atomic_block:
        yield from map(load_chunk, chunks)
        return
    connection.close()  # a connection must not be carried over a fork
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool:
        yield from pool.map(load_chunk, chunks)


def load_chunk(count):
    the_mass().load(count)


@cache
def the_mass():
    """Read once in each process."""
    return Mass(clock.now())
