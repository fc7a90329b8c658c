"""Configuration of time and duty: the policies and the responsibility list. Nodes, rungs and messages are not here."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest  # noqa: TID251  (the type Django's admin calls these with)
from django.utils.translation import gettext_lazy as _

from dispatch import ladders, media
from dispatch.alarms import EmergencyWord
from dispatch.channels import gateway, http
from dispatch.choices import BodyFormat, Medium
from dispatch.models import ChannelSetting, Responsibility, TimePolicy
from organization.admin import Kept
from organization.calendar import Limit, Unit

STAGES = ("accept", "dispatch", "sign", "return_window", "verify", "callback", "call")
RINGS = ("every", "above_after", "leader_after", "slow_after", "slow_every", "look")


def limit_of(text: Any) -> None:
    """Raise ValidationError for what is not a limit such as 5WD."""
    try:
        Limit.parse(text)
    except (TypeError, ValueError) as error:
        raise ValidationError(
            _("“%(text)s” is not a limit. Write an amount and a unit: 5WD, 4WH, 3D, 2H or 15M."),
            params={"text": text},
        ) from error


def parts_of(value: Any, names: Sequence[str]) -> list[Any]:
    """The named parts of a JSON object; ValidationError if one is missing."""
    missing = [name for name in names if not isinstance(value, dict) or name not in value]
    if not isinstance(value, dict):
        raise ValidationError(_("Write an object: {...}."))
    if missing:
        raise ValidationError(_("Missing: %(names)s."), params={"names": ", ".join(missing)})
    return [value[name] for name in names]


class TimePolicyForm(forms.ModelForm):
    """A policy that cannot be read would stop every report, so it is read before it is stored."""

    def clean_stages(self) -> Any:
        for stage in parts_of(self.cleaned_data["stages"], STAGES):
            parts_of(stage, ["normal"])
            for limit in stage.values():
                limit_of(limit)
        return self.cleaned_data["stages"]

    def clean_levels(self) -> Any:
        for limit in parts_of(self.cleaned_data["levels"], ["village", "town"]):
            limit_of(limit)
        return self.cleaned_data["levels"]

    def clean_rings(self) -> Any:
        for limit in parts_of(self.cleaned_data["rings"], RINGS):
            limit_of(limit)
            if Limit.parse(limit).unit in (Unit.WD, Unit.WH):
                raise ValidationError(_("Rings run day and night: write minutes, hours or days, such as 3M."))
        return self.cleaned_data["rings"]

    def clean_telling(self) -> Any:
        telling = self.cleaned_data["telling"] or {}
        parts_of(telling, [])
        limit_of(telling.get("digest", media.DIGEST))
        for rule in parts_of(telling.get("media", {}), list(telling.get("media", {}))):
            parts_of(rule, ["normal"])
            check_media([way for ways in rule.values() for way in ways])
        return telling


def check_media(ways: Sequence[str]) -> None:
    if unknown := sorted(set(ways) - set(Medium)):
        raise ValidationError(_("“%(name)s” is no medium."), params={"name": unknown[0]})


@admin.register(TimePolicy)
class TimePolicyAdmin(Kept):
    form = TimePolicyForm
    list_display = ["effective_from", "levels", "auto_confidence"]
    ordering = ["-effective_from"]

    def save_model(self, request: HttpRequest, obj: TimePolicy, form: Any, change: bool) -> None:
        ladders.keep(*obj.ladders.values())
        super().save_model(request, obj, form, change)


class ResponsibilityForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if "limit_amount" in cleaned and "limit_unit" in cleaned:
            limit_of(f"{cleaned['limit_amount']}{cleaned['limit_unit']}")
        for name in ("first_response", "total"):
            if cleaned.get(name):
                limit_of(cleaned[name])
        if "lead_department" in cleaned and not (cleaned["lead_department"] or cleaned.get("lead_level")):
            raise ValidationError(_("Name the lead: a unit, or a level and an office."))
        return cleaned


@admin.register(Responsibility)
class ResponsibilityAdmin(Kept):
    """A published line is never edited: end it, and add its next version."""

    form = ResponsibilityForm
    list_display = ["code", "version", "category", "area", "list_kind", "effective_from", "effective_to"]
    list_filter = ["list_kind", "category__platform"]
    list_select_related = ["category", "area"]
    search_fields = ["code", "category__name"]
    ordering = ["code", "-version"]
    autocomplete_fields = ["category", "area", "lead_department"]

    def get_readonly_fields(self, request: HttpRequest, obj: Responsibility | None = None) -> list[str]:
        fields = [field.name for field in self.opts.fields if field.name not in ("id", "effective_to")]
        return fields if obj else []


class ChannelSettingForm(forms.ModelForm):
    """A gateway that could send elsewhere, or send a secret of the server, is refused before it is stored."""

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if not http.is_listed(gateway.HOLE.sub("x", url)):
            raise ValidationError(_("This host is not among the gateways the server may write to."))
        return url

    def clean_secret(self) -> str:
        secret: str = self.cleaned_data["secret"]
        if secret and not secret.startswith(gateway.PREFIX):
            raise ValidationError(_("The name begins with CHANNEL_SECRET_."))
        return secret

    def clean_body(self) -> Any:
        body = self.cleaned_data["body"]
        if self.cleaned_data.get("body_format") == BodyFormat.FORM:
            parts_of(body, [])
        return body

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        for name in ("url", "headers", "body"):
            if unknown := sorted(gateway.unknown(cleaned.get(name))):
                self.add_error(name, _("Nobody fills in {%(name)s}.") % {"name": unknown[0]})
        if (cleaned.get("medium") == Medium.ROBOT) != bool(cleaned.get("unit")):
            raise ValidationError(_("A robot belongs to a unit; the other gateways belong to none."))
        return cleaned


@admin.register(ChannelSetting)
class ChannelSettingAdmin(admin.ModelAdmin):
    form = ChannelSettingForm
    list_display = ["medium", "unit", "url", "active"]
    list_select_related = ["unit"]
    autocomplete_fields = ["unit"]
    ordering = ["medium", "pk"]


@admin.register(EmergencyWord)
class EmergencyWordAdmin(Kept):
    """A row is all it takes: a word, and the phrases in which it is harmless."""

    list_display = ["word", "unless", "active"]
    list_filter = ["active"]
    search_fields = ["word"]
    ordering = ["word"]
