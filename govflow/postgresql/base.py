import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Asked at the first statement of each request. A server that went away has closed its end, which the socket
        tells without a question across; only when something lies there is the server asked."""
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN | select.POLLPRI)
        return super().is_usable() if poll.poll(0) else True
