// Nodes by id, in groups of those that have the same labels and the same property names: these stand once per group, and
// each property is one list without gaps. As rows with a map each, 10,000 nodes took us three times as long to decode.
// Parameters: ids, chunk (groups per record).
MATCH (n) WHERE id(n) IN $ids
WITH id(n) AS id, labels(n) AS labels, properties(n) AS map
WITH labels, keys(map) AS names, collect(id) AS ids, collect(map) AS maps
WITH collect([labels, names, ids, [name IN names | [map IN maps | map[name]]]]) AS rows
UNWIND range(0, size(rows) - 1, $chunk) AS k
RETURN rows[k .. k + $chunk]
