"""The customer's own pages under /account: name, email, password, addresses, emails, all that is on file."""
