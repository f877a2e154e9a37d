"""The tests of snapgraph: a package, so that the fixture plugins have one import path."""
