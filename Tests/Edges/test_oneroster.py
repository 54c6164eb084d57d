"""OneRoster by a strict consumer of our own: every record is held against the information model, property by property,
all collections are walked with pages of 100, changes are followed, scopes are kept, and the bundle is read as the CSV
binding has it. The model stands in oneroster_model.py."""
import csv
import io
import zipfile

import pytest
from oneroster_model import FILES, GRADES, HEADERS, MODEL, REFERENCES, ROSTER, SCOPE, moment


class Consumer:
    def __init__(self, city, machine, **options):
        self.keys = city.command_json(
            "application", "add", "--name", options.pop("name", "排课系统"),
            *[part for word in machine for part in ("--machine", word)],
            *[part for name, value in options.items() for part in ("--" + name, value)],
        )
        self.city, self.session = city, city.session()
        self.session.headers["Authorization"] = "Bearer " + self.token()["access_token"]

    def token(self, scope=None, way="basic"):
        data = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
        pair = (self.keys["clientID"], self.keys["clientSecret"])
        if way == "post":
            data |= {"client_id": pair[0], "client_secret": pair[1]}
        answer = self.city.session().post(
            self.city.url + "/openid/token", data=data, auth=pair if way == "basic" else None
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def get(self, path, **parameters):
        return self.session.get(self.city.url + path, params=parameters)

    def page(self, path, **parameters):
        answer = self.get(path, **parameters)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer

    def walk(self, path, limit=100, **parameters):
        """All records of a collection by the links of its pages, each held against the model."""
        answer, found = self.page(path, limit=limit, **parameters), []
        total = int(answer.headers["X-Total-Count"])
        while True:
            (name, records), = answer.json().items()
            assert len(records) <= limit
            for one in records:
                assert MODEL[name](one)
            found += records
            if "next" not in answer.links:
                break
            answer = self.session.get(answer.links["next"]["url"])
            assert answer.status_code == 200, answer.text[:500]
        ids = [one["sourcedId"] for one in found]
        assert len(ids) == total and len(set(ids)) == total, f"{path}: {len(ids)} of {total}, {len(set(ids))} differ"
        return found


@pytest.fixture(scope="module")
def consumer(city):
    return Consumer(
        city, ["oneroster.roster", "oneroster.demographics", "oneroster.gradebook_read", "oneroster.gradebook_write",
               "oneroster.gradebook_delete"],
    )


def test_every_collection_is_as_the_model_has_it_and_refers_to_what_is_there(consumer):
    found = {name: consumer.walk(f"{ROSTER}/{name}") for name in list(MODEL)[:7]}
    ids = {name: {one["sourcedId"] for one in records} for name, records in found.items()}
    assert all(ids.values()), {name: len(keys) for name, keys in ids.items()}
    for enrollment in found["enrollments"]:
        assert enrollment["user"]["sourcedId"] in ids["users"]
        assert enrollment["class"]["sourcedId"] in ids["classes"]
        assert enrollment["school"]["sourcedId"] in ids["orgs"]
    for one in found["classes"]:
        assert one["course"]["sourcedId"] in ids["courses"], one["course"]
        assert one["school"]["sourcedId"] in ids["orgs"]
        assert {term["sourcedId"] for term in one["terms"]} <= ids["academicSessions"]
    for user in found["users"]:
        assert {agent["sourcedId"] for agent in user.get("agents", [])} <= ids["users"]
        organisations = [role["org"]["sourcedId"] for role in user["roles"] if role["roleType"] == "primary"]
        assert len(organisations) == len(set(organisations)) and set(organisations) <= ids["orgs"]
    for one in found["academicSessions"] + found["orgs"]:
        near = [one["parent"]] if "parent" in one else []
        assert {other["sourcedId"] for other in near + one.get("children", [])} <= ids["academicSessions"] | ids["orgs"]


def test_the_parts_of_a_collection_are_the_whole(consumer):
    users = {one["sourcedId"]: one for one in consumer.walk(f"{ROSTER}/users")}
    students = {one["sourcedId"] for one in consumer.walk(f"{ROSTER}/students")}
    assert students == {
        key for key, one in users.items() if any(role["role"] == "student" for role in one["roles"])
    }
    by_filter = consumer.walk(f"{ROSTER}/users", filter="roles.role='student'")
    assert {one["sourcedId"] for one in by_filter} == students
    enrollments = consumer.walk(f"{ROSTER}/enrollments", limit=1000)
    for key in [one["sourcedId"] for one in consumer.walk(f"{ROSTER}/classes")][:12]:
        pupils = {one["sourcedId"] for one in consumer.walk(f"{ROSTER}/classes/{key}/students")}
        assert pupils == {
            one["user"]["sourcedId"] for one in enrollments
            if one["class"]["sourcedId"] == key and one["role"] == "student"
        }
        teachers = {one["sourcedId"] for one in consumer.walk(f"{ROSTER}/classes/{key}/teachers")}
        assert teachers == {
            one["user"]["sourcedId"] for one in enrollments
            if one["class"]["sourcedId"] == key and one["role"] == "teacher"
        }


@pytest.mark.parametrize("name", list(MODEL)[:7])
def test_one_record_is_the_same_alone(consumer, name):
    singular = {"orgs": "org", "classes": "class", "demographics": "demographics"}.get(name, name[:-1])
    for one in consumer.page(f"{ROSTER}/{name}", limit=5).json()[name]:
        assert consumer.page(f"{ROSTER}/{name}/{one['sourcedId']}").json() == {singular: one}
    unknown = consumer.get(f"{ROSTER}/{name}/nobody")
    assert unknown.status_code == 404 and minor(unknown) == "unknownobject"


def minor(answer):
    body = answer.json()
    assert set(body) == {"imsx_codeMajor", "imsx_severity", "imsx_description", "imsx_CodeMinor"}
    (field,) = body["imsx_CodeMinor"]["imsx_codeMinorField"]
    assert body["imsx_codeMajor"] == "failure" and body["imsx_severity"] == "error"
    return field["imsx_codeMinorFieldValue"]


def test_changes_are_followed(consumer):
    everything = consumer.walk(f"{ROSTER}/users", filter="dateLastModified>'2000-01-01'")
    assert everything and consumer.walk(f"{ROSTER}/users", filter="dateLastModified>'2100-01-01T00:00:00Z'") == []
    middle = sorted(one["dateLastModified"] for one in everything)[len(everything) // 2]
    since = consumer.walk(f"{ROSTER}/users", filter=f"dateLastModified>'{middle}'")
    assert {one["sourcedId"] for one in since} == {
        one["sourcedId"] for one in everything if one["dateLastModified"] > middle
    }


def test_questions_that_make_no_sense_are_refused(consumer, city):
    path = f"{ROSTER}/users"
    for parameters, code in [
        ({"limit": "0"}, "invaliddata"), ({"offset": "-1"}, "invaliddata"), ({"filter": "x='1'"}, "invalid_filter_field"),
        ({"filter": "familyName"}, "invalid_filter_field"), ({"fields": "x"}, "invalid_selection_field"),
    ]:
        answer = consumer.get(path, **parameters)
        assert answer.status_code == 400 and minor(answer) == code, answer.text
    stranger = city.session().get(city.url + path)
    assert stranger.status_code == 401 and minor(stranger) == "unauthorisedrequest"


def test_marks_come_and_go(consumer, city):
    taught = next(one for one in consumer.walk(f"{ROSTER}/classes") if one["classType"] == "scheduled")
    pupil = consumer.page(f"{ROSTER}/classes/{taught['sourcedId']}/students", limit=1).json()["users"][0]
    item = {
        "sourcedId": "edge-item", "title": "单元测验", "assignDate": "2026-10-01T00:00:00Z",
        "dueDate": "2026-10-08T00:00:00Z", "class": {"sourcedId": taught["sourcedId"]}, "resultValueMax": 100,
        "category": {"sourcedId": "category-usual"},
    }
    mark = {
        "sourcedId": "edge-mark", "lineItem": {"sourcedId": "edge-item"}, "student": {"sourcedId": pupil["sourcedId"]},
        "scoreStatus": "fully graded", "score": 91.5, "scoreDate": "2026-10-09",
    }
    put = lambda path, body: consumer.session.put(city.url + GRADES + path, json=body)  # noqa: E731
    assert [put("/lineItems/edge-item", {"lineItem": item}).status_code for _ in range(2)] == [201, 200]
    assert put("/results/edge-mark", {"result": mark}).status_code == 201
    assert put("/results/edge-mark", {"result": mark | {"scoreStatus": "fine"}}).status_code == 422
    for name in ["categories", "lineItems", "results"]:
        assert consumer.walk(f"{GRADES}/{name}")
    assert consumer.walk(f"{GRADES}/classes/{taught['sourcedId']}/results")[0]["score"] == 91.5
    assert consumer.session.delete(city.url + GRADES + "/lineItems/edge-item").status_code == 204
    assert consumer.get(f"{GRADES}/results/edge-mark").status_code == 404
    gone = consumer.walk(f"{GRADES}/results", filter="status='tobedeleted'")
    assert [one["sourcedId"] for one in gone] == ["edge-mark"]


def test_a_token_opens_what_it_was_asked_for_and_no_more(consumer, city):
    """A17"""
    told = consumer.token(scope=SCOPE + "roster.readonly", way="post")
    assert told["token_type"] == "Bearer" and told["expires_in"] == 3600 and told["scope"] == SCOPE + "roster.readonly"
    session = city.session()
    session.headers["Authorization"] = "Bearer " + told["access_token"]
    answer = session.put(city.url + GRADES + "/lineItems/edge-item", json={"lineItem": {}})
    assert answer.status_code == 403 and minor(answer) == "forbidden"
    assert session.get(f"{city.url}{ROSTER}/demographics").status_code == 403
    assert session.get(f"{city.url}{ROSTER}/users").status_code == 200


def test_a_school_sees_itself_only(consumer, city):
    school = next(one for one in consumer.walk(f"{ROSTER}/schools") if one["identifier"].isdigit())
    small = Consumer(
        city, ["oneroster.roster"], name="校内系统", owner=school["identifier"], level="school")
    mine = {one["sourcedId"] for one in small.walk(f"{ROSTER}/schools")}
    assert mine == {school["sourcedId"]} | {one["sourcedId"] for one in school.get("children", [])}
    for user in small.walk(f"{ROSTER}/users"):
        assert {role["org"]["sourcedId"] for role in user["roles"]} <= mine
    everybody = consumer.walk(f"{ROSTER}/users", limit=1000)
    stranger = next(
        one for one in everybody if not mine & {role["org"]["sourcedId"] for role in one["roles"]}
    )
    assert small.get(f"{ROSTER}/users/{stranger['sourcedId']}").status_code == 404


def test_version_1_1_reads(consumer):
    base = "/ims/oneroster/v1p1"
    for user in consumer.page(f"{base}/users").json()["users"]:
        assert user["role"] in {"administrator", "aide", "guardian", "parent", "proctor", "relative", "student", "teacher"}
        assert user["orgs"] and "roles" not in user and user["username"]
    for name in ["orgs", "classes", "courses", "enrollments", "academicSessions", "lineItems", "results"]:
        assert consumer.get(f"{base}/{name}").status_code == 200
    answer = consumer.session.put(consumer.city.url + base + "/lineItems/x", json={})
    assert answer.status_code == 405


def bundle(city, tmp_path, *options):
    """The files of a bundle, read as the binding has them: header by header, with every reference followed."""
    path = tmp_path / f"bundle{len(options)}.zip"
    done = city.command("exchange", "oneroster-csv", str(path), *options)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        texts_of = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    manifest = list(csv.reader(io.StringIO(texts_of.pop("manifest.csv"))))
    assert manifest[0] == ["propertyName", "value"]
    says = dict(manifest[1:])
    assert says["manifest.version"] == "1.0" and says["oneroster.version"] == "1.2"
    assert {name[5:] for name in says if name.startswith("file.")} == FILES
    present = {name[5:]: way for name, way in says.items() if name.startswith("file.") and way != "absent"}
    assert {name + ".csv" for name in present} == set(texts_of)
    rows = {}
    for name in present:
        lines = list(csv.reader(io.StringIO(texts_of[name + ".csv"])))
        assert ",".join(lines[0]) == HEADERS[name], name
        assert all(len(line) == len(lines[0]) for line in lines), name
        rows[name] = [dict(zip(lines[0], line)) for line in lines[1:]]
        keys = [row["sourcedId"] for row in rows[name]]
        assert all(keys) and len(keys) == len(set(keys)), name
    return rows, set(present.values())


def test_a_bundle_is_as_the_csv_binding_has_it(city, consumer, tmp_path):
    """A16"""
    rows, ways = bundle(city, tmp_path, "--demographics")
    assert ways == {"bulk"}
    ids = {name: {row["sourcedId"] for row in found} for name, found in rows.items()}
    for name, found in rows.items():
        for row in found:
            assert row["status"] == "" and row["dateLastModified"] == ""
            for header, targets in REFERENCES.items():
                for key in filter(None, row.get(header, "").split(",")):
                    assert any(key in ids[target] for target in targets), f"{name}.{header} {key}"
    assert ids["users"] == {one["sourcedId"] for one in consumer.walk(f"{ROSTER}/users", limit=1000)}
    assert ids["enrollments"] == {one["sourcedId"] for one in consumer.walk(f"{ROSTER}/enrollments", limit=1000)}
    assert {row["enabledUser"] for row in rows["users"]} == {"true"}
    assert {row["userSourcedId"] for row in rows["roles"]} == ids["users"]
    assert len(city.audit("exchange.bundle_written")) == 1


def test_a_delta_bundle_names_what_changed(city, tmp_path):
    rows, ways = bundle(city, tmp_path, "--since", "2000-01-01")
    assert ways == {"delta"} and rows["users"]
    for found in rows.values():
        for row in found:
            assert row["status"] in ("active", "tobedeleted") and moment(row["dateLastModified"])
