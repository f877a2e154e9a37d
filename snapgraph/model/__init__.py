"""Nouns: pure, immutable values that every other room passes around. No input or output, no clock."""
