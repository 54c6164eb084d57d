/// An element of an XML text with all that is in it. Names are without their namespace prefix.
package struct XMLTree: Sendable, Equatable {
    package let name: String
    /// By name without prefix; of two that differ only in it, the first.
    package let attributes: [String: String]
    package private(set) var children: [XMLTree] = []
    /// The text directly in it, pieces put together.
    package private(set) var text = ""

    /// Why a text cannot be read as a whole.
    package enum Failure: String, Error, Sendable {
        case malformed
        /// It declares a document type, by which entities are smuggled.
        case doctype
        /// Nested too deep, too many elements, or one of unreasonable length.
        case unreasonable
    }

    /// Elements of one text at most.
    package static let mostElements = 400_000

    /// The tree of the text. No entity but those of XML itself is ever expanded and nothing is fetched. Blocks.
    /// - Throws: `Failure`.
    package init(_ bytes: [UInt8]) throws {
        let builder = Builder()
        var place = 0
        do {
            try XMLStream.read(
                from: { buffer, capacity in
                    let count = min(capacity, bytes.count - place)
                    bytes.withUnsafeBytes { all in
                        if count > 0 { buffer.copyMemory(from: all.baseAddress! + place, byteCount: count) }
                    }
                    place += count
                    return count
                }, into: builder)
        } catch XMLError.doctype { throw Failure.doctype } catch let error as XMLError {
            throw error == .unreasonable ? Failure.unreasonable : Failure.malformed
        }
        guard let root = builder.root else { throw Failure.malformed }
        self = root
    }

    fileprivate init(name: String, attributes: [String: String]) { (self.name, self.attributes) = (name, attributes) }

    package subscript(_ name: String) -> XMLTree? { children.first { $0.name == name } }
    package func all(_ name: String) -> [XMLTree] { children.filter { $0.name == name } }

    /// The first at the end of the path.
    package func at(_ path: String...) -> XMLTree? {
        path.reduce(XMLTree?.some(self)) { tree, name in tree?[name] }
    }

    /// All text in it, that of elements inside included.
    package var wholeText: String {
        var whole = ""
        gather(into: &whole)
        return whole
    }

    private func gather(into whole: inout String) {
        whole += text
        for child in children { child.gather(into: &whole) }
    }

    private final class Builder: XMLReceiver {
        private var open: [XMLTree] = []
        private var count = 0
        private(set) var root: XMLTree?

        func started(_ name: XMLBytes, _ attributes: XMLAttributes) throws {
            count += 1
            guard count <= XMLTree.mostElements, open.count < 100 else { throw XMLError.unreasonable }
            open.append(XMLTree(name: name.string, attributes: attributes.all))
        }

        func text(_ bytes: UnsafeBufferPointer<UInt8>) throws {
            guard !open.isEmpty else { return }
            open[open.count - 1].text += String(decoding: bytes, as: UTF8.self)
        }

        func ended(_ name: XMLBytes) throws {
            guard let element = open.popLast() else { return }
            if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
        }
    }
}
