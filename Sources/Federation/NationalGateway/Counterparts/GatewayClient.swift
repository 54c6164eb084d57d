import Foundation
import Kernel
import Platform
import Web

/// Talks to counterparts, each in its flavour.
struct GatewayClient: Sendable {
    let outbound: any OutboundHTTP
    let tokens: TokenCache
    let now: @Sendable () -> Timestamp

    /// A counterpart with what it takes to talk to it.
    struct Line: Sendable {
        let counterpart: Counterpart
        let flavour: GatewayFlavour
        let appKey: String
    }

    /// Who is behind the ticket. Throws `ArrivalFailure`.
    func identify(ticket: String, systemCode: String, on line: Line) async throws -> ArrivedPerson {
        let values = try await run(line.flavour.steps, ["ticket": ticket, "sysCode": systemCode], on: line)
        guard let key = values["personId"], let name = values["name"] else { throw ArrivalFailure.malformed }
        return ArrivedPerson(
            key: key, name: name, loginAccount: values["loginAccount"] ?? "",
            organisationName: values["orgName"] ?? "", studentNumber: values["studentNumber"] ?? "",
            citizenNumber: values["citizenNumber"] ?? "", systemCode: systemCode)
    }

    /// Takes the steps one after the other and returns all variables. Throws `ArrivalFailure`.
    @discardableResult
    func run(
        _ steps: [GatewayFlavour.Step], _ start: [String: String], on line: Line
    ) async throws -> [String: String] {
        var values = start
        values["appId"] = line.counterpart.appID
        var keptToken: String?
        for step in steps where (step.onlyWith ?? []).allSatisfy({ values[$0] != nil }) {
            if step.kind == .token && step.isShared {
                let (token, isKept) = try await sharedToken(step, values, on: line)
                values["token"] = token
                keptToken = isKept ? token : nil
                continue
            }
            do {
                values = try await take(step, values, on: line)
            } catch let refused as Refused {
                guard let old = keptToken, line.flavour.codes.wrong.contains(refused.code),
                    let first = steps.first(where: { $0.kind == .token })
                else { throw refused.failure(step.kind) }
                // A kept token may have died before its time: the counterpart was started anew.
                await tokens.forget(key(values, line), old)
                keptToken = nil
                values["token"] = try await sharedToken(first, values, on: line).text
                do { values = try await take(step, values, on: line) } catch let refused as Refused {
                    throw refused.failure(step.kind)
                }
            }
        }
        return values
    }

    private func key(_ values: [String: String], _ line: Line) -> TokenCache.Key {
        TokenCache.Key(
            counterpart: line.counterpart.id, revision: line.counterpart.revision, systemCode: values["sysCode"] ?? "")
    }

    private func sharedToken(
        _ step: GatewayFlavour.Step, _ values: [String: String], on line: Line
    ) async throws -> (text: String, isKept: Bool) {
        let moment = now()
        return try await tokens.token(for: key(values, line), at: moment) {
            do {
                let taken = try await take(step, values, on: line)
                guard let text = taken["token"] else { throw ArrivalFailure.malformed }
                return TokenCache.Token(text: text, until: TokenCache.end(taken["validTime"], at: moment))
            } catch let refused as Refused { throw refused.failure(.token) }
        }
    }

    /// The counterpart answered with another code than success.
    private struct Refused: Error {
        let code: String
        let isNotRealName: Bool
        let certificate: String?

        func failure(_ kind: GatewayFlavour.Kind) -> ArrivalFailure {
            if isNotRealName { return .realNameMissing(certificate: certificate) }
            return switch kind {
            case .token: .tokenRefused
            case .ticket: .ticketDead
            case .person: .personUnknown
            }
        }
    }

