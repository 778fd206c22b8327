"""`python -m bench.web HOST:PORT MODULE:APP`: any WSGI application on the store's web server."""

import sys
from importlib import import_module

from shop.server.web import serve

if __name__ == "__main__":
    address, target = sys.argv[1:]
    host, _, port = address.partition(":")
    module, _, name = target.partition(":")
    serve(getattr(import_module(module), name), host, int(port), workers=2, threads=4)
