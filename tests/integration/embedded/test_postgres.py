"""The embedded Postgres: it starts as any user, keeps to itself, and never outlives its parent."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from snapgraph.adapters.embedded import launch, start_postgres
from snapgraph.adapters.embedded.accounts import SHARED_FOLDER, packaged_programs
from snapgraph.errors import ConflictError, UnavailableError
from tests.fixtures.processes import is_alive

FAST = {"fsync": "off"}
END_SECONDS = 20.0

PARENT = """
import sys, threading, time
from pathlib import Path
from snapgraph.adapters.embedded import start_bolt, start_postgres
start = {"postgres": start_postgres, "bolt": start_bolt}[sys.argv[1]]
running = []
thread = threading.Thread(target=lambda: running.append(start(Path(sys.argv[2]))))
thread.start()
thread.join()  # the thread that started it is gone, the process is not
print(running[0].pid, flush=True)
if sys.argv[3] == "raise":
    raise RuntimeError("as any bug would")
time.sleep(60)
"""


def wait_for_end(pid):
    deadline = time.monotonic() + END_SECONDS
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_alive(pid)


def test_statements_are_counted_by_the_extension_of_the_packaged_server(reachable):
    settings = {**FAST, "shared_preload_libraries": "pg_stat_statements"}
    with (
        start_postgres(reachable, settings=settings) as postgres,
        psycopg.connect(postgres.ensure_database("shop"), autocommit=True) as connection,
    ):
        connection.execute("CREATE EXTENSION pg_stat_statements")
        (count,) = connection.execute("SELECT count(*) FROM pg_stat_statements").fetchone()

    assert count > 0


def test_data_outlive_the_server_and_the_password_stays(reachable):
    with start_postgres(reachable, settings=FAST) as first, psycopg.connect(first.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")

    with start_postgres(reachable, settings=FAST) as second, psycopg.connect(second.url()) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_wrong_password_is_refused_and_the_right_one_is_in_a_file_of_the_owner_only(reachable):
    with start_postgres(reachable, settings=FAST) as postgres:
        wrong = postgres.url().replace(postgres.password, "wrong")

        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)
    assert (reachable / "password").stat().st_mode & 0o777 == 0o600
    assert (reachable / "data").stat().st_mode & 0o077 == 0


def test_it_listens_on_loopback_only(reachable):
    with start_postgres(reachable, settings=FAST) as postgres, psycopg.connect(postgres.url()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
        assert connection.execute("SHOW unix_socket_directories").fetchone() == ("",)


def test_two_servers_run_at_once_on_ports_of_their_own(reachable):
    with start_postgres(reachable / "a", settings=FAST) as a, start_postgres(reachable / "b", settings=FAST) as b:
        assert a.port != b.port
        for postgres in (a, b):
            with psycopg.connect(postgres.url()) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_second_server_on_the_same_data_is_refused(reachable, monkeypatch):
    monkeypatch.setattr("snapgraph.adapters.embedded.postgres.PREDECESSOR_SECONDS", 0.1)
    with start_postgres(reachable, settings=FAST), pytest.raises(ConflictError, match="Another Postgres runs on"):
        start_postgres(reachable, settings=FAST)


def test_a_port_that_is_taken_is_an_error_with_the_servers_own_words(reachable):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UnavailableError, match="could not bind"):
        start_postgres(reachable, port=taken.getsockname()[1], settings=FAST)


def test_a_setting_that_is_wrong_is_an_error_with_the_servers_own_words(reachable):
    with pytest.raises(UnavailableError, match="unrecognized configuration parameter"):
        start_postgres(reachable, settings={"no_such_setting": "1"})


def test_no_process_is_left_after_stop(reachable):
    postgres = start_postgres(reachable, settings=FAST)

    postgres.stop()

    assert not is_alive(postgres.pid)


def test_below_a_private_folder_root_moves_it_where_its_user_can_go_and_says_so(tmp_path):
    tmp_path.chmod(0o700)

    with start_postgres(tmp_path / "pg", settings=FAST) as postgres, psycopg.connect(postgres.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)

    if os.geteuid() == 0:
        assert postgres.data.parent.parent == SHARED_FOLDER
        assert str(postgres.data.parent) in postgres.note
        shutil.rmtree(postgres.data.parent)
    else:
        assert (postgres.data.parent, postgres.note) == (tmp_path / "pg", "")
    assert tmp_path.stat().st_mode & 0o777 == 0o700  # nobody's rights were touched


def test_programs_below_a_private_folder_are_copied_once_where_its_user_can_run_them(tmp_path):
    tmp_path.chmod(0o700)
    package = packaged_programs().parents[1]
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(folder, tmp_path / folder.name, symlinks=True)
    programs = tmp_path / package.name / "pginstall" / "bin"

    ran_from = []
    for _ in range(2):
        with start_postgres(tmp_path / "pg", settings=FAST, programs=programs) as postgres:
            ran_from.append(Path(postgres.process.command[0]))
            with psycopg.connect(postgres.url()) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)

    assert ran_from[0] == ran_from[1]
    if os.geteuid() == 0:
        assert SHARED_FOLDER in ran_from[0].parents
        for made in (postgres.data.parent, ran_from[0].parents[3]):
            shutil.rmtree(made)
    else:
        assert ran_from[0].parent == programs


def test_it_never_runs_as_root(reachable):
    with start_postgres(reachable, settings=FAST) as postgres:
        assert Path(f"/proc/{postgres.pid}").stat().st_uid != 0


@pytest.mark.parametrize(
    ("server", "end"),
    [
        ("postgres", signal.SIGINT),
        ("postgres", signal.SIGTERM),
        ("postgres", signal.SIGKILL),
        ("postgres", "raise"),
        ("bolt", signal.SIGKILL),
    ],
)
def test_no_server_is_left_however_its_parent_ends(reachable, server, end):
    command = [sys.executable, "-c", PARENT, server, str(reachable), str(end)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as parent:
        pid = int(parent.stdout.readline())
        if isinstance(end, signal.Signals):
            assert is_alive(pid)
            parent.send_signal(end)
        parent.wait()

    assert wait_for_end(pid)


def test_a_server_whose_parent_was_killed_can_be_started_again_at_once(reachable):
    command = [sys.executable, "-c", PARENT, "postgres", str(reachable), ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        parent.stdout.readline()
        parent.kill()

    with start_postgres(reachable) as postgres, psycopg.connect(postgres.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_where_there_is_no_prctl_a_watcher_ends_the_child():
    parent = (
        "import subprocess, sys, os\n"
        f"launcher = [sys.executable, '-I', '-S', {launch.__file__!r}, 'watcher', str(os.getpid()), '15', '-1', '-1']\n"
        "child = subprocess.Popen([*launcher, '/bin/sleep', '60'])\n"
        "print(child.pid, flush=True)\n"
        "child.wait()\n"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as process:
        pid = int(process.stdout.readline())
        time.sleep(0.3)
        assert is_alive(pid)
        process.kill()

    assert wait_for_end(pid)


def test_a_child_without_the_launcher_outlives_its_parent():
    """The control: without the death signal the tests above could not tell anything."""
    parent = "import subprocess; print(subprocess.Popen(['/bin/sleep', '60']).pid, flush=True); input()"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", parent], **pipes) as process:
        pid = int(process.stdout.readline())
        process.kill()
    time.sleep(0.3)

    try:
        assert is_alive(pid)
    finally:
        os.kill(pid, signal.SIGKILL)
