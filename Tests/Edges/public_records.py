"""Public records beside what goes the whole way, and Perl's client for them."""
import contextlib
import shutil
import sqlite3
import subprocess
import time

from santong import Server

PERL = """
use strict; use warnings; use HTTP::OAI;
my ($base, $from) = @ARGV;
my $harvester = HTTP::OAI::Harvester->new(baseURL => $base, resume => 1);
my %asked = (metadataPrefix => 'oai_dc');
$asked{from} = $from if $from;
my $answer = $harvester->ListRecords(%asked, onRecord => sub {
    my $header = shift->header;
    print $header->identifier, ' ', ($header->is_deleted ? 'deleted' : 'there'), "\\n";
});
die $answer->message if $answer->is_error && $answer->code != 600;
"""


def perl(server: Server, start: str = "") -> dict[str, bool]:
    done = subprocess.run(
        ["perl", "-e", PERL, server.url + "/oai", start], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert len(lines) == len({line[0] for line in lines}), "twice"
    return {identifier: state == "deleted" for identifier, state in lines}


def has_perl_client() -> bool:
    return bool(shutil.which("perl")) and not subprocess.run(
        ["perl", "-MHTTP::OAI", "-e", "1"], capture_output=True
    ).returncode


def add_copies(server: Server, path: str, numbers: range) -> list[str]:
    """Public resources like the one there, without handing in and passing each; half of them stand before and half behind
    all others in the order of keys. Their keys."""
    original = path.rsplit("/", 1)[1]
    keys = [("01aa" if number % 2 else "01zz") + f"{number:022d}" for number in numbers]
    pairs = [(key, original) for key in keys]
    with contextlib.closing(sqlite3.connect(f"{server.data}/santong.sqlite", timeout=60)) as database, database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(resources_item)")]
        assert columns[0] == "id"
        rest = ", ".join(columns[1:])
        database.executemany(
            f"INSERT INTO resources_item (id, {rest}) SELECT ?, {rest} FROM resources_item WHERE id = ?", pairs
        )
        database.executemany(
            "INSERT INTO resources_item_node (item_id, node_id)"
            " SELECT ?, node_id FROM resources_item_node WHERE item_id = ?", pairs,
        )
        mark(database, keys)
    return keys


def mark(database: sqlite3.Connection, keys: list[str]) -> None:
    database.executemany(
        "INSERT INTO resources_public_pending (item_id, stamp, marked_at) VALUES (?, ?, 0)"
        " ON CONFLICT (item_id) DO UPDATE SET stamp = excluded.stamp", [(key, key + "x") for key in keys],
    )


def take_down(server: Server, keys: list[str]) -> None:
    with contextlib.closing(sqlite3.connect(f"{server.data}/santong.sqlite", timeout=60)) as database, database:
        database.executemany("UPDATE resources_item SET state = 'taken_down' WHERE id = ?", [(key,) for key in keys])
        mark(database, keys)


def all_dated(server: Server) -> bool:
    """Whether the server has taken over all that changed, and no date lies ahead any more."""
    time.sleep(0.5)
    with contextlib.closing(sqlite3.connect(f"{server.data}/santong.sqlite", timeout=60)) as database:
        waiting = database.execute("SELECT COUNT(*) FROM resources_public_pending").fetchone()[0]
        last = database.execute("SELECT MAX(datestamp) FROM resources_public_record").fetchone()[0] or 0
    return waiting == 0 and last < time.time() * 1000 - 1000
