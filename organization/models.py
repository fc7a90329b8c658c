"""Where we are, who we are, when we work."""

from datetime import date

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin, UserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organization import choices
from organization.querysets import AreaQuerySet, DepartmentQuerySet, PostQuerySet
from organization.rota import Absence as Absence
from organization.rota import DutyTurn as DutyTurn
from organization.standing import stamped


class Area(models.Model):
    """A node of the tree district > town > village > grid; its code has 6, 9, 12 or 15 digits."""

    code = models.CharField(_("code"), max_length=15)
    name = models.CharField(_("name"), max_length=60)
    level = models.CharField(_("level"), max_length=10, choices=choices.Level)
    kind = models.CharField(_("kind"), max_length=20, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(
        _("path"), max_length=80, help_text=_("Codes from the district down, each closed by a slash.")
    )
    ring = models.JSONField(
        _("boundary"), null=True, blank=True, help_text=_("Closed ring of [lon, lat], CGCS2000.")
    )
    west = models.FloatField(null=True, blank=True)
    south = models.FloatField(null=True, blank=True)
    east = models.FloatField(null=True, blank=True)
    north = models.FloatField(null=True, blank=True)
    households = models.PositiveIntegerField(_("households"), null=True, blank=True)
    residents = models.PositiveIntegerField(_("residents"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")

    objects = AreaQuerySet.as_manager()

    class Meta:
        triggers = stamped()
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        constraints = [
            # codes are withdrawn and given out again, so only a living code is unique
            models.UniqueConstraint(fields=["code"], condition=Q(valid_to=None), name="area_code_once"),
            models.CheckConstraint(condition=Q(path__endswith="/"), name="area_path_is_closed"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="area_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="area_path"),  # within(area)
            models.Index(
                fields=["west", "east"], condition=Q(level="grid"), name="grid_box"
            ),  # around(point)
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lineage(self) -> list[str]:
        """Paths of the area and of all that contain it, the smallest first."""
        codes = self.path.strip("/").split("/")
        return ["/" + "/".join(codes[: n + 1]) + "/" for n in reversed(range(len(codes)))]

    def holds(self, path: str) -> bool:
        return path.startswith(self.path)


class Platform(models.Model):
    """A sector of governance; "4+X", so a district adds its own."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        triggers = stamped()
        verbose_name = _("platform")
        verbose_name_plural = _("platforms")
        ordering = ["order"]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A unit that can be responsible."""

    code = models.CharField(_("code"), max_length=24, unique=True)
    name = models.CharField(_("name"), max_length=60)
    short_name = models.CharField(_("short name"), max_length=40)
    sort_key = models.CharField(_("pinyin"), max_length=240, blank=True, editable=False)
    office = models.CharField(
        _("office"), max_length=12, help_text=_("The office it is in its place, such as ZFDW.")
    )
    level = models.CharField(_("level"), max_length=10, choices=choices.Level)
    kind = models.CharField(_("kind"), max_length=16, choices=choices.UnitKind)
    area = models.ForeignKey(Area, models.PROTECT, related_name="departments", verbose_name=_("place"))
    platform = models.ForeignKey(Platform, models.PROTECT, null=True, blank=True, related_name="departments")
    stationed_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stationed",
        verbose_name=_("bureau it belongs to"),
    )
    uscc = models.CharField(_("social credit code"), max_length=18, blank=True)
    on_duty_24h = models.BooleanField(_("on duty day and night"), default=False)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        triggers = stamped()
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [
            models.UniqueConstraint(
                fields=["area", "office"], condition=Q(valid_to=None), name="one_office_of_a_kind_in_a_place"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="department_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)

    @property
    def is_command_room(self) -> bool:
        return self.kind == choices.UnitKind.COMMAND


class Person(AbstractBaseUser, PermissionsMixin):
    """A user. What a person may do comes from posts, never from this row."""

    username = models.CharField(
        _("username"), max_length=60, unique=True, validators=[UnicodeUsernameValidator()]
    )
    name = models.CharField(_("name"), max_length=60)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the configuration"), default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        triggers = stamped("name", "username", "email", "phone", "is_active")
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Post(models.Model):
    """An appointment: a person in a unit or grid, with a role, for a time."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="posts")
    role = models.CharField(_("role"), max_length=16, choices=choices.Role)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="posts")
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("area it covers")
    )
    title = models.CharField(pgettext_lazy("post", "title"), max_length=40, blank=True)
    sensitive_desk = models.BooleanField(_("named sensitive desk"), default=False)
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("deputy"), help_text=_("Acts while the holder is away and has named nobody else."),
    )  # fmt: skip
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = PostQuerySet.as_manager()
    acting = False  # held for somebody else for a time: a deputy's, or by a turn of duty

    class Meta:
        triggers = stamped()
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.CheckConstraint(
                condition=~Q(role__in=["grid_member", "dispatcher", "supervisor", "auditor"])
                | Q(area__isnull=False),
                name="post_has_the_area_its_role_needs",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=["handler", "head", "dispatcher"]) | Q(department__isnull=False),
                name="post_has_the_department_its_role_needs",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="post_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(deputy=None) | ~Q(deputy=F("person")), name="post_has_another_as_deputy"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_role_display()}"


class ApiClient(models.Model):
    """Another system. The secret is 256 random bits, so a plain SHA-256 of it is safe to keep."""

    prefix = models.CharField(max_length=16, unique=True)
    name = models.CharField(_("name"), max_length=60, unique=True)
    secret_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=16, choices=choices.Scope), verbose_name=_("scopes"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="api_clients", verbose_name=_("area"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")

    def __str__(self) -> str:
        return self.name

    @property
    def is_authenticated(self) -> bool:
        return True


class CalendarVersion(models.Model):
    """One published state of the whole working calendar; the highest number is in force."""

    number = models.PositiveIntegerField(unique=True)
    published_at = models.DateTimeField(_("published at"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    office_hours = models.JSONField(
        _("office hours"), help_text=_('Such as [["08:30", "12:00"], ["13:30", "17:30"]].')
    )
    closes_at_midnight = models.BooleanField(_("working-day limits end at 24:00"), default=False)
    confirmed_years = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("years with an official notice")
    )

    class Meta:
        triggers = stamped()
        verbose_name = _("calendar version")
        verbose_name_plural = _("calendar versions")

    def __str__(self) -> str:
        return f"v{self.number}"


class CalendarDay(models.Model):
    """A day that differs from the plain Monday-to-Friday week."""

    version = models.ForeignKey(CalendarVersion, models.CASCADE, related_name="days")
    on = models.DateField(_("date"))
    kind = models.CharField(_("kind"), max_length=4, choices=choices.DayKind)
    name = models.CharField(_("name"), max_length=40)

    class Meta:
        triggers = stamped()
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        constraints = [models.UniqueConstraint(fields=["version", "on"], name="calendar_day_once")]


class CalendarDraft(models.Model):
    """The next calendar while it is being written; one at a time. `days`: [{"date", "kind", "name"}]."""

    open = models.BooleanField(default=True)
    base = models.PositiveIntegerField(default=0, help_text="The version it was made from.")
    office_hours = models.JSONField(default=list)
    closes_at_midnight = models.BooleanField(default=False)
    confirmed_years = ArrayField(models.PositiveSmallIntegerField(), default=list)
    days = models.JSONField(default=list)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("calendar draft")
        verbose_name_plural = _("calendar drafts")
        constraints = [
            models.UniqueConstraint(fields=["open"], condition=Q(open=True), name="one_open_calendar_draft")
        ]


class ClockOffset(models.Model):
    """How far demo time runs ahead of the database's clock. One row at most, and none outside demo mode."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    ahead = models.DurationField(_("ahead"))

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_clock")]


class Standing(models.Model):
    """The stamp of everything that stands until somebody changes it; one row, written by triggers only."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    stamp = models.UUIDField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_stamp")]
