import Directory

extension FacilityField {
    /// A code is kept as its place in this list, counted from 1. The order is fixed for ever: a new code goes to the end,
    /// wherever the code list shows it.
    private static let numberedCodes: [FacilityField: [String]] = [
        accessKind: ["fibre", "coaxial", "adsl", "4g", "5g", "satellite", "none"],
        carrier: ["telecom", "mobile", "unicom", "broadcast"],
    ]

    private var list: CodeList? {
        switch codeList {
        case "network-access": CodeLists.networkAccess
        case "carrier": CodeLists.carrier
        default: nil
        }
    }

    /// The choices of a `.code` field in the order of its list; empty for other fields.
    package var choices: [Code] { list?.leaves ?? [] }

    /// What the register keeps for a code; `nil` for an unknown one.
    package func number(ofCode code: String) -> Double? {
        FacilityField.numberedCodes[self]?.firstIndex(of: code).map { Double($0 + 1) }
    }

    /// What the register keeps for a code as clerks write it: code, name or both; `nil` for an unknown one.
    func number(matching text: String) -> Double? { list?.code(matching: text).flatMap { number(ofCode: $0.code) } }

    /// The code behind a kept number; `nil` when there is none.
    package func code(numbered value: Double) -> Code? {
        guard let codes = FacilityField.numberedCodes[self], let place = Int(exactly: value),
            codes.indices.contains(place - 1)
        else { return nil }
        return list?[codes[place - 1]]
    }
}

extension FacilityField {
    /// What a form may ask where no roster is kept, in its order.
    package static let asked: [FacilityField] = all

    /// What the indicators of the plan are computed from; a school's register is complete when all of it was told.
    package static let required: [FacilityField] = [
        classes, students, teachers, access, egress, campusNetwork, ordinaryRooms, multimediaRooms, onlineRooms,
        studentComputers, teacherComputers, recordingRooms,
    ]
}
