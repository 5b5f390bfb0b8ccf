// The browser's passkeys: made and shown as the house asks; the browser's own JSON goes both ways.
import { Fault, post } from './doors';

interface WithJson { parseCreationOptionsFromJSON: (json: unknown) => PublicKeyCredentialCreationOptions; parseRequestOptionsFromJSON: (json: unknown) => PublicKeyCredentialRequestOptions }
const maker = (): WithJson => PublicKeyCredential as unknown as WithJson;

/** Whether this browser knows passkeys at all. */
export const canPasskey = (): boolean => typeof PublicKeyCredential === 'function' && 'parseRequestOptionsFromJSON' in PublicKeyCredential;

/** Somebody turned the browser's own question away, or had no passkey to show. */
const turned = (): Fault => new Fault({ status: 0, code: 'passkey_turned', title: 'No passkey was shown.', title_zh: '未使用通行密钥。', field: null });

async function shown(ask: () => Promise<Credential | null>): Promise<string> {
  try {
    const one = await ask();
    if (one) return JSON.stringify((one as unknown as { toJSON: () => unknown }).toJSON());
  } catch (fault) {
    if (!(fault instanceof DOMException)) throw fault;
  }
  throw turned();
}

async function options(path: string, body: object): Promise<unknown> {
  const answer = (await (await post(path, body)).json()) as { options: string };
  return JSON.parse(answer.options) as unknown;
}

/** Signs in with a passkey, or proves a session anew; the house's answer. */
export async function showPasskey<Answer>(): Promise<Answer> {
  const asked = maker().parseRequestOptionsFromJSON(await options('/api/sign-in/passkey/begin', {}));
  const credential = await shown(() => navigator.credentials.get({ publicKey: asked }));
  return (await (await post('/api/sign-in/passkey', { credential })).json()) as Answer;
}

/** Makes a passkey under a ticket; the house's answer. */
export async function makePasskey<Answer>(ticket: string, label: string, name: string): Promise<Answer> {
  const named = name ? { name } : {};
  const asked = maker().parseCreationOptionsFromJSON(await options('/api/join/passkey/begin', { ticket, ...named }));
  const credential = await shown(() => navigator.credentials.create({ publicKey: asked }));
  return (await (await post('/api/join/passkey', { ticket, credential, label, ...named })).json()) as Answer;
}
