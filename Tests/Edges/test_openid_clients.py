"""OpenID Connect with clients of other makers: Authlib, requests-oauthlib, pyoidc and idpyoidc. Each lets people in with
their Chinese names; between them they try what the protocol forbids."""
import base64
import hashlib
import json
import secrets
import threading
import urllib.parse

import pytest
import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from harness import wait_until
from joserfc import jwt
from joserfc.jwk import KeySet

SCOPE = "openid profile edu"
CALLBACK = "http://localhost/cb"


def announced(city) -> dict:
    return city.session().get(city.url + "/.well-known/openid-configuration").json()


def key_set(city) -> dict:
    return city.session().get(announced(city)["jwks_uri"]).json()


def sent_back(session: requests.Session, address: str) -> str:
    """Opens an address of the city in a signed-in browser and returns where the application is told its answer."""
    answer = session.get(address, allow_redirects=False)
    assert answer.status_code == 303, f"{answer.status_code} {answer.text[-1500:]}"
    assert answer.headers["Location"].startswith(CALLBACK), answer.headers["Location"]
    return answer.headers["Location"]


def values(address: str) -> dict[str, str]:
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))


@pytest.fixture(scope="module")
def keys(city) -> dict:
    return city.add_application("Authlib", "openid", redirect=CALLBACK, scope=SCOPE + " offline_access")


@pytest.fixture(scope="module")
def public_keys(city) -> dict:
    return city.add_application("手机应用", "openid", redirect=CALLBACK, scope=SCOPE, public=True)


@pytest.fixture(scope="module")
def browser(city) -> requests.Session:
    session = city.session()
    city.sign_in(session, "wang")
    return session


class Authlib:
    """An application that uses Authlib."""

    def __init__(self, city, keys: dict, method: str = "client_secret_basic", scope: str = SCOPE):
        self.city, self.meta = city, announced(city)
        self.client = OAuth2Session(
            keys["clientID"], keys.get("clientSecret"), scope=scope, redirect_uri=CALLBACK,
            token_endpoint_auth_method=method, code_challenge_method="S256",
        )
        self.client.verify, self.client.trust_env = city.ca, False

    def ask(self, session: requests.Session, **more) -> str:
        """Where the person is sent back to."""
        self.verifier, self.nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        address, self.state = self.client.create_authorization_url(
            self.meta["authorization_endpoint"], code_verifier=self.verifier, nonce=self.nonce, **more
        )
        return sent_back(session, address)

    def exchange(self, back: str, verifier: str | None = None) -> dict:
        return self.client.fetch_token(
            self.meta["token_endpoint"], authorization_response=back, state=self.state,
            code_verifier=verifier or self.verifier,
        )

    def enter(self, session: requests.Session, **more) -> dict:
        return self.exchange(self.ask(session, **more))

    def claims(self, token: dict, keys: dict | None = None) -> CodeIDToken:
        """The claims of the ID token after every check that Authlib has."""
        read = jwt.decode(token["id_token"], KeySet.import_key_set(keys or key_set(self.city)), algorithms=["RS256"])
        claims = CodeIDToken(
            read.claims, read.header,
            {"iss": {"essential": True, "value": self.city.url}, "sid": {"essential": True}},
            {"nonce": self.nonce, "client_id": self.client.client_id, "access_token": token["access_token"]},
        )
        claims.validate()
        return claims

    def user_info(self, access_token: str) -> requests.Response:
        return self.city.session().get(
            self.meta["userinfo_endpoint"], headers={"Authorization": "Bearer " + access_token}
        )


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_authlib_gets_in_by_each_way_of_client_authentication(city, browser, keys, public_keys, method):
    client = Authlib(city, public_keys if method == "none" else keys, method)
    token = client.enter(browser)
    claims = client.claims(token)
    told = client.user_info(token["access_token"]).json()
    assert claims["acr"] == "urn:santong:acr:one-factor"
    assert told["sub"] == claims["sub"] and claims["at_hash"] and claims["azp"] == client.client.client_id
    assert "王" in told["name"] and told["preferred_username"] == "wang"
    assert told["edu"]["posts"][0]["role_name"] == "教师" and "小学" in told["edu"]["posts"][0]["organisation"]["name"]


def test_authlib_with_a_wrong_verifier_is_refused(city, browser, keys):
    client = Authlib(city, keys)
    with pytest.raises(OAuthError) as caught:
        client.exchange(client.ask(browser), verifier=secrets.token_urlsafe(48))
    assert caught.value.error == "invalid_grant"


def test_a_code_brought_twice_kills_the_tokens_of_the_first(city, browser, keys):
    client = Authlib(city, keys)
    back = client.ask(browser)
    token = client.exchange(back)
    assert client.user_info(token["access_token"]).status_code == 200
    with pytest.raises(OAuthError) as caught:
        client.exchange(back)
    assert caught.value.error == "invalid_grant"
    assert client.user_info(token["access_token"]).status_code == 401


