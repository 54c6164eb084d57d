import Glibc

/// Keeps a second process from setting up the same data folder at the same time. Goes with the process, however it ends.
struct FolderLock {
    private let descriptor: Int32

    /// Waits for the process that has it.
    /// - Parameter waiting: called once when there is one.
    init(_ folder: String, waiting: () -> Void) throws {
        // A file of its own: other code takes locks on the folder for as long as it reads or writes the keys.
        descriptor = open(folder + "/setup.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandFailure(description: "\(folder) cannot be written") }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
        waiting()
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                close(descriptor)
                throw CommandFailure(description: "\(folder) cannot be locked")
            }
        }
    }

    func release() { close(descriptor) }
}
