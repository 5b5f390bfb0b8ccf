// The command bar's grammar: what typed words mean, in either language, with completions and what is still missing.
import { addressed, leading, type Addressee, type Addressees } from './letters';

export type Order =
  | { verb: 'assign' | 'stand-down' | 'why'; unit: string; incident: string }
  | { verb: 'swap'; unit: string; to: string; incident: string }
  | { verb: 'state'; unit: string; state: string }
  | { verb: 'select'; incident: string }
  | { verb: 'select-unit'; unit: string }
  | { verb: 'priority'; incident: string; priority: number }
  | { verb: 'alarm'; incident: string; alarm: number }
  | { verb: 'note'; incident: string; note: string }
  | { verb: 'close'; incident: string; disposition: string }
  | { verb: 'hand-over'; incident: string; to: string }
  | { verb: 'call'; place: string; kind: string; priority: number }
  | { verb: 'shut'; place: string }
  | { verb: 'reopen'; place: string }
  | { verb: 'find'; place: string }
  | { verb: 'join' | 'separate' | 'link' | 'unlink'; incident: string; to: string }
  | { verb: 'hazard'; incident: string; kind: string }
  | { verb: 'message'; recipient: Addressee; text: string }
  | { verb: 'check'; units: string[]; said: string }
  | { verb: 'bind'; tracker: string; unit: string; once: boolean }
  | { verb: 'free'; tracker: string }
  | { verb: 'page'; page: Page };

export interface Named { code: string; en: string; zh: string }
/** What the words are read against; `incidents` are full ids, of which people type the last part. */
export interface Known {
  units: { id: string; incident: string; station?: string; state?: string }[];
  incidents: string[];
  states: Named[];
  kinds: Named[];
  dispositions: Named[];
  closures: { id: string; text: string }[];
  /** Kinds of hazard. */
  hazards?: Named[];
  /** Neighbouring centres, to which a call may be handed over. */
  centres?: Named[];
  selected: string;
  /** Incidents that were joined into another, and which. */
  joined?: { id: string; into: string }[];
  addressees?: Addressees;
  /** Trackers that are bound, and to which unit. */
  trackers?: { id: string; unit: string }[];
}
/** Code and subject of what is missing or unknown; the page has the sentence. */
export interface Gap {
  code: 'unit' | 'incident' | 'state' | 'kind' | 'disposition' | 'place' | 'priority' | 'alarm' | 'note' | 'centre' | 'words' | 'idle' | 'joined' | 'hazard' | 'recipient' | 'text' | 'whom' | 'tracker';
  said: string;
}
export interface Reading { order: Order | null; gap: Gap | null; completions: { text: string; hint: string }[] }

/** What is opened by its name alone; no other words follow, so that a street of that name is still found. */
export type Page = 'planning' | 'moves' | 'moved' | 'cover' | 'posts' | 'trackers' | 'handbook';
const PAGES: [Page, string[]][] = [
  ['planning', ['planning', 'plan', 'what if', '规划', '推演', '研判', '规划研判', '规划推演']],
  ['moved', ['moves report', 'report of moves', 'what came of moves', '调动成效', '调动报告']],
  ['moves', ['moves', 'move up', '调动', '备勤', '备勤调动']],
  ['posts', ['posts', 'checks', 'spot checks', '岗位', '岗位与查勤']],
  ['trackers', ['trackers', '定位终端', '终端']],
  ['cover', ['cover', 'coverage', '覆盖', '覆盖图']],
  ['handbook', ['handbook', 'book', '手册', '实战手册']],
];

