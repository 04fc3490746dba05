"""Documents to statements: events, claims and aims, each with its quote, its speaker and its manner."""
