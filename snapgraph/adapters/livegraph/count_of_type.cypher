// Relationships of one type, from the count store. RELATIONSHIP_TYPE is replaced by a name of the strict pattern; with the
// literal beside count(r) the count store would not be used and types without relationships would disappear.
MATCH ()-[r:`RELATIONSHIP_TYPE`]->() WITH count(r) AS n RETURN ['RELATIONSHIP_TYPE', n] AS counted
