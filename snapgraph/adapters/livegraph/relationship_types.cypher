// Every relationship type that the graph has or had.
CALL db.relationshipTypes()
