import Kernel
import Testing
import Web

@testable import Resources

/// What a site, a piece of news and a collection must be like.
@Suite("Rules of sites")
struct SiteRulesTests {
    private let today = LocalDate(year: 2026, month: 9, day: 1)!

    private func fields(_ problems: [FieldProblem]) -> [String] { problems.map(\.field) }

    @Test("Slots are kept as they are written, and strange ones are none")
    func slots() {
        let id = ID<ItemCollection>.new()
        let slots: [SiteSlot] = [.news, .collection(id), .newest, .selected]
        #expect(SiteSlot.list(SiteSlot.text(slots)) == slots)
        for text in ["", "collection:", "collection:../x", "collection:'", "script", "NEWS"] {
            #expect(SiteSlot(text) == nil, "\(text)")
        }
        #expect(SiteSlot.list("news,zzz,newest") == [.news, .newest])
    }

    @Test("A site has a name, a day that is past and no slot twice")
    func site() {
        #expect(SiteContent(name: "东兴市资源网", openedOn: today).problems(on: today).isEmpty)
        #expect(fields(SiteContent(name: "").problems(on: today)) == ["name"])
        #expect(fields(SiteContent(name: String(repeating: "站", count: 41)).problems(on: today)) == ["name"])
        let tomorrow = today.adding(days: 1)
        #expect(fields(SiteContent(name: "网", openedOn: tomorrow).problems(on: today)) == ["opened_on"])
        #expect(
            fields(SiteContent(name: "网", openedOn: LocalDate(year: 1999, month: 12, day: 31)).problems(on: today))
                == ["opened_on"])
        #expect(fields(SiteContent(name: "网", slots: [.news, .newest, .news]).problems(on: today)) == ["slot3"])
        let long = String(repeating: "长", count: 501)
        #expect(fields(SiteContent(name: "网", introduction: long).problems(on: today)) == ["introduction"])
    }

    @Test("News has a title, a text, a first day and no end before it")
    func news() {
        let good = SiteNewsContent(title: "通知", body: "内容", from: today, until: today)
        #expect(good.problems.isEmpty)
        var bad = good
        (bad.title, bad.body, bad.from) = ("", "", nil)
        #expect(fields(bad.problems) == ["title", "body", "from"])
        bad = good
        bad.until = today.adding(days: -1)
        #expect(fields(bad.problems) == ["until"])
    }

    @Test("A form keeps what cannot be for the rules to find")
    func form() {
        let id = ID<ItemCollection>.new()
        let form = SiteForm(
            FormValues([
                ("name", "  东兴市　资源网 "), ("opened_on", "去年"), ("slot1", "news"), ("slot2", ""),
                ("slot3", "collection:\(id)"), ("slot4", "nonsense"),
            ]))
        #expect(form.content.name == "东兴市 资源网" && form.content.slots == [.news, .collection(id)])
        #expect(fields(form.problems) == ["opened_on"])
        // The second slot stands on the third place.
        #expect(fields(form.placed([FieldProblem(field: "slot2", message: "")])) == ["slot3"])
        let news = SiteNewsForm(FormValues([("title", "通知"), ("from", "2026-13-01"), ("until", "")]))
        #expect(fields(news.problems) == ["from"] && news.content.until == nil)
    }

    @Test("The place of a slice reads back, and nothing else reads")
    func places() {
        let place = OpenItemStore.Place(Timestamp(milliseconds: 1_766_000_000_123), .new())
        #expect(OpenItemStore.Place(place.text) == place)
        for text in ["", "-", "1-", "x-\(place.id)", "99999999999999999999-\(place.id)", place.id.rawValue] {
            #expect(OpenItemStore.Place(text) == nil, "\(text)")
        }
    }
}
