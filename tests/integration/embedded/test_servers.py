"""The shared embedded servers of a folder: started once, used by many, gone with the last."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import neo4j
import psycopg
import pytest

from snapgraph.adapters.embedded import open_servers
from tests.fixtures.processes import is_alive

END_SECONDS = 25.0
USER = """
import sys, time
from pathlib import Path
from snapgraph.adapters.embedded import open_servers
servers = open_servers(Path(sys.argv[1]))
print(servers.addresses.host_pid, int(servers.started), flush=True)
time.sleep(120)
"""


@pytest.fixture
def folder(reachable):
    """A folder for the servers; when the test is over, they must be too."""
    yield reachable / ".snapgraph"
    assert wait_for_nothing_left(reachable / ".snapgraph") == []


def servers_of(folder):
    """Every process whose command line names the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid() and is_alive(int(entry.name)):
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if os.fsencode(folder) in command and b"-c\0" not in command[:200]:
                found.append(int(entry.name))
    return found


def wait_for_nothing_left(folder):
    deadline = time.monotonic() + END_SECONDS
    while servers_of(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    return servers_of(folder)


def start_user(folder):
    process = subprocess.Popen([sys.executable, "-c", USER, str(folder)], stdout=subprocess.PIPE, text=True)
    host_pid, started = process.stdout.readline().split()
    return process, int(host_pid), started == "1"


def end_user(process, number=signal.SIGKILL):
    process.send_signal(number)
    process.wait()
    process.stdout.close()


def test_both_servers_answer_at_the_published_addresses(folder):
    with open_servers(folder) as servers:
        with psycopg.connect(servers.database_url) as connection:
            assert connection.execute("SELECT current_database()").fetchone() == ("snapgraph",)
        login = (servers.neo4j_username, servers.neo4j_password)
        with neo4j.GraphDatabase.driver(servers.neo4j_uri, auth=login) as driver:
            records, _, _ = driver.execute_query("RETURN 1 AS one", database_=servers.neo4j_database)
        published = json.loads((folder / "servers.json").read_text())

    assert [record["one"] for record in records] == [1]
    assert published["database_url"] == servers.database_url
    assert wait_for_nothing_left(folder) == []
    assert not (folder / "servers.json").exists()


def test_secrets_are_readable_by_their_owner_only(folder):
    with open_servers(folder):
        loose = [path for path in folder.glob("*") if path.is_file() and path.stat().st_mode & 0o077]
        secret = [folder / "servers.json", folder / "postgres" / "password", folder / "bolt" / "password"]

        assert loose == []
        assert [oct(path.stat().st_mode & 0o777) for path in secret] == ["0o600"] * 3


def test_ten_at_once_start_one_set_and_share_it(folder):
    with ThreadPoolExecutor(10) as pool:
        holds = list(pool.map(lambda _: open_servers(folder), range(10)))
    try:
        assert len({hold.addresses for hold in holds}) == 1
    finally:
        for hold in holds:
            hold.close()


def test_the_servers_stay_while_anybody_uses_them_and_go_with_the_last_however_it_ends(folder):
    first, host_pid, started = start_user(folder)
    second, same_host_pid, started_again = start_user(folder)

    assert (started, started_again) == (True, False)
    assert host_pid == same_host_pid
    end_user(first, signal.SIGKILL)  # the one that started them
    time.sleep(2.5)
    assert is_alive(host_pid)
    end_user(second, signal.SIGKILL)
    assert wait_for_nothing_left(folder) == []


def test_a_killed_host_takes_its_servers_along_and_the_next_command_starts_anew(folder):
    with open_servers(folder) as servers:
        os.kill(servers.addresses.host_pid, signal.SIGKILL)
        while Path(f"/proc/{servers.addresses.host_pid}").exists():
            time.sleep(0.02)

        with open_servers(folder) as again:
            assert again.started
            assert again.addresses.host_pid != servers.addresses.host_pid
            with psycopg.connect(again.database_url) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
    assert wait_for_nothing_left(folder) == []
