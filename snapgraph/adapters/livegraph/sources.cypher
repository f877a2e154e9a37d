// How many relationships of the given types begin at each node: from these the slices are cut.
// Parameters: types, chunk.
MATCH (a)-[r]->() WHERE type(r) IN $types
WITH id(a) AS a, count(*) AS n
WITH collect([a, n]) AS rows
UNWIND range(0, size(rows) - 1, $chunk) AS k
RETURN rows[k .. k + $chunk]
