"""``snapgraph.wsgi:app`` for any WSGI server: reads the settings, opens what they name, serves.

Without a token only this machine is answered, whatever address the server binds.
"""

from __future__ import annotations

import atexit

from snapgraph.app import close_app, create_app
from snapgraph.runtime import configure_logging, open_runtime
from snapgraph.settings import load_settings

__all__ = ["app"]

_SETTINGS = load_settings()
configure_logging(_SETTINGS)
_RUNTIME = open_runtime(_SETTINGS)
atexit.register(_RUNTIME.close)

app = create_app(_RUNTIME)
atexit.register(close_app, app)
