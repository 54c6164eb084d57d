"""Runs the servers of OpenStack Swift whose configuration lies in a folder, until it is told to end. Debian's own Python
runs it, which finds the package python3-swift:

    /usr/bin/python3 openstack_servers.py FOLDER PORT_OF_ACCOUNTS PORT_OF_CONTAINERS PORT_OF_OBJECTS
"""
import os
import pathlib
import signal
import sys

from swift.common import storage_policy, utils
from swift.common.ring import RingBuilder
from swift.common.wsgi import loadapp, run_wsgi

# `inner` is a second door to the same store, for what S3 cannot say.
SERVERS = {
    "account": "account-server", "container": "container-server", "object": "object-server", "proxy": "proxy-server",
    "inner": "proxy-server",
}


def build_ring(folder: pathlib.Path, kind: str, port: int) -> None:
    """What swift-ring-builder does: one copy of everything, on one device."""
    builder = RingBuilder(2, 1, 0)
    builder.add_dev({"region": 1, "zone": 1, "weight": 1, "ip": "127.0.0.1", "port": port, "device": "disk", "meta": ""})
    builder.rebalance()
    builder.get_ring().save(str(folder / f"{kind}.ring.gz"))


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    utils.set_swift_dir(str(folder))
    storage_policy.reload_storage_policies()
    for kind, port in zip(("account", "container", "object"), sys.argv[2:]):
        if not (folder / f"{kind}.ring.gz").exists():
            build_ring(folder, kind, int(port))
    # Loaded here once, and not by each server again.
    utils.eventlet_monkey_patch()
    for name in SERVERS:
        loadapp(str(folder / f"{name}.conf"))
    running = []
    for name, section in SERVERS.items():
        if child := os.fork():
            running.append(child)
        else:
            os._exit(run_wsgi(str(folder / f"{name}.conf"), section, verbose=True))

    def stop(*_) -> None:
        for child in running:
            os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGTERM, stop)
    for child in running:
        os.waitpid(child, 0)


main()
