enum FeedSchema {
    /// The order in which records changed, as it is told to others. Directory rows carry the moment in which their change
    /// began, not in which it could be seen; the sequence is given when a change is first seen, so nothing that is
    /// committed late lies before a cursor already told. `marker` tells two states of a record apart, whatever their times.
    static let statements = [
        """
        CREATE TABLE exchange_feed (
            dataset TEXT NOT NULL, record_id TEXT NOT NULL, changed_at INTEGER NOT NULL, marker INTEGER NOT NULL,
            sequence INTEGER NOT NULL, PRIMARY KEY (dataset, record_id))
        """,
        "CREATE UNIQUE INDEX exchange_feed_sequence ON exchange_feed (dataset, sequence)",
        """
        CREATE TABLE exchange_feed_state (
            dataset TEXT NOT NULL PRIMARY KEY, seen_at INTEGER NOT NULL, sequence INTEGER NOT NULL)
        """,
    ]
}
