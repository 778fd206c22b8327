"""Whether people find what they mean, in their own words."""
