import Kernel
import Web

extension ItemShowPages.View {
    /// What the page offers to other sites: only of what everybody sees, so never of a version in hand.
    func outside(_ files: ItemFilePages.View, _ address: SiteAddress) -> ItemShowPages.Outside {
        let item = line.item
        guard open == nil, item.isOpen else { return ItemShowPages.Outside() }
        let parent = ancestors.first.map(\.item)
        let markup = ItemMarkup(
            item: item, authors: line.authors, places: places, files: files.files, media: files.media,
            basedOn: parent.flatMap { $0.mayTravel ? $0.id : nil }, address: address)
        return ItemShowPages.Outside(
            meta: markup.meta, offer: item.mayTravel ? EmbedPages.offer(item, address) : "")
    }
}
