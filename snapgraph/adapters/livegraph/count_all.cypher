// All relationships, from the count store.
MATCH ()-[r]->() RETURN count(r)