def test_a_refresh_token_brought_twice_kills_the_family(city, browser, keys):
    client = Authlib(city, keys, scope=SCOPE + " offline_access")
    first = client.enter(browser)
    second = client.client.refresh_token(client.meta["token_endpoint"], refresh_token=first["refresh_token"])
    assert second["refresh_token"] != first["refresh_token"]
    assert client.user_info(second["access_token"]).status_code == 200
    for token in (first, second):
        with pytest.raises(OAuthError) as caught:
            client.client.refresh_token(client.meta["token_endpoint"], refresh_token=token["refresh_token"])
        assert caught.value.error == "invalid_grant"
    assert client.user_info(second["access_token"]).status_code == 401


def test_authlib_revokes_and_introspects(city, browser, keys):
    client = Authlib(city, keys)
    token = client.enter(browser)["access_token"]
    assert client.client.introspect_token(client.meta["introspection_endpoint"], token=token).json()["active"] is True
    assert client.client.revoke_token(client.meta["revocation_endpoint"], token=token).status_code == 200
    assert client.client.introspect_token(client.meta["introspection_endpoint"], token=token).json() == {"active": False}


def test_keys_rotate_under_load_and_no_token_fails_its_checks(city, browser, keys):
    """Three people come in again and again while the key is replaced; the applications keep their lists of keys as long
    as they were told to, so every token must be signed by a key they have or find when they look again."""
    failures, done, rotated = [], [], threading.Event()

    def work():
        client = Authlib(city, keys)
        known = key_set(city)
        try:
            while not (rotated.is_set() and len(done) > 30):
                token = client.enter(browser)
                kid = json.loads(base64.urlsafe_b64decode(token["id_token"].split(".")[0] + "=="))["kid"]
                if kid not in {key["kid"] for key in known["keys"]}:
                    known = key_set(city)
                client.claims(token, known)
                done.append(kid)
        except Exception as error:  # noqa: BLE001  (a thread's failure must reach the test)
            failures.append(repr(error))

    before = {key["kid"] for key in key_set(city)["keys"]}
    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        made = city.command_json("keys", "rotate-signing", "--lead", "2")["kid"]
        both = {key["kid"] for key in key_set(city)["keys"]}
        wait_until(lambda: made in done or failures, 60, "the new key signs")
    finally:
        rotated.set()
        for thread in threads:
            thread.join()
    assert not failures and both == before | {made} and len(both) >= 2
    assert before & set(done) and made in done, "both keys signed"
    assert {key["kid"] for key in key_set(city)["keys"]} >= {made}


def test_requests_oauthlib_gets_in(city, browser, keys, monkeypatch):
    from requests_oauthlib import OAuth2Session as Session

    # It takes no plain address of a callback, not even on the loopback interface.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    meta = announced(city)
    client = Session(keys["clientID"], redirect_uri=CALLBACK, scope=SCOPE.split(), pkce="S256")
    client.trust_env, client.verify = False, city.ca
    address, _ = client.authorization_url(meta["authorization_endpoint"], nonce="n-1")
    token = client.fetch_token(
        meta["token_endpoint"], authorization_response=sent_back(browser, address), client_secret=keys["clientSecret"]
    )
    assert set(token["scope"]) == set(SCOPE.split())
    assert "王" in client.get(meta["userinfo_endpoint"]).json()["name"]


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")  # it trusts any localhost with its keys
def test_pyoidc_gets_in_and_sends_its_token_in_the_body(city, browser, keys):
    from oic.oic import Client
    from oic.oic.message import AuthorizationResponse, RegistrationResponse
    from oic.utils.authn.client import CLIENT_AUTHN_METHOD
    from oic.utils.settings import OicClientSettings

    client = Client(client_authn_method=CLIENT_AUTHN_METHOD, settings=OicClientSettings(verify_ssl=city.ca))
    client.provider_config(city.url)
    client.store_registration_info(
        RegistrationResponse(
            client_id=keys["clientID"], client_secret=keys["clientSecret"], redirect_uris=[CALLBACK],
            id_token_signed_response_alg="RS256",
        )
    )
    state, nonce = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
    asked = client.construct_AuthorizationRequest(
        request_args={
            "client_id": client.client_id, "response_type": "code", "scope": SCOPE.split(), "state": state,
            "nonce": nonce, "redirect_uri": CALLBACK,
        }
    )
    back = sent_back(browser, asked.request(client.authorization_endpoint))
    told = client.parse_response(AuthorizationResponse, info=urllib.parse.urlsplit(back).query, sformat="urlencoded")
    assert told["state"] == state and told["iss"] == city.url
    token = client.do_access_token_request(
        state=state, request_args={"code": told["code"], "redirect_uri": CALLBACK},
        authn_method="client_secret_basic",
    )
    assert token["id_token"]["nonce"] == nonce, token
    # Its plain way: a POST with the token in the body.
    person = client.do_user_info_request(method="POST", state=state)
    assert person["sub"] == token["id_token"]["sub"] and "王" in person["name"]


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_idpyoidc_gets_in(city, browser, keys, tmp_path, monkeypatch):
    from idpyoidc.client.rp_handler import RPHandler

    monkeypatch.chdir(tmp_path)  # it keeps keys of its own in the folder it is started in
    handler = RPHandler(
        CALLBACK, httpc_params={"verify": city.ca},
        client_configs={
            "city": {
                "client_type": "oidc", "issuer": city.url, "client_id": keys["clientID"], "client_secret": keys["clientSecret"],
                "redirect_uris": [CALLBACK], "response_types_supported": ["code"],
                "scopes_supported": SCOPE.split(), "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "add_ons": {
                    "pkce": {
                        "function": "idpyoidc.client.oauth2.add_on.pkce.add_support",
                        "kwargs": {"code_challenge_length": 64, "code_challenge_method": "S256"},
                    }
                },
                "services": {
                    name: {"class": f"idpyoidc.client.oidc.{path}"}
                    for name, path in {
                        "provider_info": "provider_info_discovery.ProviderInfoDiscovery",
                        "authorization": "authorization.Authorization", "accesstoken": "access_token.AccessToken",
                        "userinfo": "userinfo.UserInfo",
                    }.items()
                },
            }
        },
    )
    begun = handler.begin("city")
    address = begun if isinstance(begun, str) else begun["url"]
    told = handler.finalize(city.url, values(sent_back(browser, address)))
    assert "error" not in told, told
    assert "王" in told["userinfo"]["name"] and told["userinfo"]["sub"] == told["id_token"]["sub"]


