"""Monographs: documents, revisions, sections, claims and the sources each claim rests on."""
