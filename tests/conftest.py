"""The fixture plugins of the whole suite, by name: each says in its first lines what it gives."""

pytest_plugins = [
    "tests.fixtures.environment",
    "tests.fixtures.tiers",
    "tests.fixtures.servers",
    "tests.fixtures.postgres",
    "tests.fixtures.live_graphs",
    "tests.fixtures.rest",
    "tests.fixtures.network",
    "tests.fixtures.browser",
]
