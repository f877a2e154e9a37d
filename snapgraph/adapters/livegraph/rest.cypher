// All properties of the relationships that have more than the scan asked for.
// Parameters: ids, chunk.
MATCH ()-[r]->() WHERE id(r) IN $ids
WITH collect([id(r), properties(r)]) AS rows
UNWIND range(0, size(rows) - 1, $chunk) AS k
RETURN rows[k .. k + $chunk]
