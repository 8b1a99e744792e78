"""Rosters in and out: files read, compared with the record, loaded or undone as a whole; and the record as files."""
