"""SCIM 2.0 with programs of python-scim: their tester against our server, and our client against their server."""
import collections
import os
import pathlib
import re
import subprocess
import sys
import time

import httpx2
import pytest
import requests
from faulty_proxy import FaultyProxy
from harness import free_port, hidden_fields, wait_until
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

COUNTY = "450681"
WORK = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PEOPLE = int(os.environ.get("SANTONG_EDGE_PEOPLE", "40"))


def token_of(city, client: dict) -> str:
    answer = city.session().post(
        city.url + "/openid/token", auth=(client["clientID"], client["clientSecret"]),
        data={"grant_type": "client_credentials", "scope": "scim.read scim.write"},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


@pytest.fixture(scope="module")
def staff_system(city):
    """The staff system of a county: its name and token."""
    client = city.add_application(
        "人事系统", "openid", machine=["scim.read", "scim.write"], owner=COUNTY, level="county",
        redirect="https://hr.example/cb",
    )
    return token_of(city, client)


def test_the_tester_finds_no_error(city, staff_system):
    headers = {"Authorization": "Bearer " + staff_system}
    with httpx2.Client(base_url=city.url + "/scim/v2", verify=city.ca, headers=headers, timeout=30) as http:
        results = check_server(SyncSCIMClient(http))
    errors = [f"{r.title}: {r.reason}\n{r.data}" for r in results if r.status not in (Status.SUCCESS, Status.SKIPPED)]
    counted = collections.Counter(result.status.name for result in results)
    assert not errors, "\n".join(errors)
    assert counted["SUCCESS"] > 100, counted
    print("\nscim2-tester:", dict(counted))


def test_the_command_line_tester_agrees(city, staff_system):
    program = pathlib.Path(sys.executable).with_name("scim2")
    done = subprocess.run(
        [program, "--url", city.url + "/scim/v2", "--no-verify", "test"], capture_output=True, text=True, timeout=300,
        env=os.environ | {"SCIM_CLI_HEADERS": "Authorization: Bearer " + staff_system},
    )
    assert done.returncode == 0, "\n".join(line for line in done.stdout.splitlines() if "ERROR" in line) + done.stderr[-2000:]


class Office:
    """Another system that follows the staff: scim2-server behind a line with faults."""

    def __init__(self, folder: pathlib.Path):
        self.port, self.token = free_port(), "office-token"
        self.log = (folder / "scim2-server.log").open("wb")
        program = pathlib.Path(sys.executable).with_name("scim2-server")
        self.process = subprocess.Popen(
            [program, "--port", str(self.port), "--bearer-token", self.token], stdout=self.log, stderr=self.log,
            stdin=subprocess.DEVNULL,
        )
        wait_until(self.is_up, what="scim2-server answers")
        self.proxy = FaultyProxy(self.port, share=0.15)

    def is_up(self) -> bool:
        try:
            return self.get("/Users?count=1").status_code == 200
        except requests.ConnectionError:
            return False

    def get(self, path: str) -> requests.Response:
        return requests.get(f"http://127.0.0.1:{self.port}/v2{path}", headers={"Authorization": "Bearer " + self.token}, timeout=30)

    def users(self) -> dict[str, dict]:
        found, start = {}, 1
        while True:
            page = self.get(f"/Users?startIndex={start}&count=100").json()
            for user in page.get("Resources", []):
                found[user["externalId"]] = user
            start += 100
            if start > page["totalResults"]:
                return found

    def stop(self):
        self.proxy.stop()
        self.process.terminate()
        self.process.wait(10)
        self.log.close()


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    yield office
    office.stop()


class StaffSystem:
    """What a staff system does with our server."""

    def __init__(self, city, token: str):
        self.session, self.base = city.session(), city.url + "/scim/v2"
        self.session.headers.update({"Authorization": "Bearer " + token, "Content-Type": "application/scim+json"})

    def call(self, method: str, path: str, body: dict | None = None, status: int = 200) -> dict:
        answer = self.session.request(method, self.base + path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else {}

    def users(self) -> dict[str, dict]:
        found, start = {}, 1
        while True:
            page = self.call("GET", f"/Users?startIndex={start}&count=1000")
            found |= {user["id"]: user for user in page["Resources"]}
            start += 1000
            if start > page["totalResults"]:
                return found

    def schools(self) -> list[str]:
        groups = self.call("GET", "/Groups?count=200&excludedAttributes=members")["Resources"]
        return [group["displayName"] for group in groups if re.search("(小学|中学|幼儿园)\\(示例\\)$", group["displayName"])]


def plain(user: dict) -> tuple:
    return user["displayName"], user.get(WORK, {}).get("organization"), user.get("active", True)


def add_receiver(city, office: Office) -> None:
    session = city.session()
    city.sign_in(session, "shiju")
    page = session.get(city.url + "/exchange/receivers/new").text
    county = re.search(r'<option value="([^"]+)"[^>]*>东兴市</option>', page)
    assert county, page[-3000:]
    form = hidden_fields(page, "/exchange/receivers/new") | {
        "name": "办公系统", "organisation": county.group(1), "base_url": office.proxy.url + "/v2", "token": office.token,
    }
    answer = session.post(
        city.url + "/exchange/receivers/new", data=form, headers={"Origin": city.url}, allow_redirects=False
    )
    assert answer.status_code == 303, answer.text[-3000:]


def agree(ours: dict[str, dict], theirs: dict[str, dict]) -> bool:
    """Everybody here is there as here; whoever left is shut out."""
    return all(key in theirs and plain(theirs[key]) == plain(user) for key, user in ours.items()) and all(
        not user.get("active", True) for key, user in theirs.items() if key not in ours
    )


def test_staff_is_told_to_another_system_over_a_bad_line(city, staff_system, office):
    staff = StaffSystem(city, staff_system)
    schools = staff.schools()
    assert len(schools) > 1, schools
    ids = []
    for number in range(PEOPLE):
        body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": f"edge-{number}",
                "displayName": f"边缘{number}", WORK: {"organization": schools[0]}}
        ids.append(staff.call("POST", "/Users", body, 201)["id"])
    add_receiver(city, office)
    began = time.monotonic()
    wait_until(lambda: agree(staff.users(), office.users()), 400, "all are entered")
    entered = time.monotonic() - began
    third = PEOPLE // 3
    for one in ids[:third]:
        staff.call("PATCH", "/Users/" + one, {"Operations": [
            {"op": "replace", "path": WORK + ":organization", "value": schools[1]}]})
    for one in ids[third:2 * third]:
        staff.call("DELETE", "/Users/" + one, status=204)
    wait_until(lambda: agree(staff.users(), office.users()), 400, "moved and left")
    theirs = office.users()
    assert all(plain(theirs[one])[1] == schools[1] for one in ids[:third])
    assert sum(not theirs[one]["active"] for one in ids[third:2 * third]) == third
    assert len({user["userName"] for user in theirs.values()}) == len(theirs)
    faults = {kind: count for kind, count in office.proxy.counts.items() if kind is not None}
    assert sum(faults.values()) > PEOPLE // 20, faults
    print(f"\n{PEOPLE} people entered in {entered:.0f} s; faults met: {faults}")
