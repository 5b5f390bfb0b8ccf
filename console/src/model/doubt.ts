// Whether a unit's position can be believed, and in which way it cannot: rough, jumped, old, or none at all.
import { LATE_US } from './age';
import type { Instant, PositionRow } from './contract';

export type Doubt = { kind: 'none' } | { kind: 'jump' | 'late'; since: Instant } | { kind: 'rough'; metres: number } | null;

/** What is to be said of a position; null: nothing. A jump says more than its age, and an old guess is above all old. */
export function doubtOf(position: PositionRow | undefined, now: Instant): Doubt {
  if (!position) return { kind: 'none' };
  if (position.doubt === 'jump') return { kind: 'jump', since: position.device_at };
  if (now - position.device_at > LATE_US) return { kind: 'late', since: position.device_at };
  return position.doubt === 'accuracy' ? { kind: 'rough', metres: Math.round(position.accuracy_m ?? 0) } : null;
}
