"""What a careful subscriber keeps: it applies states and deltas, and stumbles over every gap and every repeat."""

from __future__ import annotations

from typing import Any


class Mirror:
    """A topic as its subscriber sees it."""

    def __init__(self) -> None:
        self.seq: int | None = None
        self.nodes: dict[str, Any] = {}
        self.relationships: dict[str, Any] = {}
        self.parts: list[dict[str, Any]] = []
        self.states = 0

    def take(self, message: dict[str, Any]) -> None:
        """Take a ``state`` or a ``delta``; other messages change nothing."""
        if message["type"] == "state":
            self.states += 1
            self.seq = message["seq"]
            self.nodes = {each["id"]: each for each in message["nodes"]}
            self.relationships = {each["key"]: each for each in message["relationships"]}
            self.parts = []
        elif message["type"] == "delta":
            self.parts.append(message)
            assert message["part"] == len(self.parts), "a part is missing"
            if message["part"] == message["parts"]:
                self._apply()

    def _apply(self) -> None:
        parts, self.parts = self.parts, []
        assert {(each["seq_from"], each["seq_to"]) for each in parts} == {(parts[0]["seq_from"], parts[0]["seq_to"])}
        assert parts[0]["seq_from"] == self.seq, "a gap or a repeat"
        assert parts[0]["seq_to"] > parts[0]["seq_from"]
        self.seq = parts[0]["seq_to"]
        for part in parts:
            self._move(self.nodes, part["nodes"], "id")
            self._move(self.relationships, part["relationships"], "key")

    @staticmethod
    def _move(kept: dict[str, Any], moved: dict[str, list[Any]], name: str) -> None:
        for key in moved["removed"]:
            del kept[key]
        for each in moved["added"]:
            assert each[name] not in kept, "added, though it is there"
            kept[each[name]] = each
        for each in moved["changed"]:
            assert each[name] in kept, "changed, though it is not there"
            kept[each[name]] = each
