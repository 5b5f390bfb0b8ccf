// What lies on the phone itself: the queue, and the last picture that the house gave; both outlive the page, the browser and the battery.
import type { Action } from './queue';

export interface Drawer {
  all: () => Promise<Action[]>;
  add: (made: Omit<Action, 'id'>) => Promise<Action>;
  put: (...changed: Action[]) => Promise<void>;
  drop: (...gone: Action[]) => Promise<void>;
  get: <Value>(name: string) => Promise<Value | undefined>;
  set: (name: string, value: unknown) => Promise<void>;
  /** Everything by name goes but what is named here; actions are not touched. */
  forget: (stays: readonly string[]) => Promise<void>;
}

const NAME = 'tocsin-field';
const ACTIONS = 'actions';
const KEPT = 'kept';

const done = <Value>(request: IDBRequest<Value>): Promise<Value> =>
  new Promise((kept, failed) => {
    request.onsuccess = () => kept(request.result);
    request.onerror = () => failed(request.error ?? new Error('the phone did not keep it'));
  });

/** The phone's own store. What is written is on its disk before `add` and `put` come back. */
export async function drawer(): Promise<Drawer> {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(ACTIONS, { keyPath: 'id', autoIncrement: true });
    opening.result.createObjectStore(KEPT);
  };
  const base = await done(opening);
  base.onversionchange = () => base.close();

  async function change(store: string, act: (into: IDBObjectStore) => IDBRequest<IDBValidKey> | undefined): Promise<IDBValidKey | undefined> {
    const turn = base.transaction(store, 'readwrite', { durability: 'strict' });
    const request = act(turn.objectStore(store));
    await new Promise<void>((kept, failed) => {
      turn.oncomplete = () => kept();
      turn.onabort = () => failed(turn.error ?? new Error('the phone did not keep it'));
    });
    return request?.result;
  }

  return {
    all: () => done(base.transaction(ACTIONS).objectStore(ACTIONS).getAll() as IDBRequest<Action[]>),
    add: async (made) => ({ ...made, id: Number(await change(ACTIONS, (into) => into.add(made))) }),
    put: async (...changed) => {
      await change(ACTIONS, (into) => void changed.forEach((one) => into.put(one)) as undefined);
    },
    drop: async (...gone) => {
      await change(ACTIONS, (into) => void gone.forEach((one) => into.delete(one.id)) as undefined);
    },
    get: (name) => done(base.transaction(KEPT).objectStore(KEPT).get(name)),
    set: async (name, value) => {
      await change(KEPT, (into) => into.put(value, name));
    },
    forget: async (stays) => {
      const names = await done(base.transaction(KEPT).objectStore(KEPT).getAllKeys());
      await change(KEPT, (into) => void names.filter((name) => !stays.includes(String(name))).forEach((name) => into.delete(name)) as undefined);
    },
  };
}

/** The same without a disk, for a browser that keeps none: the page says so. */
export function memory(): Drawer {
  const actions = new Map<number, Action>();
  const kept = new Map<string, unknown>();
  let last = 0;
  return {
    all: () => Promise.resolve([...actions.values()]),
    add: (made) => {
      const one = { ...made, id: ++last };
      actions.set(one.id, one);
      return Promise.resolve(one);
    },
    put: (...changed) => Promise.resolve(changed.forEach((one) => actions.set(one.id, one))),
    drop: (...gone) => Promise.resolve(gone.forEach((one) => actions.delete(one.id))),
    get: <Value>(name: string) => Promise.resolve(kept.get(name) as Value | undefined),
    set: (name, value) => Promise.resolve(void kept.set(name, value)),
    forget: (stays) => Promise.resolve([...kept.keys()].filter((name) => !stays.includes(name)).forEach((name) => kept.delete(name))),
  };
}
