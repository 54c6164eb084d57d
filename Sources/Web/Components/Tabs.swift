extension UI {
    /// Links between the faces of one thing.
    package static func tabs(_ items: [(title: String, url: String, isCurrent: Bool)], label: String = "分页") -> HTML {
        #"<nav class="tabs" aria-label="\#(label)"><ul>\#(each: items, tabLink)</ul></nav>"#
    }

    private static func tabLink(_ item: (title: String, url: String, isCurrent: Bool)) -> HTML {
        let current = item.isCurrent ? "page" : nil
        return #"<li><a href="\#(url: item.url)"\#(attribute: "aria-current", current)>\#(item.title)</a></li>"#
    }
}
