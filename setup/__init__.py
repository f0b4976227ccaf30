"""What `make` calls.

Whatever runs before anything is installed needs nothing but Python's own library; that is all but `new_revision`.
"""
