import Database
import Directory
import Kernel

/// An import is not taken back when its people were merged with others since: the merge is undone first.
struct MergeUse: PersonUse {
    func use(of people: [ID<Person>], _ db: Connection) throws -> String? {
        let store = PersonMergeStore(db)
        for start in stride(from: 0, to: people.count, by: 512) {
            let chunk = Array(people[start..<min(start + 512, people.count)])
            if try store.areMerged(chunk) { return "其中有人与其他记录合并过，先撤销合并" }
        }
        return nil
    }
}
