"""Frames, read however they come and written as an independent parser reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.frame_protocol import FrameProtocol
from wsproto.frame_protocol import Opcode as TheirOpcode

from snapgraph.live.frames import CloseCode, FrameError, Opcode, Reader, close_frame, frame

MASK = b"\x01\x02\x03\x04"
SIZES = st.sampled_from([0, 1, 125, 126, 127, 1000, 65535, 65536])


def masked(opcode: int, payload: bytes, *, is_last: bool = True, bits: int = 0, mask: bytes = MASK) -> bytes:
    """Write a frame as a client does."""
    size = len(payload)
    first = opcode | bits | (0x80 if is_last else 0)
    if size < 126:
        head = bytes((first, 0x80 | size))
    elif size < 65536:
        head = bytes((first, 0xFE)) + size.to_bytes(2, "big")
    else:
        head = bytes((first, 0xFF)) + size.to_bytes(8, "big")
    return head + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))


@given(SIZES, st.sampled_from([Opcode.TEXT, Opcode.BINARY]))
def test_a_written_frame_is_what_another_parser_reads(size, opcode):
    theirs = FrameProtocol(client=True, extensions=[])
    theirs.receive_bytes(frame(opcode, b"x" * size))
    read = list(theirs.received_frames())
    assert all(each.opcode == TheirOpcode(opcode) or each.opcode == TheirOpcode.CONTINUATION for each in read)
    payload = "".join(each.payload if isinstance(each.payload, str) else each.payload.decode() for each in read)
    assert payload == "x" * size
    assert read[-1].message_finished


def test_a_close_frame_says_code_and_reason():
    theirs = FrameProtocol(client=True, extensions=[])
    theirs.receive_bytes(close_frame(CloseCode.GOING_AWAY, "the server ends"))
    (read,) = theirs.received_frames()
    assert read.payload == (1001, "the server ends")


@given(st.lists(st.binary(max_size=300), max_size=5), st.data())
def test_messages_are_read_however_they_trickle_in(payloads, data):
    stream = b"".join(masked(Opcode.TEXT, payload) for payload in payloads)
    reader = Reader()
    found = []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += reader.feed(stream[:size])
        stream = stream[size:]
    assert found == [(Opcode.TEXT, payload) for payload in payloads]
    assert reader.is_idle


def test_a_message_in_pieces_is_put_together_and_a_ping_may_come_between():
    reader = Reader()
    assert reader.feed(masked(Opcode.TEXT, b"ab", is_last=False)) == []
    assert not reader.is_idle
    assert reader.feed(masked(Opcode.PING, b"!")) == [(Opcode.PING, b"!")]
    assert reader.feed(masked(Opcode.CONTINUATION, b"cd")) == [(Opcode.TEXT, b"abcd")]
    assert reader.is_idle


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (b"\x81\x01a", CloseCode.PROTOCOL_ERROR),
        (masked(Opcode.TEXT, b"a", bits=0x40), CloseCode.PROTOCOL_ERROR),
        (masked(3, b"a"), CloseCode.PROTOCOL_ERROR),
        (masked(Opcode.CONTINUATION, b"a"), CloseCode.PROTOCOL_ERROR),
        (masked(Opcode.TEXT, b"a", is_last=False) + masked(Opcode.TEXT, b"a"), CloseCode.PROTOCOL_ERROR),
        (masked(Opcode.PING, b"a" * 126), CloseCode.PROTOCOL_ERROR),
        (masked(Opcode.PING, b"a", is_last=False), CloseCode.PROTOCOL_ERROR),
        (masked(Opcode.TEXT, b"a" * 65_537), CloseCode.TOO_BIG),
        (b"\x81\xff" + (2**62).to_bytes(8, "big"), CloseCode.TOO_BIG),
        (masked(Opcode.CLOSE, b"\x03"), CloseCode.PROTOCOL_ERROR),
        (masked(Opcode.CLOSE, (1005).to_bytes(2, "big")), CloseCode.PROTOCOL_ERROR),
        (masked(Opcode.CLOSE, (1000).to_bytes(2, "big") + b"\xff"), CloseCode.NO_TEXT),
    ],
    ids=[
        "no mask",
        "reserved bit",
        "unknown opcode",
        "continuation alone",
        "two beginnings",
        "long ping",
        "ping in pieces",
        "too big",
        "too big by its head alone",
        "close with half a code",
        "close with a reserved code",
        "close reason is no UTF-8",
    ],
)
def test_what_breaks_the_protocol_is_told_with_its_code(stream, code):
    with pytest.raises(FrameError) as caught:
        Reader().feed(stream)
    assert caught.value.code is code


def test_pieces_together_are_bounded_too():
    reader = Reader()
    reader.feed(masked(Opcode.TEXT, b"a" * 40_000, is_last=False))
    with pytest.raises(FrameError):
        reader.feed(masked(Opcode.CONTINUATION, b"a" * 40_000, is_last=False))
