// A copy out and a leaked file in: the two doors whose bodies are files, with the patience that these need.
import type { Problem } from '../model/contract';
import type { Traced } from '../model/outflow';
import { Fault } from './doors';
import { save } from './saving';

const PATIENCE_MS = 180_000;

async function sent(path: string, body: Blob | null): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: 'POST', body, credentials: 'same-origin', signal: AbortSignal.timeout(PATIENCE_MS),
      headers: { 'X-Tocsin': '1', ...(body && { 'Content-Type': 'application/octet-stream' }) },
    });
  } catch {
    throw new Fault({ status: 0, code: 'unreached', title: '', title_zh: '', field: null });
  }
  if (response.ok) return response;
  const no = (await response.json().catch(() => null)) as Partial<Problem> | null;
  throw new Fault({ status: response.status, code: no?.code ?? `http_${response.status}`, title: no?.title ?? '', title_zh: no?.title_zh ?? '', field: no?.field ?? null });
}

/** Takes a copy and hands it to the browser to be saved; its name. It is never asked for twice by itself: each is one of few. */
export async function takeCopy(number: string): Promise<string> {
  const response = await sent(`/api/exports/${number}/copy`, null);
  const name = decodeURIComponent(/filename\*=UTF-8''([^;]+)/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? `${number}.zip`);
  save(await response.blob(), name);
  return name;
}

export const trace = async (file: Blob): Promise<Traced> => (await (await sent('/api/leaks/trace', file)).json()) as Traced;