const VERBS: [Exclude<Order['verb'], 'select-unit' | 'page'> | 'road', string[]][] = [
  ['why', ['why', 'why not', '为什么', '为何', '为什么不派', '怎么不派']],
  ['stand-down', ['stand down', 'standdown', 'recall', '撤回', '召回']],
  ['hand-over', ['hand over', 'handover', '移交', '转交']],
  ['swap', ['swap', '换派', '换']],
  ['call', ['call', 'take', '接警', '报警']],
  ['reopen', ['open road', 'reopen', 'open', '开路', '恢复通行', '解封']],
  ['shut', ['close road', 'shut', '封路', '封闭']],
  ['close', ['close', 'end', '结案', '办结']],
  ['find', ['find', 'where', '查找', '找', '街道']],
  ['join', ['join', '并案', '合并', '并入']],
  ['separate', ['separate', 'split', '拆案', '拆分']],
  ['unlink', ['unlink', '取消关联', '解除关联']],
  ['link', ['link', '关联']],
  ['note', ['note', '备注', '记']],
  ['check', ['check', '查勤', '点名']],
  ['bind', ['bind', '绑定']],
  ['free', ['free', '解绑']],
  ['hazard', ['hazard', 'danger', '危险', '标注危险']],
  ['message', ['msg', 'message', 'tell', '消息', '发消息']],
  ['alarm', ['alarm', 'raise', '升级', '增援']],
  ['priority', ['priority', '优先级', '级别']],
  ['assign', ['send', 'assign', '派', '出警']],
  ['select', ['select', 'show', '选', '看']],
];

export const fold = (text: string): string => text.normalize('NFKC').trim().toLowerCase();
const short = (id: string): string => id.slice(id.lastIndexOf('-') + 1).replace(/^0+(?=.)/, '');

/** The one thing that typed words name: an exact code or name first, else the only one that begins so, else the first that has it. */
export function named(said: string, things: Named[]): Named | null {
  const word = fold(said).replaceAll(' ', '_');
  if (!word) return null;
  const forms = things.map((thing) => [thing.code, thing.en, thing.zh].map((form) => fold(form).replaceAll(' ', '_')));
  for (const fits of [
    (form: string) => form === word, (form: string) => form.startsWith(word), (form: string) => form.includes(word),
  ]) {
    const at = forms.findIndex((all) => all.some(fits));
    if (at >= 0) return things[at] ?? null;
  }
  return null;
}

