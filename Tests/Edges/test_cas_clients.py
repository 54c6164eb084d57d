"""CAS with clients of other makers: Apache's mod_auth_cas, python-cas in three versions, django-cas-ng. Each lets people
in with their Chinese attributes, refuses a ticket that was used, and forgets them when they sign out of the platform."""
import base64
import json
import os
import pathlib
import subprocess
import sys
import urllib.parse

import cas
import pytest
import requests
from harness import free_port, wait_until

SCOPES = "profile edu"
TICKET = "ST-"


def ticket_of(answer: requests.Response) -> str:
    query = urllib.parse.urlsplit(answer.headers["Location"]).query
    return urllib.parse.parse_qs(query)["ticket"][0]


class PythonCAS:
    """An application that uses the library python-cas and keeps its people by their tickets."""

    def __init__(self, city, version: int):
        self.city, self.echo = city, city.echo()
        self.service = f"{self.echo.url}/v{version}?next=%2Fbooks%3Fq%3D%E4%B9%A6%26n%3D1+2"
        city.add_application(f"python-cas {version}", "cas", service=self.echo.url + "/*", scope=SCOPES)
        self.client = cas.CASClient(
            version=version, service_url=self.service, server_url=city.url + "/cas/", verify_ssl_certificate=city.ca
        )
        self.known: dict[str, tuple] = {}
        self.last_ticket = None

    def enter(self, session: requests.Session):
        answer = session.get(self.client.get_login_url(), allow_redirects=False)
        assert answer.status_code == 303 and answer.headers["Location"].startswith(self.service + "&ticket="), answer.text
        self.last_ticket = ticket_of(answer)
        told = self.client.verify_ticket(self.last_ticket)
        self.known[self.last_ticket] = told
        return told

    def replay(self) -> None:
        assert self.client.verify_ticket(self.last_ticket)[0] is None

    def is_signed_in(self, _session) -> bool:
        for _, form in self.echo.posts:
            for found in cas.CASClientV3.get_saml_slos(form["logoutRequest"]) or []:
                self.known.pop(found.text, None)
        return self.last_ticket in self.known


class ApacheCAS:
    """A site behind Apache's mod_auth_cas."""

    SITE = """
        CASCookiePath {folder}/store/
        CASLoginURL CITY/cas/login
        CASValidateURL CITY/cas/p3/serviceValidate
        CASCertificatePath {ca}
        CASVersion 2
        CASSSOEnabled On
        CASRootProxiedAs {url}
        CASAttributePrefix CAS-
        ProxyPass / ECHO/ nocanon
        <Location />
            AuthType CAS
            Require valid-user
            CASScope /
            CASAuthNHeader CAS-User
        </Location>
    """

    def __init__(self, city, name: str = "Apache"):
        self.city, echo, port = city, city.echo(), free_port()
        site = self.SITE.replace("CITY", city.url).replace("ECHO", echo.url)
        self.site = city.apache(f"mod_auth_cas-{port}", site, ["auth_cas"], port=port)
        # The path has no Chinese: the module sends it unescaped to the validator, which no HTTP parser takes.
        self.page = self.site.url + "/books/a%20b?q=%E9%98%B2%E5%9F%8E&n=1+2&back=%2Fa%3Fb%3Dc"
        self.id = city.add_application(
            name, "cas", service=self.site.url + "/*", scope=SCOPES, launch=self.page
        )["clientID"]
        self.ticket_address = None

    def enter(self, session: requests.Session):
        answer = session.get(self.page)
        assert answer.status_code == 200 and answer.url == self.page, f"{answer.url}\n{answer.text[-1000:]}"
        tickets = [step.url for step in answer.history if TICKET in step.url]
        assert len(tickets) == 1, [step.url for step in answer.history]
        self.ticket_address = tickets[0]
        return answer.json()["headers"]

    def replay(self) -> None:
        answer = self.city.session().get(self.ticket_address, allow_redirects=False)
        assert answer.status_code in (302, 401), answer.status_code
        assert "Set-Cookie" not in answer.headers

    def is_signed_in(self, session: requests.Session) -> bool:
        return session.get(self.page, allow_redirects=False).status_code == 200


