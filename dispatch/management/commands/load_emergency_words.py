"""`manage.py load_emergency_words`: the words that make an emergency of a report."""

from typing import Any

from django.core.management.base import BaseCommand

from dispatch import recognition


class Command(BaseCommand):
    help = "Add the emergency words on file that are not there yet. Rows a district has changed stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{recognition.load_words()} words added")
