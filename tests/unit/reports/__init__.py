"""Tests of the rules of the reports."""
