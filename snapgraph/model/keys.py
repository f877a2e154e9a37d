"""Stable identities: the keys by which an element is the same element in every snapshot.

A node key is ``name:Type`` (``users:Table``), an edge key ``source|TYPE|target`` with the discriminator as a fourth
part when parallel edges are declared. ``%`` and ``:`` inside names are percent-encoded, and ``|`` too inside edge keys,
so that a key always splits back into what it was made of. Neo4j's ``elementId`` is never used: writers delete and
re-create.
"""

from __future__ import annotations

from urllib.parse import unquote

__all__ = ["decode_part", "edge_key", "encode_part", "node_key", "split_edge_key", "split_node_key"]


def encode_part(text: str) -> str:
    """Percent-encode what would split a node key, and NUL, which a text of Postgres cannot hold.

    >>> encode_part("a:b%c")
    'a%3Ab%25c'
    """
    return text.replace("%", "%25").replace(":", "%3A").replace("\0", "%00")


def decode_part(text: str) -> str:
    """Undo :func:`encode_part`.

    >>> decode_part("a%3Ab%25c")
    'a:b%c'
    """
    return unquote(text, errors="strict")


def node_key(name: str, type_: str) -> str:
    """Make the key of a node.

    >>> node_key("users", "Table")
    'users:Table'
    """
    return f"{encode_part(name)}:{encode_part(type_)}"


def split_node_key(key: str) -> tuple[str, str]:
    """Split a node key into name and type.

    >>> split_node_key("sales.users:Table")
    ('sales.users', 'Table')
    """
    name, _, type_ = key.partition(":")
    return decode_part(name), decode_part(type_)


def edge_key(source_key: str, type_: str, target_key: str, discriminator: str = "") -> str:
    """Make the key of an edge from the keys of its ends.

    >>> edge_key("users:Table", "QUERIES_PER_SEC", "products:Table")
    'users:Table|QUERIES_PER_SEC|products:Table'
    """
    parts = [
        source_key.replace("|", "%7C"),
        encode_part(type_).replace("|", "%7C"),
        target_key.replace("|", "%7C"),
    ]
    if discriminator:
        parts.append(encode_part(discriminator).replace("|", "%7C"))
    return "|".join(parts)


def split_edge_key(key: str) -> tuple[str, str, str, str]:
    """Split an edge key into source key, type, target key and discriminator.

    >>> split_edge_key("users:Table|JOIN_FREQUENCY|users:Table|hash")
    ('users:Table', 'JOIN_FREQUENCY', 'users:Table', 'hash')
    """
    parts = key.split("|")
    discriminator = decode_part(parts[3]) if len(parts) > 3 else ""  # noqa: PLR2004
    return parts[0].replace("%7C", "|"), decode_part(parts[1]), parts[2].replace("%7C", "|"), discriminator
