"""Free text as a page may show it."""

from django import template
from django.template.defaultfilters import stringfilter

from matters import masking

register = template.Library()


@register.filter
@stringfilter
def masked(text: str) -> str:
    """The text without phone and identity numbers; clear contacts leave only by a logged reveal."""
    return masking.text(text)
