// Tables of the observed database that are no longer there, with all relationships.
MATCH (n:Table {database: $database})
WHERE NOT n.name IN $names
DETACH DELETE n
