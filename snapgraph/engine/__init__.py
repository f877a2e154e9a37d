"""Pure functions over values and numpy columns: no network, database, clock, environment, files or logging."""
