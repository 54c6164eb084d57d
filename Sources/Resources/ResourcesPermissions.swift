import Kernel

extension Permission {
    /// See how well the lessons of the textbooks are covered.
    package static let coverageView: Permission = "resources.coverage.view"
    /// Find what was made for teachers, as far as it is open to one's place.
    package static let itemView: Permission = "resources.item.view"
    /// Write resources for one's school, and take the archive of one's own.
    package static let itemWrite: Permission = "resources.item.write"
    /// Review resources at one's level, and take them down.
    package static let itemReview: Permission = "resources.item.review"
    /// Say for what words the machine looks.
    package static let wordsEdit: Permission = "resources.words.edit"
    /// Say which edition of the textbooks a county or school uses.
    package static let editionChoose: Permission = "resources.edition.choose"
    /// Import the yearly catalogue of textbooks.
    package static let catalogueEdit: Permission = "resources.catalogue.edit"
}
