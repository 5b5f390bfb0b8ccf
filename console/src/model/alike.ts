// Which open incidents a call may be about, as the doors answer it; and what a row says of the calls that were joined into it.
import type { IncidentRow, Instant, Place, Words } from './contract';

export interface JoinedCall {
  incident: string; kind: string; priority: number; place: Place; called_at: Instant; notes: number; differs: string[];
}
export interface Alike {
  incident: string; nearest: string; kind: string; priority: number; place: Place; chance: number; proposed: boolean;
  dist_m: number; ago_s: number; calls: number; says: Words; reasons: { measure: string; adds: number }[];
}
export interface SameIncidents {
  incidents: Alike[]; compared: number; model: string; propose: number; floor: number; families: Record<string, Words>;
}

/** What nobody has looked at yet of all that the joined calls of an incident, or later notes, tell differently. */
export const unseen = (row: IncidentRow): string[] => [...new Set([...row.differs, ...row.joined.flatMap((one) => one.differs)])];

/** An incident and the calls joined into it, each at its own place, so that a map hides none of them. */
export const spots = (row: IncidentRow): IncidentRow[] =>
  [row, ...row.joined.map((one) => ({ ...row, id: one.incident, kind: one.kind, priority: one.priority, place: one.place, called_at: one.called_at, joined: [] }))];

/** Metres as the floor reads them: tens below a kilometre, tenths of one beyond. */
export const metres = (far: number): string => (far >= 1000 ? `${(far / 1000).toFixed(1)} km` : `${Math.round(far / 10) * 10} m`);

/** A chance as a whole percentage that never says certain or impossible. */
export const percent = (chance: number): string => `${Math.min(99, Math.max(1, Math.round(chance * 100)))}%`;
