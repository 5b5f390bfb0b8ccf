// Whether this phone is called by Web Push: subscribed with the person's leave, told to the house, and what a notification that was pressed asks of the page.
import { Fault, post, see } from '../house/doors';
import { desk } from '../house/desk.svelte';
import { calledFor, type CalledFor, type ReachView } from '../model/calling';
import type { Tab } from './field.svelte';

export class Pushes {
  able = $state(false);
  on = $state(false);
  denied = $state(false);
  failed = $state(false);
  busy = $state(false);
  /** What was pressed and has not been done yet. */
  pressed = $state.raw<CalledFor | null>(null);

  /** Looks how it stands; a subscription that the browser renewed meanwhile is told again. */
  async open(): Promise<void> {
    this.pressed = calledFor(location.search);
    if (this.pressed) history.replaceState(null, '', location.pathname);
    if (!('serviceWorker' in navigator)) return;
    navigator.serviceWorker.addEventListener('message', (event: MessageEvent<CalledFor | undefined>) => (this.pressed = event.data?.about ? event.data : this.pressed));
    if (!('PushManager' in window) || !('Notification' in window)) return;
    this.able = true;
    this.denied = Notification.permission === 'denied';
    const held = await (await navigator.serviceWorker.ready).pushManager.getSubscription();
    if (held) await this.#try(() => this.#tell(held));
  }

  async turn(): Promise<void> {
    this.busy = true;
    await this.#try(async () => {
      const { pushManager } = await navigator.serviceWorker.ready;
      const held = await pushManager.getSubscription();
      if (this.on && held) {
        await post('/api/field/push/end', { endpoint: held.endpoint });
        await held.unsubscribe();
        this.on = false;
        return;
      }
      this.denied = (await Notification.requestPermission()) !== 'granted';
      if (this.denied) return;
      const { key } = await see<ReachView>('/api/account/reach');
      await this.#tell(await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
    });
    this.busy = false;
  }

  /** The tab that what was pressed is shown at. */
  tab = (): Tab => (this.pressed?.about === 'message' ? 'words' : 'job');

  async #tell(held: PushSubscription): Promise<void> {
    const { endpoint, keys } = held.toJSON();
    await post('/api/field/push', { endpoint, p256dh: keys?.['p256dh'], auth: keys?.['auth'], lang: desk.tongue });
    this.on = true;
  }

  async #try(act: () => Promise<void>): Promise<void> {
    this.failed = false;
    try {
      await act();
    } catch (fault) {
      if (!(fault instanceof Fault || fault instanceof DOMException)) throw fault;
      this.failed = true;
    }
  }
}

export const pushes = new Pushes();
