-- Statements for the page: each begins with a line `-- name: what it is for`; see queries.sql.

-- node_numbers: The ids of some nodes by their keys, with the place of each key.
SELECT wanted.place, node.id
FROM unnest(%b::bytea[]) WITH ORDINALITY AS wanted (key, place)
JOIN live_graph graph ON graph.name = %s
JOIN element_node node ON node.graph_no = graph.graph_no AND sha256(node.key) = sha256(wanted.key)

-- edge_numbers: The ids of some edges by what their keys are made of, with the place of each.
SELECT wanted.place, edge.id
FROM unnest(%b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[])
    WITH ORDINALITY AS wanted (source, type, target, discriminator, place)
JOIN live_graph graph ON graph.name = %s
JOIN element_node source ON source.graph_no = graph.graph_no AND sha256(source.key) = sha256(wanted.source)
JOIN element_node target ON target.graph_no = graph.graph_no AND sha256(target.key) = sha256(wanted.target)
JOIN element_type kind ON kind.graph_no = graph.graph_no AND sha256(kind.type) = sha256(wanted.type)
    AND sha256(kind.discriminator) = sha256(wanted.discriminator)
JOIN element_edge edge ON edge.graph_no = graph.graph_no AND edge.source_id = source.id
    AND edge.target_id = target.id AND edge.type_no = kind.type_no
