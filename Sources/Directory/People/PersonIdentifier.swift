import Database
import Kernel
import Platform

/// By what a person is known outside the platform, one of each kind a person at most.
package enum PersonIdentifierKind: String, Column, Sendable, CaseIterable {
    /// 手机号 of the mainland
    case phone
    /// 学籍号
    case studentNumber = "student_number"
    /// 居民身份证号
    case citizenNumber = "citizen_number"
    /// the number of any other document of 身份证件类型
    case document
    /// 工号
    case staffNumber = "staff_number"

    package var title: String {
        switch self {
        case .phone: "手机号"
        case .studentNumber: "学籍号"
        case .citizenNumber: "身份证号"
        case .document: "证件号"
        case .staffNumber: "工号"
        }
    }

    /// Whether it changes by an approved change only, once it has been told.
    package var isLocked: Bool { !sameDatum.isEmpty }

    /// The locked kinds that tell the same of a person: one document stands for her, whatever its type.
    var sameDatum: Set<PersonIdentifierKind> {
        switch self {
        case .citizenNumber, .document: [.citizenNumber, .document]
        case .studentNumber: [.studentNumber]
        case .phone, .staffNumber: []
        }
    }

    /// Separates the look-up keys of the kinds: the same digits as phone and as staff number give different keys.
    var purpose: String {
        switch self {
        case .phone: "directory_person_identifier.phone"
        case .studentNumber: "directory_person_identifier.student_number"
        case .citizenNumber: "directory_person_identifier.citizen_number"
        case .document: "directory_person_identifier.document"
        case .staffNumber: "directory_person_identifier.staff_number"
        }
    }
}

/// A number that has been checked and brought into the one spelling in which it is kept and compared. What is printed of
/// it is its mask.
package struct PersonIdentifier: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    package let kind: PersonIdentifierKind
    /// 身份证件类型 of a `document`; empty for the other kinds.
    package let documentType: String
    let text: String

    /// - Parameter field: named by the problem.
    /// Throws `DomainError.invalid` when the text cannot be such a number. The message does not repeat it.
    package init(
        _ kind: PersonIdentifierKind, _ typed: String, documentType: String = "", field: String? = nil
    ) throws {
        let plain = PersonIdentifier.spelled(typed, kind)
        let problem = PersonIdentifier.problem(in: plain, kind, documentType: documentType)
        if let problem { throw DomainError.invalid(field ?? kind.rawValue, problem) }
        (self.kind, self.documentType, text) = (kind, kind == .document ? documentType : "", plain)
    }

    /// The kinds that a text without a label can be, as when somebody signs in by it; each in its spelling.
    package static func candidates(_ typed: String) -> [PersonIdentifier] {
        PersonIdentifierKind.allCases.compactMap { kind in
            try? PersonIdentifier(kind, typed, documentType: kind == .document ? anyDocument : "")
        }
    }

    /// First and last characters with stars between, so that people can tell numbers apart: 450699**********14,
    /// 199****0123.
    package var masked: String { PersonIdentifier.mask(text, kind) }
    package var description: String { masked }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// Stands for every type of document when nobody has said which.
    static let anyDocument = "*"

    /// Half-width, in capitals, without the spaces and dashes people put between digits.
    private static func spelled(_ typed: String, _ kind: PersonIdentifierKind) -> String {
        if isSpelled(typed, kind) { return typed }
        var text = ChineseText.matchingKey(typed).uppercased()
        switch kind {
        case .phone:
            text = text.filter { $0 != "-" }
            for prefix in ["+86", "0086"] where text.hasPrefix(prefix) { text = String(text.dropFirst(prefix.count)) }
        case .citizenNumber:
            text = text.filter { $0 != "-" }
            text = CitizenNumber.extended(text) ?? text
        case .studentNumber: text = text.filter { $0 != "-" }
        case .document, .staffNumber: break
        }
        return text
    }

    /// Whether the text needs no other spelling, as what was kept before: to find that out costs little.
    package static func isSpelled(_ text: String, _ kind: PersonIdentifierKind) -> Bool {
        let hasLength =
            switch kind {
            // Longer ones may begin with the country's number; 15 digits are an old number.
            case .phone: text.utf8.count == 11
            case .citizenNumber: text.utf8.count == 18
            case .studentNumber, .document, .staffNumber: true
            }
        return hasLength && text.utf8.allSatisfy(isLetterOrDigit)
    }

    private static func problem(in text: String, _ kind: PersonIdentifierKind, documentType: String) -> String? {
        let bytes = Array(text.utf8)
        switch kind {
        case .phone:
            let isMobile =
                bytes.count == 11 && bytes.allSatisfy(CitizenNumber.isDigit) && bytes[0] == 0x31
                && (0x33...0x39).contains(bytes[1])
            return isMobile ? nil : "手机号应为 11 位数字，以 1 开头"
        case .studentNumber: return StudentNumber.problem(in: text)
        case .citizenNumber: return CitizenNumber.problem(in: text)
        case .document:
            let isType = CodeLists.idDocument[documentType] != nil || documentType == anyDocument
            guard isType, documentType != citizenDocument else { return "选择证件类型" }
            guard (4...30).contains(bytes.count), bytes.allSatisfy(isDocumentPart) else {
                return "证件号应为 4 到 30 位字母或数字"
            }
            return nil
        case .staffNumber:
            guard (2...20).contains(bytes.count), bytes.allSatisfy({ isLetterOrDigit($0) || $0 == 0x2D }) else {
                return "工号应为 2 到 20 位字母或数字"
            }
            return nil
        }
    }

    /// 居民身份证 has a kind of its own.
    static let citizenDocument = "1"

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        CitizenNumber.isDigit(byte) || (0x41...0x5A).contains(byte)
    }

    private static func isDocumentPart(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || [0x28, 0x29, 0x2D, 0x2F].contains(byte)
    }

    static func mask(_ text: String, _ kind: PersonIdentifierKind) -> String {
        let (first, last): (Int, Int) =
            switch kind {
            case .phone: (3, 4)
            case .citizenNumber: (6, 2)
            case .studentNumber: (7, 2)
            case .document, .staffNumber: (1, 2)
            }
        let hidden = max(0, text.count - first - last)
        // What is too short to hide anything in shows nothing.
        guard hidden >= 3 else { return String(repeating: "*", count: max(text.count, 1)) }
        return text.prefix(first) + String(repeating: "*", count: hidden) + text.suffix(last)
    }
}
