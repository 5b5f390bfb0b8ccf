"""HTTP, the live stream and sign-in."""

from tocsin.edges.web.app import Web, app
from tocsin.edges.web.people import People
from tocsin.edges.web.serving import listen, serve

__all__ = ["People", "Web", "app", "listen", "serve"]
