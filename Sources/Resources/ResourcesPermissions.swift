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
    /// Say who reviews which subjects of a place.
    package static let reviewAssign: Permission = "resources.review.assign"
    /// Say for what words the machine looks.
    package static let wordsEdit: Permission = "resources.words.edit"
    /// Set what schools are to publish in a year.
    package static let taskEdit: Permission = "resources.task.edit"
    /// Say which edition of the textbooks a county or school uses.
    package static let editionChoose: Permission = "resources.edition.choose"
    /// Keep the catalogue of free public resources and the platforms whose catalogues the city harvests.
    package static let externalEdit: Permission = "resources.external.edit"
    /// Fill the resource site of one's place: front page, news, collections.
    package static let siteEdit: Permission = "resources.site.edit"
    /// Import the yearly catalogue of textbooks.
    package static let catalogueEdit: Permission = "resources.catalogue.edit"
    /// Send the pack of a lesson to the classes one teaches, and to grades where one reviews.
    package static let lessonPush: Permission = "resources.lesson.push"
    /// Set the lesson times of a school and the budget of its light packs.
    package static let periodEdit: Permission = "resources.period.edit"
}
