"""Benchmarks that print ratios: `make bench`, or `make bench NAME=capture`."""
