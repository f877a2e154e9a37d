"""What a process is told from outside: read once, frozen, nested, with the origin of every value.

The one that stands first wins: command line, environment (``SNAPGRAPH_SERVER__PORT``, or a standard name such as
``DATABASE_URL``), ``.env``, secret files (``DATABASE_URL_FILE``, or the secrets folder), ``snapgraph.yaml``, default.
"""

from snapgraph.settings.layers import STANDARD_NAMES
from snapgraph.settings.load import load_settings
from snapgraph.settings.sections import LiveGraphServer, LiveGraphSettings, is_loopback
from snapgraph.settings.tree import DEFAULT_LIVE_GRAPH, MASK, SettingOrigin, Settings

__all__ = [
    "DEFAULT_LIVE_GRAPH",
    "MASK",
    "STANDARD_NAMES",
    "LiveGraphServer",
    "LiveGraphSettings",
    "SettingOrigin",
    "Settings",
    "is_loopback",
    "load_settings",
]
