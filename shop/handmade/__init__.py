"""Products, strengths and packs that admins make and edit by hand, with the checks of an import."""
