// Doubt of a unit's position in words, for the list, the unit's own lines and the keyboard on the map.
import { short } from '../model/age';
import type { Instant } from '../model/contract';
import type { Doubt } from '../model/doubt';
import { m } from '../words/messages.js';

export function doubtWords(doubt: NonNullable<Doubt>, now: Instant): string {
  switch (doubt.kind) {
    case 'none': return m.units_no_position();
    case 'rough': return m.doubt_rough({ metres: doubt.metres });
    case 'jump': return m.doubt_jump({ age: short(doubt.since, now) });
    case 'late': return m.doubt_late({ age: short(doubt.since, now) });
  }
}
