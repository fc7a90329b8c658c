"""The frame around every page: top bar, dock, account. Which doors a person sees follows from their posts."""

from django.urls import reverse
from django.utils.translation import gettext as _

from assessment.policies import may_see_board
from dispatch import notices as told
from dispatch.policies import may_run_platform
from organization.choices import Role

ROOM = (Role.DISPATCHER,)
ON_DUTY = (Role.DISPATCHER, Role.SUPERVISOR, Role.HEAD)
KEEPERS = {Role.DISPATCHER, Role.HEAD, Role.SUPERVISOR, Role.ADMINISTRATOR}
ADDRESS = {"duty": "rosters"}  # a door whose first page is called otherwise


def around(request, by, *, nav=""):
    """Context of `base.html` for the person; for somebody without an account, the way to sign in."""
    mode = "elder" if request.COOKIES.get("mode") == "elder" else ""
    if by.person is None:
        return {"mode": mode, "shell": {"login_url": f"{reverse('account_login')}?next={request.path}"}}
    doors = [{**door, "current": door["name"] == nav} for door in _doors(by)]
    return {
        "mode": mode,
        "shell": {
            "nav": [door for door in doors if door["name"] != "me"],
            "search_url": reverse("desk:matters"),
            "notices": {"href": reverse("desk:notices"), "count": _few(told.unseen(by))},
            "account": {"name": by.name, "href": reverse("desk:me")},
            "logout_url": reverse("account_logout"),
        },
        "dock": [door for door in doors if door["icon"]][:5],
    }


def _few(count):
    return f"{told.MOST - 1}+" if count >= told.MOST else count


def _doors(by):
    roles = {post.role for post in by.posts}
    doors = [
        ("inbox", _("To do"), "inbox", True),
        ("tray", _("Tray"), "", roles & set(ROOM)),
        ("duty_screen", _("Duty screen"), "", roles & set(ON_DUTY)),
        ("report", _("Report"), "add", True),
        ("matters", _("Matters"), "find", True),
        ("duty", _("Duty"), "", roles & KEEPERS),
        ("board", _("Board"), "board", may_see_board(by)),
        ("responsibilities", _("Responsibilities"), "", True),
        ("outgoing", _("Outgoing messages"), "", may_run_platform(by)),
        ("system", _("System check"), "", Role.ADMINISTRATOR in roles),
        ("calendar", _("Calendar"), "", Role.ADMINISTRATOR in roles),
        ("me", _("Me"), "me", True),
    ]
    return [
        {"name": name, "label": label, "icon": icon, "href": reverse(f"desk:{ADDRESS.get(name, name)}")}
        for name, label, icon, open_here in doors
        if open_here
    ]