HOSTILE = {
    "foreign redirect": {"redirect_uri": "https://evil.example/cb"},
    "prefix of the registered": {"redirect_uri": "http://localhost/c"},
    "registered as a prefix": {"redirect_uri": "http://localhost/cb/evil"},
    "registered with a query": {"redirect_uri": "http://localhost/cb?x=1"},
    "registered as a user": {"redirect_uri": "http://localhost@evil.example/cb"},
    "line break in the redirect": {"redirect_uri": "http://localhost/cb%0d%0aLocation:%20https://evil.example"},
    "another port": {"redirect_uri": "http://localhost:81/cb"},
    "another scheme": {"redirect_uri": "https://localhost/cb"},
    "upper case host": {"redirect_uri": "http://LOCALHOST/cb"},
    "no redirect": {"redirect_uri": None},
    "unknown client": {"client_id": "nobody"},
    "no client": {"client_id": None},
    "no PKCE for a public client": {"code_challenge": None, "code_challenge_method": None},
    "plain PKCE": {"code_challenge_method": "plain"},
    "implicit flow": {"response_type": "token"},
    "hybrid flow": {"response_type": "code id_token"},
    "fragment mode": {"response_mode": "fragment"},
    "request object": {"request": "eyJhbGciOiJub25lIn0.e30."},
    "request by reference": {"request_uri": "http://127.0.0.1:22/"},
    "no openid": {"scope": "profile"},
    "prompt none with another": {"prompt": "none login"},
    "negative age": {"max_age": "-5"},
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_request_ends_in_an_error_without_a_code(city, browser, public_keys, case):
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"v" * 43).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": public_keys["clientID"], "redirect_uri": CALLBACK, "response_type": "code", "scope": SCOPE,
        "state": "s", "code_challenge": challenge, "code_challenge_method": "S256",
    } | HOSTILE[case]
    query = "&".join(
        f"{name}={value if '%' in value else urllib.parse.quote(value, safe='')}" for name, value in asked.items() if value
    )
    answer = browser.get(f"{city.url}/openid/authorize?{query}", allow_redirects=False)
    if answer.status_code == 303:
        told = values(answer.headers["Location"])
        assert answer.headers["Location"].startswith(CALLBACK + "?error="), answer.headers["Location"]
        assert "code" not in told and told["state"] == "s" and told["iss"] == city.url
    else:
        assert answer.status_code == 400 and "不能进入应用" in answer.text and "Location" not in answer.headers


def test_parameters_given_twice_end_in_an_error(city, browser, keys):
    base = f"{city.url}/openid/authorize?client_id={keys['clientID']}&response_type=code&scope=openid"
    target = urllib.parse.quote(CALLBACK, safe="")
    twice = browser.get(
        f"{base}&redirect_uri={target}&redirect_uri=https%3A%2F%2Fevil.example", allow_redirects=False
    )
    assert twice.status_code == 400
    scope = browser.get(f"{base}&redirect_uri={target}&scope=openid", allow_redirects=False)
    assert values(scope.headers["Location"])["error"] == "invalid_request"
