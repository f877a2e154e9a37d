"""One door per outside system: foreign errors are translated here, and the doors are strangers to each other."""
