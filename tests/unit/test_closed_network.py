"""Unit tests cannot reach a network: the fixture that says so works."""

import http.client
import socket

import pytest


def connect_by_hand(address):
    with socket.socket() as client:
        client.connect(address)


@pytest.mark.parametrize(
    "reach",
    [
        lambda: socket.create_connection(("127.0.0.1", 9)),
        lambda: connect_by_hand(("127.0.0.1", 9)),
        lambda: socket.getaddrinfo("localhost", 80),
        lambda: http.client.HTTPConnection("localhost", timeout=1).request("GET", "/"),
    ],
)
def test_a_unit_test_that_opens_a_connection_fails(reach):
    with pytest.raises(AssertionError, match="network is closed"):
        reach()
