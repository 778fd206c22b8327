"""Projections: disposable copies of what the database holds; their versions, files and cached pages."""
