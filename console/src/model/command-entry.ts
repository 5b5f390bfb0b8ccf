// What is typed into the one line under each column of a command board, read into what it asks for; either language, pure.
import type { CommandTable, Coded, Major } from './command';
import { STAGING } from './command';
import { fold } from './grammar';

const MINUTE_US = 60e6;
const parts = (text: string): string[] => text.split(/[/／]/).map((part) => part.trim());

/** The one thing that a word means: its exact name, else the only one with a word that begins so, else the only one that has it; null otherwise. */
export function meant<One>(word: string, all: readonly One[], names: (one: One) => string[]): One | null {
  const said = fold(word);
  if (!said) return null;
  const ways: ((name: string) => boolean)[] = [
    (name) => name === said, (name) => name.startsWith(said) || name.split(/\s+/).some((part) => part.startsWith(said)), (name) => name.includes(said)];
  for (const way of ways) {
    const found = all.filter((one) => names(one).map(fold).some(way));
    if (found.length) return found.length === 1 ? (found[0] ?? null) : null;
  }
  return null;
}
const coded = (one: Coded): string[] => [one.code, one.says.en, one.says.zh];

/** Minutes from now as an instant; 0 where nothing, or no number, was said. */
export function dueIn(text: string | undefined, now: number): number {
  const minutes = Number.parseInt(text ?? '', 10);
  return Number.isFinite(minutes) && minutes > 0 ? now + minutes * MINUTE_US : 0;
}

/** `E7 north` places a unit, `E7 off` takes it off the board, anything else makes a sector: `North / leader`. */
export type SectorEntry = { what: 'place'; unit: string; sector: string } | { what: 'make'; name: string; leader: string } | { what: 'unclear' };
export function sectorEntry(text: string, board: Major, units: readonly string[]): SectorEntry {
  const [first = '', ...rest] = text.trim().split(/\s+/);
  const unit = units.find((id) => id.toUpperCase() === first.toUpperCase());
  if (!unit) {
    const [name = '', leader = ''] = parts(text);
    return name ? { what: 'make', name, leader } : { what: 'unclear' };
  }
  const where = rest.join(' ');
  if (['off', '撤出'].includes(fold(where))) return { what: 'place', unit, sector: '' };
  const places = [...board.sectors.map((one) => ({ code: one.sector, names: [one.name] })), { code: STAGING, names: ['staging', '集结区'] }];
  const found = meant(where, places, (one) => one.names);
  return found ? { what: 'place', unit, sector: found.code } : { what: 'unclear' };
}

/** `text / owner / minutes`. */
export function objectiveEntry(text: string, now: number): { text: string; owner: string; due: number } {
  const [said = '', owner = '', minutes] = parts(text);
  return { text: said, owner, due: dueIn(minutes, now) };
}

/** `water: shut the main / minutes`: an agency by the beginning of its name, a colon, what is asked. */
export function taskEntry(text: string, table: CommandTable, now: number): { agency: string; text: string; due: number } | null {
  const [, who = '', what = ''] = /^([^:：]+)[:：](.*)$/s.exec(text) ?? [];
  const agency = meant(who, table.agencies, coded);
  const [said = '', minutes] = parts(what);
  return agency && said ? { agency: agency.code, text: said, due: dueIn(minutes, now) } : null;
}

/** `2 major 1 minor` sends patients, `has 3 major` reports places, `divert major 30 CT down` begins a diversion, `open` ends them. */
export type HospitalEntry =
  | { what: 'send' | 'has'; counts: Record<string, number> } | { what: 'divert'; categories: string[]; due: number; reason: string } | { what: 'open' } | { what: 'unclear' };
export function hospitalEntry(text: string, table: CommandTable, now: number): HospitalEntry {
  const [first = '', ...rest] = text.trim().split(/\s+/);
  const verb = fold(first);
  if (['open', '恢复'].includes(verb) && rest.length === 0) return { what: 'open' };
  if (['divert', '分流'].includes(verb)) {
    const categories: string[] = [];
    let due = 0;
    while (rest.length) {
      const category = meant(rest[0] ?? '', table.categories, coded);
      if (category) categories.push(category.code);
      else if (/^\d+$/.test(rest[0] ?? '')) due = dueIn(rest[0], now);
      else break;
      rest.shift();
    }
    return rest.length ? { what: 'divert', categories, due, reason: rest.join(' ') } : { what: 'unclear' };
  }
  const has = ['has', '有'].includes(verb);
  const words = has ? rest : [first, ...rest];
  const counts: Record<string, number> = {};
  for (let at = 0; at < words.length; at += 2) {
    const category = meant(words[at + 1] ?? '', table.categories, coded);
    if (!category || !/^-?\d{1,3}$/.test(words[at] ?? '')) return { what: 'unclear' };
    counts[category.code] = Number(words[at]);
  }
  return words.length ? { what: has ? 'has' : 'send', counts } : { what: 'unclear' };
}
