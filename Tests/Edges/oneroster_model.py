"""The information model of OneRoster 1.2 and the files of its CSV binding, written down from the standard: what a strict
consumer lets pass."""
import datetime
import re

ROSTER, GRADES = "/ims/oneroster/rostering/v1p2", "/ims/oneroster/gradebook/v1p2"
SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/"
DATE, MOMENT = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def text(value):
    return isinstance(value, str)


def date(value):
    return text(value) and DATE.fullmatch(value) and datetime.date.fromisoformat(value)


def moment(value):
    return text(value) and MOMENT.fullmatch(value)


def flag(value):
    return value in ("true", "false")


def texts(value):
    return isinstance(value, list) and all(map(text, value))


def number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def one_of(*words):
    return lambda value: value in words


def reference(kind):
    def check(value):
        return (
            isinstance(value, dict) and set(value) == {"href", "sourcedId", "type"} and value["type"] == kind
            and value["href"].startswith("https://") and value["href"].endswith("/" + value["sourcedId"])
        )
    return check


def listed(check):
    return lambda value: isinstance(value, list) and value and all(map(check, value))


def shape(required, optional):
    def check(value):
        assert isinstance(value, dict), value
        unknown = set(value) - set(required) - set(optional)
        assert not unknown, f"outside the model: {unknown}"
        for name, rule in required.items():
            assert name in value, f"{name} is missing: {value}"
            assert rule(value[name]), f"{name}: {value[name]!r}"
        for name, rule in optional.items():
            assert name not in value or rule(value[name]), f"{name}: {value[name]!r}"
        return True
    return check


def record(required, optional=None):
    base = {"sourcedId": text, "status": one_of("active", "tobedeleted"), "dateLastModified": moment}
    return shape(base | required, {"metadata": lambda value: isinstance(value, dict)} | (optional or {}))


ROLE = shape(
    {
        "roleType": one_of("primary", "secondary"),
        "role": one_of(
            "aide", "counselor", "districtAdministrator", "guardian", "parent", "principal", "proctor", "relative",
            "siteAdministrator", "student", "systemAdministrator", "teacher",
        ),
        "org": reference("org"),
    },
    {"userProfile": text, "beginDate": date, "endDate": date},
)
RACES = (
    "americanIndianOrAlaskaNative asian blackOrAfricanAmerican nativeHawaiianOrOtherPacificIslander white "
    "demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity"
).split()
MODEL = {
    "orgs": record(
        {"name": text, "type": one_of("department", "school", "district", "local", "state", "national"), "identifier": text},
        {"parent": reference("org"), "children": listed(reference("org"))},
    ),
    "academicSessions": record(
        {
            "title": text, "startDate": date, "endDate": date, "schoolYear": lambda v: text(v) and re.fullmatch(r"\d{4}", v),
            "type": one_of("gradingPeriod", "semester", "schoolYear", "term"),
        },
        {"parent": reference("academicSession"), "children": listed(reference("academicSession"))},
    ),
    "courses": record(
        {"title": text, "courseCode": text},
        {
            "schoolYear": reference("academicSession"), "grades": texts, "subjects": texts, "subjectCodes": texts,
            "org": reference("org"), "resources": listed(reference("resource")),
        },
    ),
    "classes": record(
        {
            "title": text, "course": reference("course"), "school": reference("org"),
            "terms": listed(reference("academicSession")), "classType": one_of("homeroom", "scheduled"),
        },
        {"classCode": text, "location": text, "grades": texts, "subjects": texts, "subjectCodes": texts, "periods": texts},
    ),
    "enrollments": record(
        {
            "user": reference("user"), "class": reference("class"), "school": reference("org"),
            "role": one_of("administrator", "proctor", "student", "teacher"),
        },
        {"primary": flag, "beginDate": date, "endDate": date},
    ),
    "users": record(
        {"enabledUser": flag, "givenName": text, "familyName": text, "roles": listed(ROLE)},
        {
            "username": text, "identifier": text, "primaryOrg": reference("org"), "agents": listed(reference("user")),
            "grades": texts, "email": text, "phone": text, "sms": text, "middleName": text,
        },
    ),
    "demographics": record(
        {}, {"birthDate": date, "sex": one_of("male", "female", "unspecified", "other")} | dict.fromkeys(RACES, flag)
    ),
    "categories": record({"title": text}, {"weight": number}),
    "lineItems": record(
        {
            "title": text, "assignDate": moment, "dueDate": moment, "class": reference("class"), "school": reference("org"),
            "category": reference("category"),
        },
        {"description": text, "resultValueMin": number, "resultValueMax": number, "gradingPeriod": reference("academicSession")},
    ),
    "results": record(
        {
            "lineItem": reference("lineItem"), "student": reference("user"), "scoreDate": date,
            "scoreStatus": one_of("exempt", "fully graded", "not submitted", "partially graded", "submitted"),
        },
        {"class": reference("class"), "score": number, "textScore": text, "comment": text},
    ),
}

HEADERS = {
    "orgs": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
    "academicSessions": "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear",
    "courses": "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes",
    "classes": "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,"
    "termSourcedIds,subjects,subjectCodes,periods",
    "users": "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,"
    "email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,preferredGivenName,"
    "preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns",
    "roles": "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId",
    "enrollments": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
    "demographics": "sourcedId,status,dateLastModified,birthDate,sex," + ",".join(RACES)
    + ",countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus",
}
REFERENCES = {
    "parentSourcedId": ("orgs", "academicSessions"), "orgSourcedId": ("orgs",), "schoolSourcedId": ("orgs",),
    "courseSourcedId": ("courses",), "termSourcedIds": ("academicSessions",), "classSourcedId": ("classes",),
    "userSourcedId": ("users",), "agentSourcedIds": ("users",), "primaryOrgSourcedId": ("orgs",),
}
FILES = set(HEADERS) | set(
    "categories classResources courseResources lineItemLearningObjectiveIds lineItems lineItemScoreScales resources "
    "resultLearningObjectiveIds results resultScoreScales scoreScales userProfiles userResources".split()
)
