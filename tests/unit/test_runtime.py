"""The log of the service: what it may never do is fail the work it tells of."""

from __future__ import annotations

import io

import structlog

from snapgraph import meters
from snapgraph.runtime import configure_logging
from snapgraph.settings import Settings


class FullDisk(io.StringIO):
    """A stream that takes nothing any more."""

    def write(self, _text):
        """Refuse."""
        raise OSError(28, "No space left on device")


def lost_lines() -> float:
    lines = meters.exposition().decode().splitlines()
    return float(next(line for line in lines if line.startswith("snapgraph_lost_log_lines_total")).split()[1])


def test_a_line_is_written_to_the_stream():
    stream = io.StringIO()
    configure_logging(Settings(), stream=stream)

    structlog.get_logger().info("snapshot_captured", edges=3)

    assert '"event": "snapshot_captured"' in stream.getvalue()


def test_a_log_that_cannot_be_written_costs_the_line_and_is_counted():
    before = lost_lines()
    closed = io.StringIO()
    closed.close()
    for stream in (closed, FullDisk()):
        configure_logging(Settings(log={"format": "json"}), stream=stream)
        structlog.get_logger().warning("told_to_nobody")

    assert lost_lines() == before + 2


def test_a_secret_that_json_escapes_is_masked_too():
    stream = io.StringIO()
    settings = Settings(server={"api_token": 'quo"ted\\back-token'}, log={"format": "json"})
    configure_logging(settings, stream=stream)

    structlog.get_logger().warning("failed", reason='the token quo"ted\\back-token is refused')

    assert "back-token" not in stream.getvalue()
