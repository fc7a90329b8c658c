"""Configuration of places, units, people and systems. Nothing with a history is deleted: it ends on a day."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db.models import Model
from django.http import HttpRequest  # noqa: TID251  (the type Django's admin calls these with)
from django.utils.translation import gettext_lazy as _

from organization import geometry
from organization.choices import Scope
from organization.models import (
    ApiClient,
    Area,
    CalendarDay,
    CalendarVersion,
    Department,
    Person,
    Platform,
    Post,
)


class Kept(admin.ModelAdmin):
    """Rows that others point to for ever."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnly(Kept):
    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Area)
class AreaAdmin(Kept):
    list_display = ["code", "name", "level", "parent", "valid_from", "valid_to"]
    list_filter = ["level", "kind"]
    list_select_related = ["parent"]
    search_fields = ["code", "name"]
    ordering = ["path"]
    autocomplete_fields = ["parent", "successor"]
    exclude = ["west", "south", "east", "north"]
    readonly_fields = ["path"]

    def get_readonly_fields(self, request: HttpRequest, obj: Area | None = None) -> list[str]:
        """A code that moved would take its matters out of every scope: withdraw the area and make a new one."""
        return ["code", "level", "parent", "path"] if obj else [*self.readonly_fields]

    def save_model(self, request: HttpRequest, obj: Area, form: forms.ModelForm, change: bool) -> None:
        obj.path = f"{obj.parent.path if obj.parent else '/'}{obj.code}/"
        box = geometry.bounding_box(obj.ring) if obj.ring else (None, None, None, None)
        obj.west, obj.south, obj.east, obj.north = box
        super().save_model(request, obj, form, change)


@admin.register(Platform)
class PlatformAdmin(Kept):
    list_display = ["code", "name", "name_en", "order"]


@admin.register(Department)
class DepartmentAdmin(Kept):
    list_display = ["code", "name", "office", "level", "kind", "area", "stationed_of", "valid_to"]
    list_filter = ["level", "kind", "platform"]
    list_select_related = ["area", "stationed_of"]
    search_fields = ["code", "name", "short_name"]
    ordering = ["code"]
    autocomplete_fields = ["area", "stationed_of", "successor"]


class PostInline(admin.TabularInline):
    model = Post
    fk_name = "person"
    extra = 0
    can_delete = False
    autocomplete_fields = ["department", "area", "deputy"]


class PersonCreationForm(AdminUserCreationForm):
    class Meta:
        model = Person
        fields = ["username", "name"]


class PersonChangeForm(UserChangeForm):
    class Meta:
        model = Person
        fields = "__all__"


@admin.register(Person)
class PersonAdmin(UserAdmin):
    """A person leaves by becoming inactive and by the end of the posts."""

    form = PersonChangeForm
    add_form = PersonCreationForm
    list_display = ["username", "name", "phone", "is_active", "is_staff"]
    list_filter = ["is_active", "is_staff", "posts__role"]
    search_fields = ["username", "name"]
    ordering = ["username"]
    filter_horizontal = []
    inlines = [PostInline]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["name", "email", "phone"]}),
        (_("Access"), {"fields": ["is_active", "is_staff", "is_superuser", "last_login"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "name", "usable_password", "password1", "password2"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> list[str]:
        """Only who has every right may give rights."""
        mine = ["last_login"]
        return mine if request.user.is_superuser else [*mine, "is_staff", "is_superuser"]

    def has_change_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        if obj and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Post)
class PostAdmin(Kept):
    list_display = ["person", "role", "department", "area", "sensitive_desk", "valid_from", "valid_to"]
    list_filter = ["role", "sensitive_desk"]
    list_select_related = ["person", "department", "area"]
    search_fields = ["person__name", "person__username", "department__name"]
    autocomplete_fields = ["person", "deputy", "department", "area"]


class ApiClientForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=_("scopes"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple, required=False
    )


@admin.register(ApiClient)
class ApiClientAdmin(Kept):
    """The key is shown once, when it is made; what lies here is never shown at all."""

    form = ApiClientForm
    list_display = ["name", "prefix", "area", "expires_at", "revoked_at"]
    list_select_related = ["area"]
    fields = ["name", "prefix", "scopes", "area", "expires_at", "revoked_at"]
    readonly_fields = ["prefix"]
    autocomplete_fields = ["area"]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class CalendarDayInline(admin.TabularInline):
    model = CalendarDay
    ordering = ["on"]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(CalendarVersion)
class CalendarVersionAdmin(ReadOnly):
    """A published version stands: deadlines name it. `load_calendar` publishes the next one."""

    list_display = ["number", "published_at", "note", "confirmed_years"]
    ordering = ["-number"]
    inlines = [CalendarDayInline]
