"""`python -m bench.web PORT MODULE:APP`: any WSGI application on the store's web server, two processes of
four threads."""

import sys
from importlib import import_module

from shop.server.web import serve

if __name__ == "__main__":
    port, target = sys.argv[1:]
    module, _, name = target.partition(":")
    serve(getattr(import_module(module), name), "127.0.0.1", int(port), workers=2, threads=4)
