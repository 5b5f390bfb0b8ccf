// Where the unit is, by this phone: only on duty, only with the person's leave, told in batches, and kept for a while where nobody can be told.
import { Fault, post } from '../house/doors';
import type { Instant } from '../model/contract';
import { field } from './field.svelte';

interface Fix { unit: string; lon: number; lat: number; device_at: Instant; accuracy_m: number | null; speed_mps: number | null; heading_deg: number | null }
/** So many wait at most, the newest; at one in five seconds that is near three hours of driving. */
export const MOST_FIXES = 2_000;
const BATCH = 500;
const EVERY_US = 5e6;
const SEND_MS = 5_000;

class Places {
  /** Whether the person lets this phone say where it is; off until they say so, and remembered. */
  told = $state(localStorage.getItem('tocsin.field.place') === 'on');
  denied = $state(false);
  here = $state.raw<Fix | null>(null);
  #fixes: Fix[] = [];
  #watch: number | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  tell(on: boolean): void {
    this.told = on;
    localStorage.setItem('tocsin.field.place', on ? 'on' : 'off');
  }

  /** Watches while on duty and allowed to, and at no other time. */
  follow(onDuty: boolean): () => void {
    if (!onDuty || !this.told || !('geolocation' in navigator)) return () => undefined;
    void field.recall<Fix[]>('fixes').then((kept) => (this.#fixes = [...(kept ?? []), ...this.#fixes].slice(-MOST_FIXES)));
    this.#watch = navigator.geolocation.watchPosition((one) => this.#take(one), (no) => (this.denied = no.code === no.PERMISSION_DENIED), { enableHighAccuracy: true, maximumAge: 5_000 });
    this.#timer = setInterval(() => void this.#send(), SEND_MS);
    return () => this.#stop();
  }

  #stop(): void {
    if (this.#watch !== undefined) navigator.geolocation.clearWatch(this.#watch);
    clearInterval(this.#timer);
    this.here = null;
  }

  #take({ coords, timestamp }: GeolocationPosition): void {
    this.denied = false;
    const device_at = Math.round(timestamp * 1000 + (field.ahead ?? 0));
    const fix = { unit: field.unit, lon: coords.longitude, lat: coords.latitude, device_at, accuracy_m: coords.accuracy, speed_mps: coords.speed, heading_deg: Number.isNaN(coords.heading) ? null : coords.heading };
    this.here = fix;
    const last = this.#fixes.at(-1);
    if (!field.row || (last?.unit === fix.unit && device_at - last.device_at < EVERY_US)) return;
    this.#fixes = [...this.#fixes, fix].slice(-MOST_FIXES);
    void field.keep('fixes', this.#fixes);
  }

  /** What the house does not take (a shift that ended, a fix that it has) is not said again. */
  async #send(): Promise<void> {
    if (!field.online || field.signedOut || !this.#fixes.length) return;
    const batch = this.#fixes.slice(0, BATCH);
    try {
      await post('/api/positions', { fixes: batch });
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      if (fault.problem.status < 400 || fault.problem.status >= 500 || fault.problem.status === 401 || fault.problem.status === 429) return;
    }
    this.#fixes = this.#fixes.filter((one) => !batch.includes(one));
    await field.keep('fixes', this.#fixes);
  }
}
export const places = new Places();
