"""gunicorn around the application: gthread, no control socket, the runtime opened in the worker."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import partial
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from snapgraph.app import close_app, create_app
from snapgraph.runtime import Runtime, configure_logging, open_runtime
from snapgraph.settings import Settings

__all__ = ["serve_settings"]

GRACEFUL_SECONDS = 10
"""What a request in flight has to end in after SIGTERM; a capture that takes longer is rolled back."""
ANSWER_SECONDS = 60
"""A worker that has not shown life for this long is replaced."""
KEEP_ALIVE_SECONDS = 30
"""Longer than the client's pauses between calls, so that it does not connect anew for each."""


def serve_settings(settings: Settings, *, tell: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        settings: Where to listen, and what to open.
        tell: Says to a person where it listens.
    """
    _Server(settings, tell).run()


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's hook for an application of one's own."""

    def __init__(self, settings: Settings, tell: Callable[[str], None]) -> None:
        self._settings = settings
        self._tell = tell
        self._runtime: Runtime | None = None
        self._close_app: Callable[[], None] | None = None
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's own settings; its files and environment are not asked."""
        server = self._settings.server
        host = f"[{server.host}]" if ":" in server.host else server.host
        for name, value in {
            "bind": f"{host}:{server.port}",
            "workers": server.workers,
            "worker_class": "gthread",
            "threads": server.threads,
            "timeout": ANSWER_SECONDS,
            "graceful_timeout": GRACEFUL_SECONDS,
            "keepalive": KEEP_ALIVE_SECONDS,
            "loglevel": "warning",
            "control_socket_disable": True,  # gunicorn 27 would write one into the home folder
            "proc_name": "snapgraph",
            "post_worker_init": self._on_worker_ready,
            "worker_exit": self._on_worker_exit,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the application inside the worker: connections must not cross a fork."""
        configure_logging(self._settings)
        self._runtime = open_runtime(self._settings)
        configure_logging(self._runtime.settings)  # embedded servers have passwords of their own
        app = create_app(self._runtime)
        self._close_app = partial(close_app, app)
        # What stands now stays: looked through anew at each full collection it cost 95 ms, and one comparison of 3,000
        # changes in 15 met one (p95 of its processor time: 141 ms, frozen 48).
        gc.collect()
        gc.freeze()
        return app

    def _on_worker_ready(self, worker: Worker) -> None:
        host, port = worker.sockets[0].getsockname()[:2]
        address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        self._tell(f"Listening on {address}, documentation at {address}/docs")

    def _on_worker_exit(self, _arbiter: Arbiter, _worker: Worker) -> None:
        if self._close_app is not None:
            self._close_app()
        if self._runtime is not None:
            self._runtime.close()
