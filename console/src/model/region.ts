// The picture of several cities as the region's door gives it, and what a page makes of it; pure.
import type { Instant, Need, Words } from './contract';

export interface CityLine { code: string; says: Words; answers: boolean; since: Instant; heard_at: Instant; incidents: number; units: Record<string, number> }
export interface IncidentLine { city: string; incident: { id: string; kind: string; priority: number; called_at: Instant; units: string[] }; borrowed: Record<string, number> }
export interface AidLine { city: string; aid: { id: string; city: string; kind: string; priority: number; needs: Need[]; since: Instant; until: Instant; state: string } }
export interface LoanLine { city: string; loan: { id: string; city: string; unit: string; state: string; since: Instant } }
export interface RegionView {
  at: Instant; cities: CityLine[]; incidents: IncidentLine[]; aid: AidLine[]; loans: LoanLine[];
  /** The region's own words for codes; a code that is not here is shown as it is. */
  kinds: Record<string, Words>; skills: Record<string, Words>;
}

/** Cities that do not answer stand first, whoever is silent longest on top; the others in the order of the table. */
export const silentFirst = (cities: readonly CityLine[]): CityLine[] =>
  [...cities].sort((a, b) => Number(a.answers) - Number(b.answers) || (a.answers ? 0 : a.since - b.since));

/** How many open incidents there are, shown or not. */
export const open = (view: RegionView): number => Math.max(view.incidents.length, view.cities.reduce((sum, city) => sum + city.incidents, 0));
