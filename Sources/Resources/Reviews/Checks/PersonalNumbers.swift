import Directory
import Kernel
import Platform

/// Telephone and citizen numbers in running text.
enum PersonalNumbers {
    enum Kind: String, Sendable { case phone, citizen }

    struct Match: Sendable, Equatable {
        let kind: Kind
        /// `138****1234`, `450699**********14`: a finding keeps no number in full.
        let masked: String
    }

    /// In the order of the text, each number once. A mobile number has 11 digits from 13 to 19 on, written in one piece or
    /// 3-4-4; a citizen number has 18 places, a birth date that exists and the right check digit, written in one piece or
    /// 6-8-4.
    static func matches(in text: String) -> [Match] {
        var found: [Match] = []
        func add(_ match: Match) { if !found.contains(match) { found.append(match) } }
        for run in runs(of: text) {
            for (index, group) in run.enumerated() {
                if let match = match(group) { add(match) }
                guard index + 2 < run.count else { continue }
                let three = run[index...index + 2].map(\.count)
                if three == [3, 4, 4] || three == [6, 8, 4], let match = match(run[index...index + 2].joined()) {
                    add(match)
                }
            }
        }
        return found
    }

    /// The text with every digit of longer numbers but the first three hidden.
    static func masked(_ text: String) -> String {
        var shown = "", digits = 0
        for character in text {
            digits = ("0"..."9").contains(character) ? digits + 1 : 0
            shown.append(digits > 3 ? "*" : character)
        }
        return shown
    }

    private static func match(_ digits: String) -> Match? {
        let bytes = Array(digits.utf8)
        if bytes.count == 11, bytes[0] == 0x31, bytes[1] >= 0x33, bytes.allSatisfy({ $0 < 0x3A }) {
            return Match(kind: .phone, masked: digits.prefix(3) + "****" + digits.suffix(4))
        }
        if bytes.count == 18, CitizenNumber.problem(in: digits) == nil {
            return Match(kind: .citizen, masked: digits.prefix(6) + "**********" + digits.suffix(2))
        }
        return nil
    }

    /// Runs of groups of digits with one space or dash between; a closing X belongs to its group.
    private static func runs(of text: String) -> [[String]] {
        var runs: [[String]] = [], groups: [String] = [], group = "", gap = 0
        func closeGroup() {
            if !group.isEmpty { groups.append(group) }
            group = ""
        }
        func closeRun() {
            closeGroup()
            if !groups.isEmpty { runs.append(groups) }
            (groups, gap) = ([], 0)
        }
        for scalar in ChineseText.normalised(text).unicodeScalars {
            if ("0"..."9").contains(scalar) {
                group.unicodeScalars.append(scalar)
                gap = 0
            } else if (scalar == "x" || scalar == "X"), group.utf8.count == 17 || group.utf8.count == 3 {
                group += "X"
            } else if scalar == " " || scalar == "-", gap == 0, !group.isEmpty {
                closeGroup()
                gap = 1
            } else {
                closeRun()
            }
        }
        closeRun()
        return runs
    }
}
