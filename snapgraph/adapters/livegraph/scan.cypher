// All relationships of the given types, as lists of rows: 5 to 8 times faster than one record per relationship.
// Parameters: types, props (names), chunk (rows per record). The ids only join the reads of one transaction.
MATCH (a)-[r]->(b) WHERE type(r) IN $types
WITH collect([id(r), id(a), id(b), type(r)] + [k IN $props | r[k]] + [size(keys(r))]) AS rows
UNWIND range(0, size(rows) - 1, $chunk) AS k
RETURN rows[k .. k + $chunk]
