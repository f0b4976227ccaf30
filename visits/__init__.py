"""Visit types and what is planned for whom."""
