"""A record as large as a country's, of people who do not exist: to measure with, never to publish."""
