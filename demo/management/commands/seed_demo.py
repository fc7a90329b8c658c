"""`manage.py seed_demo`: the demo district, its people and ninety days of matters."""

import os
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from demo.seeding import clients, district, people, rosters
from demo.seeding import logins as login_file
from demo.seeding import matters as stories
from organization import areas, clock

DEFAULT_PASSWORD = "govflow-demo"


class Command(BaseCommand):
    help = "Plant the demo district once; later runs renew passwords and API keys. Demo mode only."

    def add_arguments(self, parser):
        parser.add_argument("--logins", metavar="FILE", help="write the logins there (mode 0600)")
        parser.add_argument("--if-empty", action="store_true", help="leave a planted district wholly alone")
        parser.add_argument("--matters", type=int, default=400, help="how many matters to make (default 400)")

    def handle(self, *args, logins=None, if_empty=False, matters=400, **options):
        if not settings.DEMO:
            raise CommandError(
                "seed_demo makes up people and matters: it runs in demo mode only (GOVFLOW_DEMO=1)."
            )
        password = os.environ.get("DEMO_PASSWORD") or DEFAULT_PASSWORD
        if not district.exists():
            with transaction.atomic():
                district.plant(password)
        elif not if_empty:
            people.set_password(password)
            clients.plant(areas.district())
        if matters and not stories.exist():
            self.tell(matters)
        rosters.plant(clock.now())
        if logins:
            login_file.write(logins, password)

    def tell(self, matters):
        """Addresses and numbers are given only afterwards: nobody is written to about the past."""
        began = time.monotonic()
        told, broken = stories.plant(matters, clock.now())
        seconds = time.monotonic() - began
        self.stdout.write(f"{told} matters in {seconds:.1f} s" + (f", {broken} broke off" if broken else ""))
        people.give_addresses()
