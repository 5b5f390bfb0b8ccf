// The only way to the server: GET and POST to its doors, every failure as a Fault with a code.
import type { Problem, Receipt } from '../model/contract';

/** Something the server, or the way to it, said no to. Status 0: the server was not reached. */
export class Fault extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.code}: ${problem.title}`);
  }
}

const unreached: Problem = { status: 0, code: 'unreached', title: '', title_zh: '', field: null };
const PATIENCE_MS = 15_000;
const RETRY_AFTER_MS = 400;

async function answered(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, credentials: 'same-origin', signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    throw new Fault(unreached);
  }
  if (response.ok) return response;
  const body = (await response.json().catch(() => null)) as Partial<Problem> | null;
  const again_s = Number(response.headers.get('retry-after'));
  throw new Fault({
    status: response.status, code: body?.code ?? `http_${response.status}`,
    title: body?.title ?? '', title_zh: body?.title_zh ?? '', field: body?.field ?? null, ...(again_s > 0 && { again_s }),
  });
}

/** The purpose that this person stated for what they look at; empty: the one that their roles and the door imply. */
export const stated = { purpose: '' };

export type Query = Record<string, string | number | undefined>;

function got(path: string, query: Query): Promise<Response> {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  const words = given.length ? `?${new URLSearchParams(given)}` : '';
  return answered(path + words, stated.purpose ? { headers: { 'X-Tocsin-Purpose': stated.purpose } } : {});
}

export const see = async <View>(path: string, query: Query = {}): Promise<View> => (await (await got(path, query)).json()) as View;

/** What a key opens and no session does. */
export const seeBy = async <View>(key: string, path: string): Promise<View> =>
  (await (await answered(path, { headers: { Authorization: `Bearer ${key}` } })).json()) as View;

/** A document as its bytes are: a proof is kept as it came. */
export const fetched = async (path: string, query: Query = {}): Promise<Blob> => (await got(path, query)).blob();

/** Whether this desk looks back; then nothing that it shows is of now, and nothing may be asked for by it. */
export const looking = { back: false };
const inThePast: Problem = {
  status: 409, code: 'in_the_past', title: 'The past is shown; go back to live to act.', title_zh: '当前显示的是过去画面，返回实时后才能操作。', field: null,
};

/** Asks for a change. The key stays the same over retries, so a lost answer never makes a thing happen twice. */
export async function ask(path: string, body: object): Promise<Receipt> {
  if (looking.back) throw new Fault(inThePast);
  return (await (await post(path, { key: crypto.randomUUID(), ...body })).json()) as Receipt;
}

export async function post(path: string, body: object | null): Promise<Response> {
  const init: RequestInit = {
    method: 'POST', headers: { 'X-Tocsin': '1', ...(body && { 'Content-Type': 'application/json' }) },
    body: body && JSON.stringify(body),
  };
  try {
    return await answered(path, init);
  } catch (fault) {
    if (!(fault instanceof Fault) || ![0, 502, 503, 504].includes(fault.problem.status)) throw fault;
    await new Promise((after) => setTimeout(after, RETRY_AFTER_MS));
    return answered(path, init);
  }
}