    /// One call; returns the variables with what its answer brought. Throws `ArrivalFailure` or `Refused`.
    private func take(
        _ step: GatewayFlavour.Step, _ values: [String: String], on line: Line
    ) async throws -> [String: String] {
        var values = values
        if step.kind == .token { sign(&values, line) }
        let answer = try await send(step, values, line)
        if case .json(let value) = answer { try check(value, line.flavour.codes) }
        for (name, places) in step.take ?? [:] {
            guard let found = places.lazy.compactMap(answer.text).first, found.utf8.count <= GatewayClient.longest
            else { continue }
            values[name] = found
        }
        guard (step.needs ?? []).allSatisfy({ values[$0] != nil }) else { throw ArrivalFailure.malformed }
        return values
    }

    /// Bytes of one value that are taken from an answer.
    private static let longest = 500

    private func sign(_ values: inout [String: String], _ line: Line) {
        let signature = line.flavour.signature, moment = now().milliseconds
        let time = String(signature.isInSeconds ? moment / 1000 : moment)
        let text = GatewaySignature.text(appID: line.counterpart.appID, appKey: line.appKey, time: time)
        (values["timeStamp"], values["keyInfo"]) = (time, signature.isUpperCase ? text : text.lowercased())
    }

    private func check(_ answer: GatewayValue, _ codes: GatewayFlavour.Codes) throws {
        guard case .object = answer else { throw ArrivalFailure.malformed }
        guard let code = codes.names.lazy.compactMap({ answer[$0]?.plain }).first, !codes.done.contains(code) else {
            return
        }
        throw Refused(
            code: code, isNotRealName: codes.notRealName.contains(code),
            certificate: codes.certificate.lazy.compactMap { answer.value(at: $0)?.plain }.first)
    }

    private enum Answer {
        case json(GatewayValue)
        case xml(String)

        func text(at place: String) -> String? {
            switch self {
            case .json(let value): return place.hasPrefix("<") ? nil : value.value(at: place)?.plain
            case .xml(let text):
                guard place.hasPrefix("<"), let start = text.range(of: place),
                    let end = text.range(of: "</" + place.dropFirst(), range: start.upperBound..<text.endIndex)
                else { return nil }
                let found = text[start.upperBound..<end.lowerBound].trimmingCharacters(in: .whitespacesAndNewlines)
                return found.isEmpty ? nil : found
            }
        }
    }

    private func send(
        _ step: GatewayFlavour.Step, _ values: [String: String], _ line: Line
    ) async throws -> Answer {
        var request = OutboundRequest(url: line.counterpart.baseURL + step.path.filled(values, URLCoding.encode))
        if step.method == .post {
            let fields = (step.body ?? [:]).compactMapValues { text in
                text.variables.allSatisfy { values[$0] != nil } ? GatewayValue.text(text.filled(values) { $0 }) : nil
            }
            request = OutboundRequest(
                method: .post, url: request.url, headers: [("Content-Type", "application/json; charset=utf-8")],
                body: Array(GatewayValue.object(fields).json.utf8))
        }
        let response: OutboundResponse
        do { response = try await outbound.send(request) } catch is OutboundError { throw ArrivalFailure.unreachable }
        guard response.status < 500 else { throw ArrivalFailure.unreachable }
        guard (200..<300).contains(response.status) else { throw ArrivalFailure.malformed }
        let text = response.text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        if text.hasPrefix("<") {
            guard text.contains("cas:serviceResponse") || text.contains("<cas:") else { throw ArrivalFailure.malformed }
            if text.contains("authenticationFailure") {
                throw Refused(code: "", isNotRealName: false, certificate: nil)
            }
            return .xml(String(text))
        }
        guard let value = GatewayValue.parse(response.body) else { throw ArrivalFailure.malformed }
        return .json(value)
    }
}

extension String {
    /// The names in braces.
    fileprivate var variables: [String] {
        split(separator: "{").dropFirst(hasPrefix("{") ? 0 : 1).compactMap { part in
            part.firstIndex(of: "}").map { String(part[..<$0]) }
        }
    }

    /// The text with values in place of the names in braces; what is not known is left empty.
    fileprivate func filled(_ values: [String: String], _ coded: (String) -> String) -> String {
        variables.reduce(self) { text, name in
            text.replacingOccurrences(of: "{\(name)}", with: coded(values[name] ?? ""))
        }
    }
}
