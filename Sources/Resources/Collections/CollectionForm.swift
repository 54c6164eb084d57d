import Kernel
import Platform
import Web

/// What the form of a collection sends.
enum CollectionForm {
    /// As sent; whatever cannot be is left for the rules to find. An unknown kind is a collection of the usual one.
    static func content(_ form: FormValues) -> CollectionContent {
        CollectionContent(
            kind: form["kind"].flatMap(ItemCollection.Kind.init(rawValue:)) ?? .topic,
            title: ChineseText.normalised(form["title"] ?? ""),
            summary: FormValuesText.paragraphs(form["summary"] ?? ""))
    }

    static func values(_ content: CollectionContent) -> FormValues {
        FormValues([("kind", content.kind.rawValue), ("title", content.title), ("summary", content.summary)])
    }
}
