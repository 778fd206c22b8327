"""The finder: what a list can be narrowed to and sorted by, counted in memory over every listed medicine."""
