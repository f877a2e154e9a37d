// As scan.cypher, only for relationships that begin at the given nodes.
// Parameters: types, codes, ids, props, chunk.
MATCH (a)-[r]->() WHERE id(a) IN $ids AND type(r) IN $types
WITH collect(r) AS found
UNWIND range(0, size(found) - 1, $chunk) AS k
WITH found[k .. k + $chunk] AS part
WITH part, [r IN part | properties(r)] AS maps
RETURN [[r IN part | id(r)], [r IN part | id(startNode(r))], [r IN part | id(endNode(r))], [r IN part | $codes[type(r)]],
        [map IN maps | size(keys(map))]] + [name IN $props | [map IN maps | map[name]]]
