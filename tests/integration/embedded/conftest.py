"""What the tests of the embedded servers share."""

import tempfile
from pathlib import Path

import pytest


@pytest.fixture
def reachable():
    """A folder that another user can enter (Postgres does not run as root); pytest's own ones are private."""
    with tempfile.TemporaryDirectory(prefix="snapgraph-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
