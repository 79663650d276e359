"""Tests of the rules of collection."""
