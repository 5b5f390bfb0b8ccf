// A file handed to the browser to be saved: a copy that was given out, a proof to keep.

const LET_GO_MS = 10_000;

export function save(what: Blob, name: string): void {
  const url = URL.createObjectURL(what);
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), LET_GO_MS);
}
