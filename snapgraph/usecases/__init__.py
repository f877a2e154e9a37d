"""Verbs, one file each: the only place where two adapters meet. Strangers to each other."""
