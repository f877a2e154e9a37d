// As scan.cypher, only for relationships that begin at the given nodes.
// Parameters: types, ids, props, chunk.
MATCH (a)-[r]->(b) WHERE id(a) IN $ids AND type(r) IN $types
WITH collect([id(r), id(a), id(b), type(r)] + [k IN $props | r[k]] + [size(keys(r))]) AS rows
UNWIND range(0, size(rows) - 1, $chunk) AS k
RETURN rows[k .. k + $chunk]
