"""The order of the day: which team makes which visit when. The rules are pure; `problem.py` is where to begin."""
