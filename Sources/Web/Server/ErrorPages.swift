import Kernel

/// Error pages: what happened, what to do next, and a number to tell the service desk.
enum ErrorPages {
    static func page(for error: any Error, _ page: PageContext, _ requestID: String) -> WebResponse {
        switch error {
        case DomainError.notFound: return plain(404, "没有找到", "没有找到这个页面。可能地址有误，或者它不在你的管理范围内。", page)
        case DomainError.forbidden(let text): return plain(403, "不能这样操作", text, page)
        case DomainError.conflict(let text): return plain(409, "情况已有变化", text, page)
        case DomainError.unavailable(let text):
            return plain(503, "暂时不能办理", text, page).with(header: "retry-after", "10")
        case DomainError.uncertain(let text): return plain(503, "不能确定是否已保存", text, page)
        case DomainError.invalid(let problems):
            let list: HTML = #"<ul>\#(each: problems, { "<li>\($0.message)</li>" })</ul>"#
            return show(422, "填写有误", list, page)
        case BodyError.tooLarge(let limit):
            return plain(413, "文件或内容过大", "最大允许 \(limit >> 20) MB，请缩小后再试。", page)
        case BodyError.wrongType: return plain(415, "提交方式不正确", "请从页面上的表单提交。", page)
        case BodyError.malformed: return plain(400, "提交的内容不完整", "可能是网络中断造成的，请返回重新提交。", page)
        default:
            return plain(500, "系统出错", "系统出了问题，操作没有完成。请稍后再试；如仍不行，请把编号 \(requestID) 告诉平台管理员。", page)
        }
    }

    static func plain(_ status: Int, _ title: String, _ text: String, _ page: PageContext) -> WebResponse {
        show(status, title, "<p>\(text)</p>", page)
    }

    private static func show(_ status: Int, _ title: String, _ content: HTML, _ page: PageContext) -> WebResponse {
        let body: HTML = """
            \(UI.heading(title))
            \(UI.card(nil, content))
            <p>\(UI.linkButton("回到首页", url: "/"))</p>
            """
        return .html(UI.layout(title, page, body), status: status)
    }
}

/// Errors of the API: `application/problem+json` (RFC 9457).
package enum ProblemDocument {
    package static func response(_ status: Int, _ title: String, _ detail: String, problems: [FieldProblem] = [])
        -> WebResponse
    {
        let errors = problems.map {
            #"{"field":\#(JSONText.quote($0.field)),"message":\#(JSONText.quote($0.message))}"#
        }
        let list = problems.isEmpty ? "" : #","errors":[\#(errors.joined(separator: ","))]"#
        let text =
            #"{"type":"about:blank","title":\#(JSONText.quote(title)),"status":\#(status),"detail":\#(JSONText.quote(detail))\#(list)}"#
        return WebResponse(
            status: status, headers: [("content-type", "application/problem+json; charset=utf-8")],
            body: .bytes(Array(text.utf8)))
    }

    static func response(for error: any Error, _ requestID: String) -> WebResponse {
        switch error {
        case DomainError.notFound: response(404, "没有找到", "没有这条记录，或者它不在你的管理范围内。")
        case DomainError.forbidden(let text): response(403, "不能这样操作", text)
        case DomainError.conflict(let text): response(409, "情况已有变化", text)
        case DomainError.unavailable(let text): response(503, "暂时不能办理", text)
        case DomainError.uncertain: response(503, "不能确定是否已保存", "保存时数据库连接中断。请先查询，再决定是否重新提交。")
        case DomainError.invalid(let problems):
            response(422, "内容有误", problems.map(\.message).joined(separator: "；"), problems: problems)
        case BodyError.tooLarge(let limit): response(413, "内容过大", "最大允许 \(limit >> 20) MB。")
        case BodyError.wrongType: response(415, "内容类型不正确", "请使用 application/json。")
        case BodyError.malformed: response(400, "内容不完整", "请检查后重新提交。")
        default: response(500, "系统出错", "编号 \(requestID)")
        }
    }
}

/// The little JSON writing that needs no coder.
package enum JSONText {
    package static func quote(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case "\u{0}"..."\u{1F}":
                let hex = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
