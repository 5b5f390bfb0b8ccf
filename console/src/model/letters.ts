// Messages as the desk reads them: threads, what is unread here, who has read and answered, and to whom typed words may mean.
import type { Instant } from './contract';
import { fold, type Named } from './grammar';

export interface MessageRow {
  row: 'message'; id: string; sender: string; to_kind: string; to: string; recipients: string[]; incident: string; urgent: boolean;
  sent_at: Instant; answer_by: Instant; answers: string; thread: string; delivered: string[]; read: string[]; answered: string[];
}
export interface Said {
  message: string; sender: string; to_kind: string; to: string; recipients: string[]; text: string | null; urgent: boolean; sent_at: Instant; by: string;
}
export interface ThreadView { thread: string; incident: string; said: Said[] }

export type ToKind = 'unit' | 'role' | 'person' | 'station' | 'skill' | 'area' | 'incident' | 'everyone';
export interface Addressee { kind: ToKind; to: string; label: string }
/** Who can be written to; `skills` carry what else people call the units that have one (`水罐消防车` for fire). */
export interface Addressees {
  units: { id: string; station: string }[]; skills: (Named & { also: string[] })[]; roles: Named[]; incidents: string[]; persons: string[];
}

export const nameOf = (one: string): string => one.slice(one.indexOf(':') + 1);

/** The recipients of a message that this desk speaks for: the person, and the roles it works in. */
export const mine = (row: MessageRow, name: string, roles: readonly string[]): string[] =>
  row.recipients.filter((one) => one === `person:${name}` || roles.some((role) => one === `role:${role}`));

export const unread = (row: MessageRow, name: string, roles: readonly string[]): boolean =>
  mine(row, name, roles).some((one) => !row.read.includes(one));

/** What one recipient's side has done, the furthest; `late` where an answer was wanted by now and none came. */
export type Receipt = 'answered' | 'read' | 'delivered' | 'sent';
export const receipt = (row: MessageRow, recipient: string): Receipt =>
  row.answered.includes(recipient) ? 'answered' : row.read.includes(recipient) ? 'read' : row.delivered.includes(recipient) ? 'delivered' : 'sent';
export const late = (row: MessageRow, now: Instant): boolean =>
  row.answer_by > 0 && now > row.answer_by && row.recipients.some((one) => !row.answered.includes(one));

export interface Thread { id: string; first: MessageRow; last: MessageRow; rows: MessageRow[]; unread: number; urgent: boolean; late: boolean }

/** Messages by thread: those with something unread here first, urgent before others, then the newest. */
export function threads(rows: readonly MessageRow[], now: Instant, name: string, roles: readonly string[]): Thread[] {
  const by = new Map<string, MessageRow[]>();
  for (const row of rows) by.set(row.thread, [...(by.get(row.thread) ?? []), row]);
  const found = [...by].flatMap(([id, own]): Thread[] => {
    const sorted = own.sort((a, b) => a.sent_at - b.sent_at || (a.id < b.id ? -1 : 1));
    const [first, last] = [sorted[0], sorted.at(-1)];
    if (!first || !last) return [];
    const fresh = sorted.filter((row) => unread(row, name, roles));
    return [{ id, first, last, rows: sorted, unread: fresh.length, urgent: fresh.some((row) => row.urgent), late: sorted.some((row) => late(row, now)) }];
  });
  return found.sort((a, b) => Number(b.unread > 0) - Number(a.unread > 0) || Number(b.urgent) - Number(a.urgent)
    || b.last.sent_at - a.last.sent_at || (a.id < b.id ? 1 : -1));
}

const short = (id: string): string => id.slice(id.lastIndexOf('-') + 1).replace(/^0+(?=.)/, '');
const EVERYONE = ['everyone', 'all', 'all units', '全体', '所有单位', '全部'];
const AREA = /^(?:area|区域|在)\s*(.+)$/i;

