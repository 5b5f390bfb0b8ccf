"""HTTP, the live stream and sign-in: `app.app` makes it, `serving.serve` listens, `people.People` knows who may come in."""
