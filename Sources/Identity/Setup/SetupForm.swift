import Kernel
import Web

/// The first administrator, and the city where it is not known yet.
struct SetupForm: Sendable {
    var cityName = ""
    var cityCode = ""
    var name = ""
    var login = ""
    var password = ""
    var repeated = ""

    init() {}

    init(_ values: FormValues) {
        cityName = values["city_name"] ?? ""
        cityCode = values["city_code"] ?? ""
        name = values["name"] ?? ""
        login = LoginName.normalised(values["login"] ?? "")
        password = values.raw("password") ?? ""
        repeated = values.raw("repeated") ?? ""
    }

    func check(hasCity: Bool) throws {
        var problems: [FieldProblem] = []
        if !hasCity {
            if cityName.isEmpty { problems.append(FieldProblem(field: "city_name", message: "填写城市名称")) }
            if cityCode.utf8.count != 6 || !cityCode.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                problems.append(FieldProblem(field: "city_code", message: "行政区划代码应为 6 位数字"))
            }
        }
        if name.isEmpty { problems.append(FieldProblem(field: "name", message: "填写姓名")) }
        if let problem = LoginName.problem(in: login) {
            problems.append(FieldProblem(field: "login", message: problem))
        }
        let facts = PersonalFacts(name: name, login: login, organisations: [cityName])
        problems += PasswordPolicy().problems(in: password, for: .administrator, knowing: facts)
        if password != repeated { problems.append(FieldProblem(field: "repeated", message: "两次填写的密码不一致")) }
        guard problems.isEmpty else { throw DomainError.invalid(problems) }
    }
}
