// Nodes by id.
// Parameters: ids, chunk.
MATCH (n) WHERE id(n) IN $ids
WITH collect([id(n), labels(n), properties(n)]) AS rows
UNWIND range(0, size(rows) - 1, $chunk) AS k
RETURN rows[k .. k + $chunk]
