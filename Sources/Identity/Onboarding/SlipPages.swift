import Kernel
import Web

/// Slips and cards, made to be printed and cut apart.
enum SlipPages {
    static func slips(
        _ slips: [ActivationSlip], _ title: String, back: String, _ base: String, _ page: PageContext
    ) -> HTML {
        let items: HTML = #"\#(each: slips, { slip($0, base, page) })"#
        return sheet("激活条", title, note: "90 天内有效，只能用一次", items, back: back, page)
    }

    private static func slip(_ slip: ActivationSlip, _ base: String, _ page: PageContext) -> HTML {
        #"""
        <li class="slip"><h2>\#(slip.name)</h2><p>\#(slip.place)</p>
        <dl><div><dt>登录名</dt><dd><code>\#(slip.login)</code></dd></div>
        <div><dt>激活码</dt><dd><code>\#(slip.code)</code></dd></div>
        <div><dt>网址</dt><dd>\#(base)/activate</dd></div></dl>
        <p class="small">打开网址，填写登录名和激活码，设置自己的密码。</p></li>
        """#
    }

    static func cards(_ cards: [SignInCard], _ title: String, back: String, _ base: String, _ page: PageContext) -> HTML
    {
        let items: HTML = #"\#(each: cards, { card($0, base) })"#
        return sheet("登录卡", title, note: "本学年有效，遗失后由班主任重新打印", items, back: back, page)
    }

    private static func card(_ card: SignInCard, _ base: String) -> HTML {
        #"""
        <li class="slip slip--card"><h2>\#(card.name)</h2><p>\#(card.place)</p>
        \#(UI.qrCode(base + card.path, label: "\(card.name)的登录二维码"))
        <p>登录名 <code>\#(card.login)</code></p></li>
        """#
    }

    private static func sheet(
        _ kind: String, _ title: String, note: String, _ items: HTML, back: String, _ page: PageContext
    ) -> HTML {
        let print = UI.printButton("打印")
        let content: HTML = #"""
            \#(UI.heading(kind, note: "\(title)，\(note)", actions: print))
            <div class="no-print">\#(UI.notice(.warn, "只显示这一次，离开本页后无法再查看。"))</div>
            <ul class="slips">\#(items)</ul>
            <p class="no-print">\#(UI.linkButton("返回", url: back))</p>
            """#
        return UI.layout(kind, page, wide: true, content)
    }
}
