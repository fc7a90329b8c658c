"""The data to measure on: the demo district, mass data, and those who ask."""

import os
import random
from datetime import timedelta
from io import StringIO

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command

from matters.models import Matter
from organization import areas, clock, people
from organization.models import Person

MATTERS = int(os.environ.get("BENCH_MATTERS", "100000"))
CLIENTS = 8  # more than one, since one system is held to 6,000 reports a minute
CSRF = "b" * 32


def prepare() -> None:
    """Tables, the district with a few told matters, and mass data up to the number asked for."""
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    call_command("seed_demo", if_empty=True, matters=40, stdout=StringIO())
    missing = MATTERS - Matter.objects.count()
    if missing > 0:
        print(f"bench: loading {missing} matters", flush=True)
        call_command("seed_load", matters=missing)


def api_keys() -> list[str]:
    """Headers of systems that may report and read."""
    district, expires = areas.district(), clock.now() + timedelta(days=3650)
    headers = []
    for _ in range(CLIENTS):
        name = f"bench {random.getrandbits(48):x}"
        _client, key = people.new_client(
            name=name, scopes=["report", "read"], area=district, expires_at=expires
        )
        headers.append(f"Authorization: Api-Key {key}")
    return headers


def session(person: Person) -> tuple[str, ...]:
    """Headers of a person who is logged in."""
    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.create()
    return (f"Cookie: sessionid={store.session_key}; csrftoken={CSRF}", f"X-CSRFToken: {CSRF}")
