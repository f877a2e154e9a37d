"""The process that holds the Bolt server.

``python -m snapgraph.adapters.embedded.bolt_server FOLDER BOLT_PORT HTTP_PORT``

A process of its own, since a Java machine inside ours would bring 43 threads and 195 MB, and must never be forked.
The password of ``root`` stands in ``FOLDER/password``, so that no process list shows it.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

__all__ = ["DATABASE", "READY_FILE", "USER", "main"]

USER = "root"
DATABASE = "neo4j"
READY_FILE = "ready"
"""Holds our process id once the database exists: the port listens before that, and the driver would have to retry."""
HEAP = "1g"
"""Most memory of the Java heap: holds 100,000 relationships with room for the collected lists of a capture."""
END_SIGNALS = {signal.SIGTERM, signal.SIGINT}


def main(folder: Path, bolt_port: int, http_port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    os.environ["ARCADEDB_JVM_ERROR_FILE"] = str(folder / "java-crash-%p.log")
    import arcadedb_embedded  # noqa: PLC0415 - only in this process, and it reads the variable above

    server = arcadedb_embedded.ArcadeDBServer(
        root_path=str(folder),
        root_password=(folder / "password").read_text(encoding="ascii"),
        config={
            "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
            "host": "127.0.0.1",
            "bolt_port": bolt_port,
            "http_port": http_port,
            "server_defaultDatabases": f"{DATABASE}[{USER}]",
        },
        jvm_kwargs={"heap_size": HEAP},
    )
    signal.pthread_sigmask(signal.SIG_BLOCK, END_SIGNALS)
    server.start()
    (folder / READY_FILE).write_text(str(os.getpid()), encoding="ascii")
    signal.sigwait(END_SIGNALS)
    server.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
