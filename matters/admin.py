"""Configuration of the catalogue and the channels. Matters, entries and reporters are not for this place."""

from django.contrib import admin

from matters.models import Category, Channel
from organization.admin import Kept


@admin.register(Category)
class CategoryAdmin(Kept):
    """A category goes out of use by its mark; matters keep pointing to it."""

    list_display = ["code", "name", "platform", "major", "sensitive", "emergency", "route", "active"]
    list_filter = ["platform", "active", "sensitive", "emergency", "route"]
    list_select_related = ["platform"]
    search_fields = ["code", "name", "scope_note"]
    ordering = ["code"]


@admin.register(Channel)
class ChannelAdmin(Kept):
    list_display = ["code", "name"]
    ordering = ["code"]
