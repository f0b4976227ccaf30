"""What changed, in an order no reader can miss; the offline protocol stands on it."""
