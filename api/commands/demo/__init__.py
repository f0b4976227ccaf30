"""The demo municipality: made-up people and visits, sent through the real intake. Marked as sample wherever shown."""
