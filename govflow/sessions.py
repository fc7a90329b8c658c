"""Sessions in the database, as the framework keeps them; the statement that finds one is compiled once."""

from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from organization.statements import Given, Once


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        found = _living.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found


_living: Once[Any] = Once(
    lambda: SessionStore.get_model_class().objects.filter(
        session_key=Given("key"), expire_date__gt=Given("now")
    )
)
