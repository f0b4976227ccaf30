"""The command line `saha`."""
