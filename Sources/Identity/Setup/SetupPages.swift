import Kernel
import Web

enum SetupPages {
    static func show(
        _ form: SetupForm, _ token: String, hasCity: Bool, _ problems: [FieldProblem], _ page: PageContext
    ) -> HTML {
        let city: HTML = #"""
            \#(UI.textField("city_name", label: "城市", value: form.cityName, hint: "例如防城港市", required: true,
                problems: problems))
            \#(UI.textField("city_code", label: "行政区划代码", value: form.cityCode, hint: "6 位数字，GB/T 2260", required: true,
                inputmode: "numeric", problems: problems))
            """#
        let person: HTML = #"""
            \#(UI.textField("name", label: "姓名", value: form.name, required: true, autocomplete: "name",
                problems: problems))
            \#(UI.textField("login", label: "登录名", value: form.login, hint: "小写字母、数字和 . _ - @，2 到 32 个字符",
                required: true, autocomplete: "username", problems: problems))
            """#
        let password: HTML = #"""
            \#(UI.textField("password", label: "密码", hint: "至少 10 个字符，含大写字母、小写字母、数字、符号中的三种", type: "password",
                required: true, autocomplete: "new-password", problems: problems))
            \#(UI.textField("repeated", label: "再填一次密码", type: "password", required: true,
                autocomplete: "new-password", problems: problems))
            """#
        let fields: HTML = "\(if: !hasCity, city)\(person)\(password)"
        let form = UI.form(action: "/setup/" + token, page: page, submit: "建立账号", problems: problems, fields)
        let content: HTML = #"""
            \#(UI.heading("第一位管理员", note: "市局管理员，可以管理全市的单位、数据和账号"))
            \#(UI.card(nil, form))
            """#
        return UI.layout("第一位管理员", page, isFailed: !problems.isEmpty, content)
    }
}
