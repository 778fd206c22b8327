"""Public pages: front page, list, medicine, search, privacy. Shows what other rooms know, changes nothing."""
