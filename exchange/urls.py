"""Addresses for machines. A verb that is not built is not here; what is not here is a problem document, not a page."""

from django.urls import URLPattern, URLResolver, path, re_path, register_converter
from django.urls.converters import StringConverter
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from exchange import developers, problems
from exchange.api.views import attachments, calendar, catalogue, ladder, matter_verbs, matters, nodes, track

app_name = "exchange"


class Serial(StringConverter):
    regex = r"[0-9]{4}-[0-9]{5,10}"


class Token(StringConverter):
    regex = r"[A-Za-z0-9_-]{1,64}"


register_converter(Serial, "serial")
register_converter(Token, "token")

v1 = "api/v1/"
urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{v1}matters", matters.Matters.as_view(), name="matters"),
    path(f"{v1}matters/<serial:number>", matters.MatterFile.as_view(), name="matter"),
    path(f"{v1}matters/<serial:number>/timeline", matters.Timeline.as_view(), name="timeline"),
    path(f"{v1}matters/<serial:number>/ladder", ladder.Ladder.as_view(), name="ladder"),
    path(f"{v1}matters/<serial:number>/reveal", matters.Reveal.as_view(), name="reveal"),
    *(
        path(f"{v1}matters/<serial:number>/{verb}", matter_verbs.verb_view(verb))
        for verb in matter_verbs.VERBS
    ),
    path(f"{v1}nodes", nodes.Nodes.as_view(), name="nodes"),
    *(path(f"{v1}nodes/<int:pk>/{verb}", nodes.verb_view(verb)) for verb in nodes.VERBS),
    path(f"{v1}attachments", attachments.Attachments.as_view(), name="attachments"),
    path(f"{v1}areas", catalogue.Areas.as_view(), name="areas"),
    path(f"{v1}departments", catalogue.Departments.as_view(), name="departments"),
    path(f"{v1}categories", catalogue.Categories.as_view(), name="categories"),
    path(f"{v1}responsibilities", catalogue.Responsibilities.as_view(), name="responsibilities"),
    path(f"{v1}calendar/deadline", calendar.Deadline.as_view(), name="deadline"),
    path(f"{v1}track/<token:token>", track.Track.as_view(), name="track"),
    path(f"{v1}track/<token:token>/rate", track.TrackRate.as_view(), name="track_rate"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "api/docs/",
        SpectacularSwaggerSplitView.as_view(url_name="exchange:schema", template_name="exchange/docs.html"),
        name="docs",
    ),
    re_path(r"^api/(?!schema$|docs$)", problems.not_found),
    path("developers/", developers.start, name="developers"),
]
