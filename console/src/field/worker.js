// The phone's service worker: the page itself and the city's map come from this disk, with or without a network. It never answers for a door (/api/*).
// The build writes in what the shell is; a shell that changed is another worker, which the browser fetches by itself. The queue lies elsewhere and is not touched.
const VERSION = '__VERSION__';
const FILES = JSON.parse('__FILES__');
const SHELL = `tocsin-field-${VERSION}`;
const CITY = 'tocsin-city';
/** Parts of a map that is too large to be kept whole, each by the range that the page asks for. */
const AROUND = 'tocsin-city-around';
/** The shell of before stays too, for pages that are still open on it. */
const SHELLS = 2;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(SHELL).then((shell) => shell.addAll(FILES.map((file) => new Request(file, { cache: file.startsWith('/assets/') ? 'default' : 'reload' })))).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(caches.keys().then((names) => {
    const older = names.filter((name) => name.startsWith('tocsin-field-') && name !== SHELL);
    return Promise.all(older.slice(0, Math.max(0, older.length - SHELLS + 1)).map((name) => caches.delete(name)));
  }).then(() => self.clients.claim()));
});

self.addEventListener('push', (event) => {
  const { text, press, tag, about, of } = event.data?.json() ?? {};
  if (!text) return;
  event.waitUntil(self.registration.showNotification(text, { tag, renotify: true, requireInteraction: true, data: { about, of }, actions: press ? [{ action: 'acknowledge', title: press }] : [] }));
});

// The page acknowledges, by its own queue: the worker knows nothing of who is on which unit.
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const said = { ...event.notification.data, acknowledge: event.action === 'acknowledge' };
  event.waitUntil(self.clients.matchAll({ type: 'window' }).then(async (pages) => {
    const page = pages.find((one) => new URL(one.url).pathname.startsWith('/field'));
    if (!page) return self.clients.openWindow(`/field?about=${encodeURIComponent(said.about)}&of=${encodeURIComponent(said.of)}&acknowledge=${said.acknowledge ? 1 : 0}`);
    page.postMessage(said);
    return page.focus();
  }));
});

async function shelled(request, path) {
  const kept = (await caches.match(path, { cacheName: SHELL })) ?? (await caches.match(path));
  if (kept) return kept;
  const answer = await fetch(request);
  // Letters of a script that is met for the first time, and whatever else has its own digest in its name.
  if (answer.ok && /[-.][\w-]{8,}\.\w+$/.test(path)) await (await caches.open(SHELL)).put(path, answer.clone());
  return answer;
}

/** A file of the city, or the part of it that was asked for, cut from the whole that lies here. */
async function ofCity(request, path) {
  const part = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get('range') ?? '');
  const kept = await caches.match(path, { cacheName: CITY });
  if (!kept && part) return ofPart(request, path, part);
  if (!kept) return fetch(request);
  if (!part) return kept;
  const whole = await kept.blob();
  const [first, last] = [Number(part[1]), Math.min(Number(part[2]), whole.size - 1)];
  return new Response(whole.slice(first, last + 1), { status: 206, headers: {
    'content-type': kept.headers.get('content-type') ?? '', 'content-range': `bytes ${first}-${last}/${whole.size}`,
    'content-length': String(last - first + 1), etag: kept.headers.get('etag') ?? '',
  } });
}

async function ofPart(request, path, part) {
  const kept = await caches.match(`${path}?bytes=${part[1]}-${part[2]}`, { cacheName: AROUND });
  if (!kept) return fetch(request);
  const bytes = await kept.arrayBuffer();
  return new Response(bytes, { status: 206, headers: {
    'content-type': kept.headers.get('content-type') ?? '', 'content-range': `bytes ${part[1]}-${Number(part[1]) + bytes.byteLength - 1}/${kept.headers.get('x-of') ?? '*'}`,
    'content-length': String(bytes.byteLength), etag: kept.headers.get('etag') ?? '',
  } });
}

self.addEventListener('fetch', (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== 'GET' || origin !== location.origin || pathname.startsWith('/api/') || pathname === '/health') return;
  if (pathname.startsWith('/city/')) event.respondWith(event.request.cache === 'reload' ? fetch(event.request) : ofCity(event.request, pathname));
  else if (event.request.mode === 'navigate') event.respondWith(shelled(event.request, '/field'));
  else event.respondWith(shelled(event.request, pathname));
});
