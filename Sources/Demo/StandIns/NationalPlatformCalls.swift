import Platform

extension NationalPlatform.State {
    // MARK: The first flavour

    mutating func answerV1(_ path: String, _ fields: Fields) -> Answer? {
        switch path {
        case "/aamif/ticketValidate":
            guard let key = takeTicket(fields["ticket"]) else { return cas(failure: "300006") }
            let session = Hex.encode(SecureRandom.bytes(16))
            sessions[session] = key
            return cas(user: session)
        case "/apigateway/getaccesstoken":
            if let refusal = refusal(appID: fields["appid"], time: fields["timestamp"], keyInfo: fields["keyinfo"]) {
                return refusal
            }
            return Self.json([
                "retCode": "000000", "tokenInfo": ["token": newToken(), "validTime": "7200"],
            ])
        default:
            let prefix = "/aam/rest/user/getuserinfo/"
            guard path.hasPrefix(prefix) else { return nil }
            guard tokens.contains(fields["token"] ?? "") else { return Self.refused("200002", "token 无效") }
            if settings.fault == .notRealName { return notRealName }
            guard let person = person(sessions[String(path.dropFirst(prefix.count))]) else {
                return Self.refused("300006", "会话已失效")
            }
            let info = [
                "personid": person.key, "name": person.name, "loginaccount": person.login,
                "useridentity": person.identity, "orgid": "org-1", "orgname": person.school,
            ]
            return Self.json(["retCode": "000000", "userinfo": info])
        }
    }

    private func cas(user: String) -> Answer {
        cas("<cas:authenticationSuccess><cas:user>\(user)</cas:user></cas:authenticationSuccess>")
    }

    private func cas(failure code: String) -> Answer {
        cas("<cas:authenticationFailure code=\"\(code)\">ticket 已失效</cas:authenticationFailure>")
    }

    private func cas(_ content: String) -> Answer {
        let text = "<cas:serviceResponse xmlns:cas=\"http://www.yale.edu/tp/cas\">\(content)</cas:serviceResponse>"
        return Answer(type: "application/xml; charset=utf-8", text: text)
    }

    private var notRealName: Answer {
        Self.refused("300027", "未实名认证", ["certUrl": "https://system.example.edu.cn/certification"])
    }

    // MARK: The second flavour

    mutating func answerV2(_ path: String, _ fields: Fields) -> Answer? {
        if path == "/apigateway/getAccessToken" {
            if let refusal = refusal(appID: fields["appId"], time: fields["timeStamp"], keyInfo: fields["keyInfo"]) {
                return refusal
            }
            let token = newToken()
            return done("tokenInfo", ["token": token, "accessToken": token, "validTime": 7200] as [String: Any])
        }
        guard NationalPlatform.paths.contains(path) else { return nil }
        guard tokens.contains(fields["accessToken"] ?? "") else { return Self.refused("200002", "accessToken 无效") }
        return path.hasPrefix("/userSession/") ? answerSession(path, fields) : answerInformation(path, fields)
    }

    private mutating func answerSession(_ path: String, _ fields: Fields) -> Answer {
        switch path {
        case "/userSession/validaTicket":
            guard let key = takeTicket(fields["ticket"]), let person = settings.people.first(where: { $0.key == key })
            else { return Self.refused("300006", "ticket 已失效") }
            let session = Hex.encode(SecureRandom.bytes(16))
            sessions[session] = key
            var content = ["name": person.name, "gender": "0", "usessionId": session, "loginAccount": person.login]
            content[settings.envelope == .data ? "userId" : "personId"] = key
            return done("userInfo", content)
        case "/userSession/createTicket":
            guard let key = sessions[fields["usessionId"] ?? ""] else { return Self.refused("300006", "会话已失效") }
            let ticket = Hex.encode(SecureRandom.bytes(16))
            tickets[ticket] = key
            return done("ticketInfo", ["ticket": ticket])
        case "/userSession/getLoginUserInfo":
            guard let person = person(sessions[fields["usessionId"] ?? ""]) else {
                return Self.refused("300006", "会话已失效")
            }
            return done("userInfo", content(person))
        default:
            if settings.fault == .notRealName { return notRealName }
            guard person(fields["userId"]) != nil else { return Self.refused("200002", "用户不存在") }
            return done("userInfo", ["personId": fields["userId"] ?? ""])
        }
    }

    private mutating func answerInformation(_ path: String, _ fields: Fields) -> Answer {
        switch path {
        case "/baseInfo/user/getUserById":
            guard let person = person(fields["personId"]) else { return Self.refused("200002", "用户不存在") }
            return done("userInfo", content(person))
        case "/baseInfo/user/getUserList", "/baseInfo/getUserkeyInfo":
            return done("userList", settings.people.map(content))
        case "/baseInfo/org/getOrgInfo":
            return done("orgInfo", ["orgId": fields["orgId"] ?? "", "orgName": settings.people.first?.school ?? ""])
        case "/baseInfo/getOrgList":
            return done("orgList", settings.people.map { ["orgId": "org-1", "orgName": $0.school] })
        case "/baseInfo/user/getTeachingInfo": return done("teachList", [Fields]())
        case "/cert/independentAppRegister":
            for name in ["userId", "loginAccount", "type", "orgId", "userIdentity"] where fields[name] == nil {
                return Self.refused("200001", "缺少参数 \(name)")
            }
            reports.append(fields)
            return done("registerInfo", ["userId": fields["userId"] ?? ""])
        default:
            guard let person = person(fields["personId"]) else { return Self.refused("200002", "用户不存在") }
            return done("userInfo", content(person))
        }
    }

    private func content(_ person: NationalPlatform.Person) -> Fields {
        var content = [
            "personId": person.key, "name": person.name, "loginAccount": person.login,
            "userIdentity": person.identity, "orgId": "org-1", "orgName": person.school, "gender": "0",
        ]
        if !person.studentNumber.isEmpty { content["studentNumber"] = person.studentNumber }
        return content
    }
}

extension NationalPlatform {
    /// Of the second flavour, besides the token.
    static let paths: Set<String> = [
        "/userSession/validaTicket", "/userSession/createTicket", "/userSession/getLoginUserInfo",
        "/userSession/validateSession", "/baseInfo/user/getUserById", "/baseInfo/user/getUserList",
        "/baseInfo/getUserkeyInfo", "/baseInfo/org/getOrgInfo", "/baseInfo/getOrgList",
        "/baseInfo/user/getTeachingInfo", "/cert/independentAppRegister", "/cert/independentAppValidateUser",
    ]
}

/// Without a network, for tests: requests to any host reach it.
extension NationalPlatform: OutboundHTTP {
    package func send(_ request: OutboundRequest) async throws -> OutboundResponse {
        if settings.fault == .timeout { throw OutboundError.timeout }
        if settings.fault == .unreachable { throw OutboundError.unreachable }
        let place = request.url.split(separator: "://", maxSplits: 1).last ?? ""
        let halves = place.drop { $0 != "/" }.split(separator: "?", maxSplits: 1)
        let query = StandInServer.query(halves.count > 1 ? String(halves[1]) : "")
        guard let answer = answer(halves.first.map(String.init) ?? "/", query: query, body: request.body) else {
            return OutboundResponse(status: 404)
        }
        return OutboundResponse(status: answer.status, body: Array(answer.text.utf8))
    }
}
