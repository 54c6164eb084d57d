"""A small Django site whose people come by django-cas-ng. `python django_site.py CITY FOLDER` prints its address."""
import pathlib
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import path

CITY, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])


def whoami(request):
    if not request.user.is_authenticated:
        return HttpResponseRedirect("/login?" + request.GET.urlencode())
    user = request.user
    return JsonResponse(
        {"login": user.username, "name": user.first_name, "attributes": request.session.get("attributes", {})}
    )


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


settings.configure(
    SECRET_KEY="a key of the tests", ALLOWED_HOSTS=["localhost"], ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "django.sqlite"}},
    INSTALLED_APPS=[
        "django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "django.contrib.messages",
        "django_cas_ng",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware", "django_cas_ng.middleware.CASMiddleware",
    ],
    AUTHENTICATION_BACKENDS=["django_cas_ng.backends.CASBackend"], DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    CAS_SERVER_URL=CITY + "/cas/", CAS_VERSION="3", CAS_APPLY_ATTRIBUTES_TO_USER=True,
    # The way back stands in the service, so the service has a query string of its own.
    CAS_STORE_NEXT=False, CAS_RENAME_ATTRIBUTES={"name": "first_name"},
    MESSAGE_STORAGE="django.contrib.messages.storage.session.SessionStorage", USE_TZ=True,
)
django.setup()

import django_cas_ng.views  # noqa: E402  (needs the settings)
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

urlpatterns = [
    path("whoami", whoami),
    path("login", django_cas_ng.views.LoginView.as_view(), name="cas_ng_login"),
    path("logout", django_cas_ng.views.LogoutView.as_view(), name="cas_ng_logout"),
    path("", lambda request: JsonResponse({})),
]

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
    print(f"http://localhost:{server.server_port}", flush=True)
    server.serve_forever()
