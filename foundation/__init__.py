"""What every package stands on: settings, database, time, identifiers. Contains no word of the domain."""
