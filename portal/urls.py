from django.urls import path

from portal import views

app_name = "portal"
urlpatterns = [
    path("", views.front, name="front"),  # the desk's own "" comes first and hands strangers on to it
    path("report/", views.report, name="report"),
    path("report/done/<str:token>/", views.done, name="done"),
    path("q/", views.look_up, name="look_up"),
    path("q/<str:token>/", views.track, name="track"),
]
