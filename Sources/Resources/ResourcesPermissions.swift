import Kernel

extension Permission {
    /// See how well the lessons of the textbooks are covered.
    package static let coverageView: Permission = "resources.coverage.view"
    /// Write resources for one's school, and take the archive of one's own.
    package static let itemWrite: Permission = "resources.item.write"
    /// Publish what a school hands in, and take it down.
    package static let itemReview: Permission = "resources.item.review"
    /// Say which edition of the textbooks a county or school uses.
    package static let editionChoose: Permission = "resources.edition.choose"
    /// Import the yearly catalogue of textbooks.
    package static let catalogueEdit: Permission = "resources.catalogue.edit"
}
