// What the doors ask and answer about gains: better ways for an incident, each with its seconds.
import type { Instant, Words } from './contract';

export interface Gain {
  what: 'divert' | 'preempt' | 'swap' | 'stack'; unit: string; shift: string; eta_s: number;
  /** Seconds of waiting saved; null: without it a need stays open. */
  gain_s: number | null;
  instead: string; source: string; then_unit: string; later_s: number | null; free_in_s: number; out: string; out_shift: string; says: Words;
}
export interface Gains { incident: string; at: Instant; gains: Gain[] }
