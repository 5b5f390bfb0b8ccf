// The person's own view, and the code that opens it, as the house gives them.
import type { Instant, Words } from './contract';

export interface CodeGiven { call: string; code: string; expires_at: Instant }
export interface Delayed { since: Instant; until: Instant; roles: string[]; reason: string | null }
export interface TrailLine {
  at: Instant; position: number; how: 'shown' | 'printed' | 'file' | 'export' | 'handed_over' | 'read';
  roles: string[]; purpose: string; says: Words | null; fields: string[]; glass: boolean; to: string | null; to_kind: string; delayed: Delayed[];
}
export interface OwnTrail {
  call: string; city: string; timezone: string; now: Instant; taken_at: Instant; withheld_until: Instant; total: number; lines: TrailLine[];
}
