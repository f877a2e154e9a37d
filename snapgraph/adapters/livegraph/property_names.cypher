// Names of the properties that a sample of the relationships carries: the scan asks for these by name.
// Parameters: types, sample.
MATCH ()-[r]->() WHERE type(r) IN $types
WITH r LIMIT $sample
UNWIND keys(r) AS name
RETURN collect(DISTINCT name)
