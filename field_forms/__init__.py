"""What is asked and answered: XLSForm catalogue, publishing, reading and validating submissions."""
