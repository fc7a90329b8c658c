"""Who may look at figures."""

from organization.actors import Actor
from organization.choices import Role

BOARD_ROLES = (Role.SUPERVISOR, Role.DISPATCHER, Role.AUDITOR, Role.HEAD)


def may_see_board(by: Actor) -> bool:
    """Those who steer work see the board; those who do it have their own page."""
    return any(post.role in BOARD_ROLES for post in by.posts)
