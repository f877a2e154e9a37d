"""JSON, Cypher and CSV: written and read. The one place of the wire shapes that REST, client, CLI and demo share."""
