// Ids of the nodes that carry any of the labels, idle ones included, at most room of them.
// Parameters: labels, room, chunk.
MATCH (n) WHERE any(label IN labels(n) WHERE label IN $labels)
WITH n LIMIT $room
WITH collect(id(n)) AS rows
UNWIND range(0, size(rows) - 1, $chunk) AS k
RETURN rows[k .. k + $chunk]
