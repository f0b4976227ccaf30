"""Findings that became requests: intake (the straight line), routing, tracking numbers, history."""
