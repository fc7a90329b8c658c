"""The fixed words of the organization."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Level(TextChoices):
    GRID = "grid", _("Grid")
    VILLAGE = "village", _("Village")
    TOWN = "town", _("Town")
    DISTRICT = "district", _("District")

    @property
    def above(self) -> "Level":
        """The next level of the ladder village -> town -> district; the district stays itself."""
        climb = [Level.GRID, Level.VILLAGE, Level.TOWN, Level.DISTRICT]
        return climb[min(climb.index(self) + 1, 3)]


class Role(TextChoices):
    GRID_MEMBER = "grid_member", _("Grid member")
    HANDLER = "handler", _("Handler")
    HEAD = "head", _("Head of unit")
    DISPATCHER = "dispatcher", _("Dispatcher")
    SUPERVISOR = "supervisor", _("Supervisor")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class UnitKind(TextChoices):
    COMMAND = "command", _("Command room")
    GOVERNMENT = "gov", _("Government bureau")
    PARTY = "party", _("Party office")
    MASS = "mass", _("Mass organization")
    INSTITUTION = "institution", _("Public institution")
    ENTERPRISE = "enterprise", _("Enterprise")
    TOWN_UNIT = "town_unit", _("Town unit")
    VILLAGE = "self_governing", _("Village or residents' committee")


class Scope(TextChoices):
    """What an API client may do."""

    REPORT = "report", _("Report matters")
    READ = "read", _("Read matters")
    REVEAL = "reveal", _("Reveal contacts")


class DayKind(TextChoices):
    OFF = "off", _("Day off")
    WORK = "work", _("Swapped working day")
    HALF = "half", _("Half day")


class Slot(TextChoices):
    """The two places of a duty turn: who answers, and the leader who decides."""

    OFFICER = "officer", _("Duty officer")
    LEADER = "leader", _("Duty leader")


class Away(TextChoices):
    """Why somebody is away. Shown only to the person and to whoever keeps the list; others see that they are away."""

    LEAVE = "leave", _("Leave")
    TRIP = "trip", _("Official trip")
    ILL = "ill", _("Illness")
    TRAINING = "training", _("Training")


class ActorKind(TextChoices):
    PERSON = "person", _("Person")
    CLIENT = "client", _("System")
    REPORTER = "reporter", _("Reporter")
    RULE = "rule", _("Rule")
