// Being called, as the console knows it: units of whose crew somebody could not be reached.
import type { Instant, Row } from './contract';

export interface UnreachedRow extends Row { row: 'unreached'; people: number; since: Instant; code: string }
/** How one can be reached oneself, and by what this city calls people. */
export interface ReachView { sms: string; mail: string; lang: 'en' | 'zh'; browsers: number; means: string[]; key: string }
/** What a notification was about, as the phone's worker hands it to the page. */
export interface CalledFor { about: string; of: string; acknowledge: boolean }

/** What the worker wrote into the page's address; null where it wrote nothing. */
export function calledFor(query: string): CalledFor | null {
  const said = new URLSearchParams(query);
  const about = said.get('about');
  return about ? { about, of: said.get('of') ?? '', acknowledge: said.get('acknowledge') === '1' } : null;
}
