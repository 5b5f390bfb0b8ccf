// Sending one file to its door: with progress, to be cancelled at any time, and safe to send again under the same key.
import type { Problem, Receipt } from '../model/contract';
import { Fault } from './doors';

export interface Upload { done: Promise<Receipt>; cancel: () => void }
const PATIENCE_MS = 120_000;

/** Rejects with a Fault; one of code `cancelled` where it was stopped by hand. */
export function upload(path: string, file: Blob, name: string, key: string, progress: (share: number) => void, happened_at = 0): Upload {
  const request = new XMLHttpRequest();
  const no = (code: string): Fault => new Fault({ status: 0, code, title: '', title_zh: '', field: null });
  const done = new Promise<Receipt>((kept, failed) => {
    request.open('POST', path);
    request.timeout = PATIENCE_MS;
    request.responseType = 'json';
    for (const [header, value] of Object.entries({
      'X-Tocsin': '1', 'Content-Type': 'application/octet-stream', 'X-File-Name': encodeURIComponent(name.slice(0, 100)), 'Idempotency-Key': key, ...(happened_at && { 'X-Happened-At': String(happened_at) }),
    })) request.setRequestHeader(header, value);
    request.upload.onprogress = (event) => progress(event.lengthComputable ? event.loaded / event.total : 0);
    request.onload = () => {
      const body = request.response as (Receipt & Partial<Problem>) | null;
      if (request.status === 200 && body) kept(body);
      else failed(new Fault({ status: request.status, code: body?.code ?? `http_${request.status}`, title: body?.title ?? '', title_zh: body?.title_zh ?? '', field: null }));
    };
    request.onerror = request.ontimeout = () => failed(no('unreached'));
    request.onabort = () => failed(no('cancelled'));
    request.send(file);
  });
  return { done, cancel: () => request.abort() };
}
