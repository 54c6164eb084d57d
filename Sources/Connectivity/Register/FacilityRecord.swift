import Kernel

/// What is known of one school on one day: field → value. Codes are kept as their number.
package struct FacilityRecord: Sendable, Equatable {
    package private(set) var values: [String: Double]

    package init(_ values: [String: Double] = [:]) { self.values = values }

    package subscript(_ field: FacilityField) -> Double? {
        get { values[field.id] }
        set { values[field.id] = newValue }
    }

    package func merging(_ newer: FacilityRecord) -> FacilityRecord {
        FacilityRecord(values.merging(newer.values) { $1 })
    }

    package var isEmpty: Bool { values.isEmpty }

    /// The fields that differ from another record, also those only one of the two has, in the order of the form.
    package func differences(from other: FacilityRecord) -> [FacilityField] {
        FacilityField.all.filter { self[$0] != other[$0] }
    }

    /// Connected (校校通) means a line with some bandwidth; `nil` while nobody has told.
    package var isConnected: Bool? { self[.access].map { $0 > 0 } }

    /// How many of the fields that make a register complete were told.
    package var toldRequired: Int { FacilityField.required.count { self[$0] != nil } }
}