class DjangoCAS:
    """A Django site with django-cas-ng."""

    def __init__(self, city, folder: pathlib.Path):
        self.city = city
        program = pathlib.Path(__file__).with_name("django_site.py")
        self.process = subprocess.Popen(
            [sys.executable, str(program), city.url, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=os.environ | {"REQUESTS_CA_BUNDLE": city.ca},
        )
        self.url = self.process.stdout.readline().strip()
        assert self.url, self.process.stderr.read()[-3000:]
        city.add_application("Django", "cas", service=self.url + "/login", scope=SCOPES)
        self.page = self.url + "/whoami?next=" + urllib.parse.quote("/whoami?q=防城&n=1+2", safe="")
        self.ticket_address = None

    def enter(self, session: requests.Session):
        answer = session.get(self.page)
        assert answer.status_code == 200 and "/whoami" in answer.url, f"{answer.url}\n{answer.text[-1000:]}"
        self.ticket_address = next(step.url for step in answer.history if TICKET in step.url)
        return answer.json()

    def replay(self) -> None:
        assert self.city.session().get(self.ticket_address, allow_redirects=False).status_code == 403

    def is_signed_in(self, session: requests.Session) -> bool:
        return session.get(self.url + "/whoami", allow_redirects=False).status_code == 200

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


@pytest.fixture(scope="module")
def applications(city, tmp_path_factory):
    django = DjangoCAS(city, tmp_path_factory.mktemp("django"))
    yield {
        "mod_auth_cas": ApacheCAS(city), "python-cas 1": PythonCAS(city, 1), "python-cas 2": PythonCAS(city, 2),
        "python-cas 3": PythonCAS(city, 3), "django-cas-ng": django,
    }
    django.stop()


@pytest.fixture
def teacher(city):
    session = city.session()
    city.sign_in(session, "wang")
    return session


def test_mod_auth_cas_passes_the_attributes_on(applications, teacher):
    headers = applications["mod_auth_cas"].enter(teacher)
    assert headers["CAS-User"] == "wang"
    assert headers["CAS-name"] == "王老师"
    assert headers["CAS-role"] == "teacher"
    assert "实验小学" in headers["CAS-organisation"]


@pytest.mark.parametrize("version", [1, 2])
def test_python_cas_learns_the_login_name(applications, teacher, version):
    login, attributes, _ = applications[f"python-cas {version}"].enter(teacher)
    assert (login, attributes) == ("wang", None)


def test_python_cas_3_learns_the_attributes(applications, teacher):
    login, attributes, _ = applications["python-cas 3"].enter(teacher)
    assert login == "wang"
    assert attributes["name"] == "王老师"
    assert attributes["role"] == "teacher"
    assert "实验小学" in attributes["organisation"]
    assert attributes["isFromNewLogin"] == "false"


def test_django_cas_ng_keeps_the_attributes_with_its_user(applications, teacher):
    told = applications["django-cas-ng"].enter(teacher)
    assert (told["login"], told["name"]) == ("wang", "王老师")
    assert "实验小学" in told["attributes"]["organisation"]


@pytest.mark.parametrize("name", ["mod_auth_cas", "python-cas 1", "python-cas 2", "python-cas 3", "django-cas-ng"])
def test_a_used_ticket_lets_nobody_in(applications, teacher, name):
    applications[name].enter(teacher)
    applications[name].replay()


def test_one_sign_in_opens_all_and_one_sign_out_ends_all(city, applications):
    session = city.session()
    # Signing in on the way to the first application; the others ask nothing.
    page = session.get(applications["mod_auth_cas"].page)
    assert "/sign-in?" in page.url
    arrived = city.sign_in(session, "wang", at=page)
    assert arrived.url == applications["mod_auth_cas"].page and arrived.json()["headers"]["CAS-User"] == "wang"
    for name, application in applications.items():
        if name != "mod_auth_cas":
            application.enter(session)
    assert [name for name, one in applications.items() if not one.is_signed_in(session)] == []
    city.sign_out(session)
    wait_until(
        lambda: not any(one.is_signed_in(session) for one in applications.values()),
        what="all applications have forgotten her",
    )
    told = wait_until(lambda: len(lines := city.audit("application.sign_out_told")) >= 5 and lines)
    assert all(line["succeeded"] for line in told), told


def test_a_ticket_for_one_service_is_refused_to_another_and_burnt(applications, teacher):
    first, second = applications["python-cas 2"], applications["python-cas 3"]
    answer = teacher.get(first.client.get_login_url(), allow_redirects=False)
    ticket = ticket_of(answer)
    assert b'code="INVALID_SERVICE"' in second.client.get_verification_response(ticket)
    assert b'code="INVALID_TICKET"' in first.client.get_verification_response(ticket)


def test_gateway_renew_and_logout_as_python_cas_asks_for_them(city, applications, teacher):
    application = applications["python-cas 3"]
    asked = application.client.get_login_url()
    assert city.session().get(asked + "&gateway=true", allow_redirects=False).headers["Location"] == application.service
    renewed = teacher.get(asked + "&renew=true")
    assert "/sign-in?" in renewed.url
    arrived = city.sign_in(teacher, "wang", at=renewed)
    login, attributes, _ = application.client.verify_ticket(
        urllib.parse.parse_qs(urllib.parse.urlsplit(arrived.url).query)["ticket"][0]
    )
    assert (login, attributes["isFromNewLogin"]) == ("wang", "true")
    out = teacher.get(application.client.get_logout_url(redirect_url=application.service), allow_redirects=False)
    assert out.headers["Location"] == application.service
    assert teacher.get(city.url + "/account", allow_redirects=False).status_code == 303


def test_openid_connect_and_cas_share_one_session(city, applications):
    """Entered by OpenID Connect, left by CAS: both applications hear of it."""
    echo = city.echo()
    keys = city.add_application(
        "OpenID 应用", "openid", redirect=echo.url + "/callback", logout_url=echo.url + "/logout", scope="openid profile"
    )
    session = city.session()
    query = {
        "client_id": keys["clientID"], "redirect_uri": echo.url + "/callback", "response_type": "code",
        "scope": "openid profile", "state": "one", "nonce": "two",
    }
    page = session.get(city.url + "/openid/authorize", params=query)
    assert "/sign-in?" in page.url
    arrived = city.sign_in(session, "wang", at=page)
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(arrived.url).query)["code"][0]
    told = city.session().post(
        city.url + "/openid/token", auth=(keys["clientID"], keys["clientSecret"]),
        data={"grant_type": "authorization_code", "code": code, "redirect_uri": echo.url + "/callback"},
    )
    assert told.status_code == 200, told.text
    claims = claims_of(told.json()["id_token"])
    application = applications["python-cas 3"]
    assert application.enter(session)[0] == "wang"
    again = session.get(city.url + "/openid/authorize", params=query | {"prompt": "none"}, allow_redirects=False)
    assert "code=" in again.headers["Location"], again.headers
    session.get(application.client.get_logout_url(redirect_url=application.service), allow_redirects=False)
    assert "login_required" in session.get(
        city.url + "/openid/authorize", params=query | {"prompt": "none"}, allow_redirects=False
    ).headers["Location"]
    wait_until(lambda: echo.posts and not application.is_signed_in(session), what="both have heard of it")
    address, form = echo.posts[0]
    assert address == "/logout"
    assert claims_of(form["logout_token"])["sid"] == claims["sid"]


def claims_of(token: str) -> dict:
    """What a token says; its signature is the matter of other tests."""
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
