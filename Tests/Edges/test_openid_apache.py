"""OpenID Connect with Apache's mod_auth_openidc: people come in with their Chinese names, signing out on either side ends
both, and new keys are found by themselves."""
import urllib.parse

import pytest
import requests
from harness import free_port, wait_until

SCOPE = "openid profile edu"


class ApacheOpenID:
    """A site behind Apache's mod_auth_openidc."""

    SITE = """
        OIDCProviderMetadataURL CITY/.well-known/openid-configuration
        OIDCClientID CLIENT
        OIDCClientSecret SECRET
        OIDCRedirectURI {url}/callback
        OIDCDefaultLoggedOutURL {url}/bye
        OIDCCryptoPassphrase a-passphrase-of-the-tests
        OIDCScope "openid profile edu"
        OIDCPKCEMethod S256
        OIDCCABundlePath {ca}
        OIDCSessionType server-cache
        OIDCCacheType shm
        OIDCRemoteUserClaim preferred_username
        OIDCPassClaimsAs headers
        ProxyPass /callback !
        ProxyPass /bye !
        ProxyPass / ECHO/ nocanon
        <LocationMatch "^/(?!bye)">
            AuthType openid-connect
            Require valid-user
        </LocationMatch>
    """

    def __init__(self, city, name: str = "Apache"):
        self.city, echo, port = city, city.echo(), free_port()
        url = f"https://localhost:{port}"
        self.page = url + "/books?q=%E4%B9%A6"
        keys = city.add_application(
            name, "openid", redirect=url + "/callback", after_logout=url + "/bye", scope=SCOPE,
            logout_url=url + "/callback?logout=backchannel", launch=self.page,
        )
        self.id = keys["clientID"]
        site = self.SITE
        for name, value in {
            "CITY": city.url, "CLIENT": keys["clientID"], "SECRET": keys["clientSecret"], "ECHO": echo.url,
        }.items():
            site = site.replace(name, value)
        self.site = city.apache(f"mod_auth_openidc-{port}", site, ["auth_openidc"], port=port)

    def headers(self, answer: requests.Response) -> dict:
        assert answer.status_code == 200 and answer.url == self.page, f"{answer.url}\n{answer.text[-1500:]}"
        return answer.json()["headers"]

    def is_signed_in(self, session: requests.Session) -> bool:
        answer = session.get(self.page, allow_redirects=False)
        if answer.status_code == 200:
            return True
        assert answer.headers["Location"].startswith(self.city.url + "/openid/authorize"), answer.headers["Location"]
        return False


@pytest.fixture(scope="module")
def apache(city):
    return ApacheOpenID(city)


def test_apache_shows_the_name_and_forgets_her_when_she_signs_out_of_the_platform(city, apache):
    session = city.session()
    asked = session.get(apache.page)
    assert asked.url.startswith(city.url + "/sign-in"), asked.url
    told = apache.headers(city.sign_in(session, "wang", at=asked))
    assert "王" in told["OIDC_CLAIM_name"] and told["OIDC_CLAIM_preferred_username"] == "wang"
    assert "教师" in told["OIDC_CLAIM_edu"]
    assert apache.is_signed_in(session)
    city.sign_out(session)
    wait_until(lambda: not apache.is_signed_in(session), 2, "Apache was told of the sign-out")
    entries = city.audit("application.sign_out_told")
    assert any("OpenID" in entry["detail"] and entry["succeeded"] for entry in entries)


def test_apache_lets_in_after_the_keys_were_replaced(city, apache):
    session = city.session()
    apache.headers(city.sign_in(session, "li", at=session.get(apache.page)))
    city.command_json("keys", "rotate-signing", "--compromised")
    again = city.session()
    city.sign_in(again, "zhao")
    assert "赵" in apache.headers(again.get(apache.page))["OIDC_CLAIM_name"]


def test_signing_out_at_the_application_signs_out_of_the_platform(city, apache):
    session = city.session()
    apache.headers(city.sign_in(session, "li", at=session.get(apache.page)))
    answer = session.get(
        apache.site.url + "/callback?logout=" + urllib.parse.quote(apache.site.url + "/bye", safe=""),
    )
    assert answer.url.startswith(apache.site.url + "/bye"), answer.url
    assert session.get(city.url + "/account", allow_redirects=False).status_code == 303
    assert not apache.is_signed_in(session)
