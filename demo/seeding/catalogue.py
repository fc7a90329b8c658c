"""Platforms, channels and the categories of what may be reported."""

from demo.seeding import facts
from matters.models import Category, Channel
from organization.models import Platform


def plant_platforms():
    rows = enumerate(facts.district()["platforms"], start=1)
    platforms = Platform.objects.bulk_create(Platform(**row, order=order) for order, row in rows)
    return {platform.code: platform for platform in platforms}


def plant_channels():
    channels = Channel.objects.bulk_create(Channel(**row) for row in facts.district()["channels"])
    return {channel.code: channel for channel in channels}


def plant_categories(platforms):
    rows = facts.district()["categories"]
    categories = Category.objects.bulk_create(
        Category(**{**row, "platform": platforms[row["platform"]]}) for row in rows
    )
    return {category.code: category for category in categories}
