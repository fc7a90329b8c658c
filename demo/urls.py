from django.urls import path

from demo import views

app_name = "demo"
urlpatterns = [
    path("", views.page, name="page"),
    path("phone/", views.phone, name="phone"),
    path("login/", views.sign_in, name="sign_in"),
    path("advance/", views.advance, name="advance"),
    path("clock", views.Clock.as_view(), name="clock"),
]
