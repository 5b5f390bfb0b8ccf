// The service worker: when the server is gone, opening the page shows the paper pack on this disk. It never serves a door (/api/*, /health).
const SHELL = 'tocsin-shell-2';
const PACK = 'tocsin-pack';
const FILES = ['/paper.html', '/paper.js', '/paper.css', '/assets/tocsin.svg'];

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(SHELL).then((shell) => shell.addAll(FILES.map((file) => new Request(file, { cache: 'reload' })))).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter((name) => name.startsWith('tocsin-shell') && name !== SHELL).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

// Pages come from the server as long as it answers, so that a new console takes over with the next opening.
async function page(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match('/paper.html')) ?? Response.error();
  }
}

async function shell(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request, { cacheName: SHELL })) ?? Response.error();
  }
}

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin || url.pathname.startsWith('/api/') || url.pathname === '/health' || url.pathname.startsWith('/city/')) return;
  if (url.pathname.startsWith('/paper/')) {
    event.respondWith(caches.match(url.pathname, { cacheName: PACK }).then((kept) => kept ?? new Response('', { status: 404 })));
  } else if (event.request.mode === 'navigate') event.respondWith(page(event.request));
  else if (FILES.includes(url.pathname)) event.respondWith(shell(event.request));
});