/** Everybody that typed words may mean, the exact ones first; empty words give everybody in turn. */
export function addressed(words: string, known: Addressees): Addressee[] {
  const word = fold(words);
  const all = word.replace(/^(all|every|所有|全部|全体)\s*/, '');
  const area = AREA.exec(words.trim());
  if (area?.[1]) return [{ kind: 'area', to: area[1].trim(), label: words.trim() }];
  const at = /^@\s*(.+)$/.exec(words.trim());
  if (at?.[1]) return [{ kind: 'person', to: at[1].trim(), label: `@${at[1].trim()}` }];
  const bare = word.replace(/^(incident|警情|#)\s*/, '');
  const forms: [Addressee, string[]][] = [
    ...known.units.map((unit): [Addressee, string[]] => [{ kind: 'unit', to: unit.id, label: unit.id }, [fold(unit.id)]]),
    ...known.roles.map((role): [Addressee, string[]] => [{ kind: 'role', to: role.code, label: role.code }, [role.code, role.en, role.zh].map(fold)]),
    ...[...new Set(known.units.map((unit) => unit.station))].filter(Boolean).map((station): [Addressee, string[]] =>
      [{ kind: 'station', to: station, label: station }, [fold(station), fold(station).replace(/^station\s*/, ''), ...said(station)]]),
    ...known.skills.map((skill): [Addressee, string[]] => [{ kind: 'skill', to: skill.code, label: skill.code }, [skill.code, skill.en, skill.zh, ...skill.also].map(fold)]),
    ...known.incidents.map((id): [Addressee, string[]] => [{ kind: 'incident', to: id, label: short(id) }, [fold(id), `${bare === word ? 'incident ' : ''}${short(id)}`]]),
    ...known.persons.map((name): [Addressee, string[]] => [{ kind: 'person', to: name, label: `@${name}` }, [fold(name)]]),
    [{ kind: 'everyone', to: '', label: '' }, EVERYONE],
  ];
  if (!word) return forms.map(([one]) => one);
  const says = (one: Addressee): string => (one.kind === 'skill' && all ? all : one.kind === 'incident' ? bare : word);
  const fits: ((form: string, said: string) => boolean)[] = [(form, said) => form === said, (form, said) => form.startsWith(said),
    (form, said) => said.length > 1 && form.includes(said)];
  const found = fits.flatMap((fit) => forms.filter(([one, own]) => own.some((form) => fit(form, says(one)))).map(([one]) => one));
  return [...new Set(found)];
}

/** A station is also said by its number in the other language: `3 号站`, `三`. */
function said(station: string): string[] {
  const number = /\d+/.exec(station)?.[0];
  return number ? [`station ${number}`, `${number}号站`, `站${number}`] : [];
}

const LONGEST = 28;
const LETTER = /[a-z0-9]/i;

/** The recipient that a line begins with, the longest that can be read so, and what is left to be said; Chinese needs no space between. */
export function leading(line: string, known: Addressees): { recipient: Addressee; rest: string } | null {
  const text = line.trim();
  const area = /^(?:area\s+|区域\s*)(?:["“「]([^"”」]+)["”」]|(\S+))\s*(.*)$/i.exec(text);
  if (area) {
    const to = area[1] ?? area[2] ?? '';
    return { recipient: { kind: 'area', to, label: to }, rest: area[3] ?? '' };
  }
  const everybody = addressed('', known);
  for (let end = Math.min(text.length, LONGEST); end > 0; end -= 1) {
    if (LETTER.test(text[end - 1] ?? '') && LETTER.test(text[end] ?? '')) continue;
    const word = fold(text.slice(0, end));
    const recipient = everybody.find((one) => names(word, one, known));
    if (recipient) return { recipient, rest: text.slice(end).replace(/^[\s，,：:、]+/, '') };
  }
  const person = /^@(\S+)\s*(.*)$/.exec(text);
  return person?.[1] ? { recipient: { kind: 'person', to: person[1], label: `@${person[1]}` }, rest: person[2] ?? '' } : null;
}

/** Whether folded words name this recipient and no other. */
function names(word: string, one: Addressee, known: Addressees): boolean {
  switch (one.kind) {
    case 'unit': return fold(one.to) === word;
    case 'station': return fold(one.to) === word || said(one.to).includes(word);
    case 'skill': {
      const bare = /^(?:all|every|所有|全部|全体)\s*(.+)$/.exec(word)?.[1];
      const skill = known.skills.find((own) => own.code === one.to);
      return !!bare && !!skill && [skill.code, skill.en, skill.zh, ...skill.also].some((form) => fold(form) === bare || (bare.length > 1 && fold(form).includes(bare)));
    }
    case 'role': return known.roles.some((role) => role.code === one.to && [role.code, role.en, role.zh].some((form) => fold(form) === word));
    case 'incident': return /^(?:#|incident\s*|警情\s*)?(\d+)$/.exec(word)?.[1] === short(one.to) || word === fold(one.to);
    case 'person': return word === `@${fold(one.to)}`;
    case 'everyone': return EVERYONE.includes(word);
    case 'area': return false;
  }
}
