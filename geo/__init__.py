"""Where: coordinates, mahalle boundaries and their index, Turkish place names."""