const unitOf = (said: string, known: Known) => known.units.find((unit) => fold(unit.id) === fold(said));
/** An incident by full id, or by the short number; of several days' same numbers the latest. */
const incidentOf = (said: string, known: Known): string | undefined => {
  const word = fold(said).replace(/^#/, '');
  return known.incidents.find((id) => fold(id) === word) ?? known.incidents.filter((id) => short(id) === word).sort().at(-1);
};

const read = (order: Order, completions: Reading['completions'] = []): Reading => ({ order, gap: null, completions });
const lacks = (code: Gap['code'], said = '', completions: Reading['completions'] = []): Reading =>
  ({ order: null, gap: { code, said }, completions });

/** What the words mean now. Nothing is done here: the page shows the meaning, and Enter does it. */
export function parse(text: string, known: Known): Reading {
  const line = text.normalize('NFKC').replace(/->|=>|→|⇒/g, ' → ').replace(/\s+/g, ' ').trim();
  if (!line) return lacks('idle');
  const lower = line.toLowerCase();
  const page = PAGES.find(([, forms]) => forms.includes(lower));
  if (page) return read({ verb: 'page', page: page[0] });
  for (const [verb, forms] of VERBS) {
    // Longest form first, so that 'why not E7' is not read as 'why' and a unit called 'not'.
    for (const form of [...forms].sort((a, b) => b.length - a.length)) {
      const apart = /[a-z]$/.test(form) ? lower === form || lower.startsWith(`${form} `) : lower.startsWith(form);
      if (apart) return withVerb(verb as Order['verb'], line.slice(form.length).trim(), known);
    }
  }
  const [first = '', ...others] = line.split(' ').filter((word) => word !== '→');
  const unit = unitOf(first, known);
  if (unit) return withUnit(unit, others.join(' '), known);
  const bare = incidentOf(first, known);
  if (bare && !others.length) return read({ verb: 'select', incident: bare });
  if (bare && /^p?[1-4]$/i.test(others[0] ?? '')) {
    return read({ verb: 'priority', incident: bare, priority: Number((others[0] ?? '').slice(-1)) });
  }
  return lacks('words', line, begins(line, known));
}

function withUnit(unit: Known['units'][number], rest: string, known: Known): Reading {
  if (!rest) {
    return read({ verb: 'select-unit', unit: unit.id }, [
      ...known.incidents.slice(0, 4).map((id) => ({ text: `${unit.id} → ${short(id)}`, hint: id })),
      ...known.states.map((state) => ({ text: `${unit.id} ${state.en.toLowerCase()}`, hint: state.zh })),
    ]);
  }
  const incident = incidentOf(rest, known);
  if (incident) return read({ verb: 'assign', unit: unit.id, incident });
  const state = named(rest, known.states);
  if (state) return read({ verb: 'state', unit: unit.id, state: state.code });
  return /^\d/.test(rest) ? lacks('incident', rest) : lacks('state', rest, known.states.map((one) =>
    ({ text: `${unit.id} ${one.en.toLowerCase()}`, hint: one.zh })));
}

function withVerb(verb: Order['verb'], rest: string, known: Known): Reading {
  const words = rest.split(' ').filter((word) => word && word !== '→');
  const [first = '', second = '', third = ''] = words;
  switch (verb) {
    case 'find': case 'shut':
      return rest ? read({ verb, place: rest }) : lacks('place');
    case 'reopen':
      return reopen(rest, known);
    case 'message':
      return message(rest, known);
    case 'call':
      return call(rest, known);
    case 'close': {
      const incident = incidentOf(first, known);
      // 'close fell st' is a road, 'close 31 treated' an incident: what stands after it decides.
      if (first && !incident && !/^#?\d+$/.test(first)) return read({ verb: 'shut', place: rest.replace(/^road /i, '') });
      if (!incident) return lacks('incident', first);
      const after = words.slice(1).join(' ');
      const disposition = named(after, known.dispositions);
      const completions = known.dispositions.map((one) => ({ text: `close ${first} ${one.code}`, hint: `${one.en} ${one.zh}` }));
      return disposition ? read({ verb, incident, disposition: disposition.code }) : lacks('disposition', after, completions);
    }
    case 'hazard':
      return hazard(words, known);
    case 'hand-over': {
      const said = incidentOf(first, known);
      const incident = said ?? known.selected;
      if (!incident) return lacks('incident', first);
      const to = named((said ? words.slice(1) : words).filter((word) => !/^(to|给|到)$/i.test(word)).join(' '), known.centres ?? []);
      const completions = (known.centres ?? []).map((one) => ({ text: `hand over ${short(incident)} ${one.code}`, hint: `${one.en} ${one.zh}` }));
      return to ? read({ verb, incident, to: to.code }) : lacks('centre', words.at(-1), completions);
    }
    case 'note': {
      const incident = incidentOf(first, known);
      const note = incident ? rest.slice(first.length).trim() : rest;
      if (!incident && !known.selected) return lacks('incident', first);
      return note ? read({ verb, incident: incident ?? known.selected, note }) : lacks('note');
    }
    case 'priority': {
      const incident = words.length > 1 ? incidentOf(first, known) : known.selected;
      const priority = Number((words.at(-1) ?? '').replace(/^p/i, ''));
      if (!incident) return lacks('incident', first);
      return priority >= 1 && priority <= 4 ? read({ verb, incident, priority }) : lacks('priority', words.at(-1));
    }
    case 'alarm': {
      // One word is a level of the selected incident where it can be one, else an incident, whose next alarm is meant.
      const level = words.length > 1 ? second : known.selected && /^[2-9]$/.test(first) ? first : '';
      const incident = level === first || !first ? known.selected : incidentOf(first, known);
      if (!incident) return lacks('incident', first);
      return level === '' || /^[2-9]$/.test(level) ? read({ verb, incident, alarm: Number(level) }) : lacks('alarm', level);
    }
    case 'select': {
      const incident = incidentOf(first, known);
      const unit = unitOf(first, known);
      if (incident) return read({ verb, incident });
      return unit ? read({ verb: 'select-unit', unit: unit.id }) : lacks('incident', first);
    }
    case 'check':
      return check(rest, known);
    case 'bind': case 'free':
      return tracker(verb, words, known);
    case 'join': case 'link': case 'unlink':
      return pair(verb, words, known);
    case 'separate': {
      const joined = known.joined ?? [];
      const word = fold(first).replace(/^#/, '');
      const one = joined.find((other) => fold(other.id) === word) ?? joined.filter((other) => short(other.id) === word).at(-1);
      return one ? read({ verb, incident: one.id, to: one.into })
        : lacks('joined', first, joined.slice(0, 6).map((other) => ({ text: `separate ${short(other.id)}`, hint: short(other.into) })));
    }
    case 'swap': {
      const unit = unitOf(first, known);
      const to = unitOf(/^(for|by|with|为|成)$/i.test(second) ? third : second, known);
      if (!unit || !to) return lacks('unit', unit ? second : first, units('swap', known, true));
      return unit.incident ? read({ verb, unit: unit.id, to: to.id, incident: unit.incident }) : lacks('incident', unit.id);
    }
    default: {
      const unit = unitOf(first, known);
      if (!unit) return lacks('unit', first, units(verb, known, verb === 'stand-down'));
      const given = second ? incidentOf(second, known) : undefined;
      const incident = given ?? (verb === 'stand-down' ? unit.incident : second ? '' : known.selected);
      return incident ? read({ verb: verb as 'why', unit: unit.id, incident }) : lacks('incident', second);
    }
  }
}

/** `join 32 31`: the first into the second; of one number alone, the one that is selected is meant first. */
function pair(verb: 'join' | 'link' | 'unlink', words: string[], known: Known): Reading {
  const given = words.filter((word) => !/^(into|to|with|and|和|与|到|入)$/i.test(word));
  const [first = '', second = ''] = given.length === 1 ? [known.selected, given[0]] : given;
  const incident = incidentOf(first, known);
  const to = incidentOf(second, known);
  if (!incident) return lacks('incident', given.length === 1 ? '' : first);
  if (!to) return lacks('incident', second, known.incidents.filter((id) => id !== incident).slice(0, 6).map((id) => ({ text: `${verb} ${short(incident)} ${short(id)}`, hint: id })));
  return read({ verb, incident, to });
}

/** `call 501 mission medical p1`: the priority and the kind are taken from the end, what is left is the place. */
function call(rest: string, known: Known): Reading {
  let words = rest.split(' ').filter(Boolean);
  let priority = 0;
  const last = words.at(-1) ?? '';
  if (/^(p|优先)[1-4]$/i.test(last)) {
    priority = Number(last.slice(-1));
    words = words.slice(0, -1);
  }
  for (const length of [3, 2, 1]) {
    const tail = words.slice(-length).join(' ');
    const kind = words.length > length || length === 1 ? named(tail, known.kinds) : null;
    if (kind && fold(tail).length >= 2 && words.length > length) {
      return read({ verb: 'call', place: words.slice(0, -length).join(' '), kind: kind.code, priority });
    }
  }
  if (!words.length) return lacks('place');
  return lacks('kind', words.at(-1), known.kinds.map((one) => ({ text: `call ${words.join(' ')} ${one.code}`, hint: `${one.en} ${one.zh}` })));
}

/** `hazard gas 31`, either way round: the form opens there with that kind; of the selected incident the kind is enough. */
function hazard(words: string[], known: Known): Reading {
  const at = words.findIndex((word) => incidentOf(word, known) !== undefined);
  const incident = at >= 0 ? incidentOf(words[at] ?? '', known) : known.selected;
  const said = words.filter((_, other) => other !== at).join(' ');
  const kind = named(said, known.hazards ?? []);
  if (!incident) return lacks('incident', said);
  return kind ? read({ verb: 'hazard', incident, kind: kind.code })
    : lacks('hazard', said, (known.hazards ?? []).slice(0, 7).map((one) => ({ text: `hazard ${one.code} ${short(incident)}`, hint: `${one.en} ${one.zh}` })));
}

/** `msg E7 which hydrant?`: to whom first, then everything else as it stands. */
function message(rest: string, known: Known): Reading {
  const among = known.addressees;
  const found = among ? leading(rest, among) : null;
  if (!among || !found) {
    const written = (one: Addressee): string => ({ person: one.label, area: one.label, incident: `#${short(one.to)}`, skill: `all ${one.to}`, everyone: 'everyone' } as Record<string, string>)[one.kind] ?? one.to;
    return lacks('recipient', rest, among ? addressed(rest, among).slice(0, 7).map((one) => ({ text: `msg ${written(one)} `, hint: one.kind })) : []);
  }
  return found.rest ? read({ verb: 'message', recipient: found.recipient, text: found.rest }) : lacks('text', found.recipient.label || found.recipient.to);
}

/** `check all`, `check E7`, `check North`: all on duty, one unit, or those of a station. */
function check(rest: string, known: Known): Reading {
  const word = fold(rest);
  const ours = known.units.filter((unit) => unit.state !== 'lent');
  const stations = [...new Set(ours.flatMap((unit) => unit.station || []))];
  const completions = ['all', ...stations.filter((one) => fold(one).startsWith(word)), ...ours.map((unit) => unit.id).filter((id) => fold(id).startsWith(word))].slice(0, 7).map((one) => ({ text: `check ${one}`, hint: '' }));
  if (['all', '全部', '所有'].includes(word)) return ours.length ? read({ verb: 'check', units: ours.map((unit) => unit.id), said: '' }) : lacks('whom', rest);
  const unit = ours.find((one) => fold(one.id) === word);
  if (unit) return read({ verb: 'check', units: [unit.id], said: unit.id });
  const station = stations.find((one) => fold(one) === word);
  return station ? read({ verb: 'check', units: ours.filter((one) => one.station === station).map((one) => one.id), said: station }) : lacks('whom', rest, completions);
}

/** `bind 3f9a0c1b22 E7` lets a tracker speak for a unit, with `shift` behind it in this shift alone; `free 3f9a0c1b22` ends it. */
function tracker(verb: 'bind' | 'free', words: string[], known: Known): Reading {
  const [first = '', second = '', third = ''] = words.filter((word) => !/^(to|for|到|给)$/i.test(word));
  const held = known.trackers ?? [];
  const number = fold(first);
  const completions = held.filter((one) => one.id.startsWith(number)).slice(0, 6).map((one) => ({ text: verb === 'free' ? `free ${one.id}` : `bind ${one.id} `, hint: one.unit }));
  if (!/^[0-9a-z]{4,24}$/.test(number)) return lacks('tracker', first, completions);
  if (verb === 'free') return held.some((one) => one.id === number) ? read({ verb, tracker: number }) : lacks('tracker', first, completions);
  const once = ['shift', '本班'].includes(fold(third));
  const unit = unitOf(second, known);
  if (!second || (once && !unit) || (third && !once)) return lacks('unit', second, second ? [] : completions);
  return read({ verb, tracker: number, unit: unit?.id ?? second, once });
}

function reopen(rest: string, known: Known): Reading {
  const word = fold(rest.replace(/^road /i, ''));
  const hit = known.closures.find((one) => one.id === word || short(one.id) === word)
    ?? known.closures.find((one) => word && fold(one.text).includes(word));
  return hit ? read({ verb: 'reopen', place: hit.id })
    : lacks('place', rest, known.closures.map((one) => ({ text: `open road ${one.text || short(one.id)}`, hint: one.id })));
}

function units(verb: string, known: Known, busy: boolean): Reading['completions'] {
  const form = VERBS.find(([name]) => name === verb)?.[1][0] ?? verb;
  return known.units.filter((unit) => !busy || unit.incident).slice(0, 6)
    .map((unit) => ({ text: `${form} ${unit.id}`, hint: short(unit.incident) }));
}

function begins(line: string, known: Known): Reading['completions'] {
  const word = fold(line);
  return [
    ...known.units.filter((unit) => fold(unit.id).startsWith(word)).slice(0, 5).map((unit) => ({ text: unit.id, hint: short(unit.incident) })),
    ...PAGES.flatMap(([, forms]) => forms.filter((form) => form.startsWith(word)).slice(0, 1).map((form) => ({ text: form, hint: '' }))),
    ...VERBS.flatMap(([, forms]) => forms.filter((form) => form.startsWith(word)).map((form) => ({ text: `${form} `, hint: '' }))),
  ].slice(0, 7);
}
