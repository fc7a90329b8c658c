from allauth.account.decorators import secure_admin_login
from allauth.account.views import login, logout
from django.contrib import admin
from django.urls import include, path

from govflow.home import home

# The one lock-out against guessed passwords guards the configuration pages as well.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler500 = "govflow.outage.broken"

urlpatterns = [
    path("", home),
    path("login/", login, name="account_login"),
    path("logout/", logout, name="account_logout"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("demo/", include("demo.urls")),
    path("", include("desk.urls")),
    path("", include("portal.urls")),
    path("", include("exchange.urls")),
]
