"""HTTP, the live stream and sign-in."""

from tocsin.edges.web.app import Web, app
from tocsin.edges.web.people import People
from tocsin.edges.web.serving import listen, serve
from tocsin.edges.web.sessions import Wall

__all__ = ["People", "Wall", "Web", "app", "listen", "serve"]
