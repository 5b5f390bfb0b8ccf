// Actions in words: in the list on the phone, and in what dispatch is told where the house would not have them.
import { clock } from '../model/age';
import { shortNumber } from '../model/age';
import { desk } from '../house/desk.svelte';
import { m } from '../words/messages.js';
import { kindName } from '../view/hazards';
import { draft, type Action, type Draft } from './queue';

/** What an action says, in a few words. */
export function words(one: Action): string {
  const body = one.body as Record<string, string | undefined>;
  switch (one.what) {
    case 'state': return desk.state(body['state'] ?? '');
    case 'acknowledge': return m.crewpage_acknowledged();
    case 'note': return m.crewpage_did_note({ text: body['note'] ?? '' });
    case 'message': case 'answer': return m.crewpage_did_message({ text: body['text'] ?? '' });
    case 'mark': return m.crewpage_did_read();
    case 'file': return one.name;
    case 'timer': return m.crewpage_did_timer();
    case 'help': return m.crewpage_help_called();
    case 'sign-on': return m.crewpage_did_sign_on({ unit: one.unit });
    case 'sign-off': return m.crewpage_did_sign_off({ unit: one.unit });
    case 'check': return m.crewpage_did_check();
    case 'hazard': return m.crewpage_did_hazard({ kind: kindName(body['kind'] ?? ''), text: body['words'] ?? '' });
    case 'tick': case 'untick': return `${one.what === 'tick' ? m.crewpage_did_tick() : m.crewpage_did_untick()}: ${item(body['list'] ?? '', body['item'] ?? '')}`;
    case 'post': return m.crewpage_did_post({ post: body['post'] ?? '' });
    case 'start': return m.crewpage_did_start({ unit: one.unit });
    case 'end': return m.crewpage_did_end({ unit: one.unit });
    case 'handling': return `${m.crewpage_did_handling()}: ${body['found']} / ${body['done']}`;
  }
}

/** An item of a checklist by its words. */
function item(list: string, code: string): string {
  const says = desk.checklists?.lists.find((one) => one.code === list)?.items.find((one) => one.code === code)?.says;
  return says ? desk.in(says) : code;
}

/** The time of an action by the house's clock. */
export const when = (one: Action, zone: string): string => clock(one.at + (one.ahead ?? 0), zone);

export const because = (one: Action): string => (desk.tongue === 'zh' ? one.problem?.title_zh : one.problem?.title) || one.problem?.code || '';

/** Refused actions as one text, each with when it was done. */
export const retold = (asked: Action[], zone: string): string =>
  m.crewpage_retold({ unit: asked[0]?.unit ?? '', lines: asked.map((one) => `${when(one, zone)} ${words(one)}`).join(', ') });

const MOST_TEXT = 1_900;

/** What dispatch is told by itself, at once: what the crew did when, and that it was not taken over. */
export function told(asked: Action[], zone: string): Draft | null {
  const [one] = asked;
  if (!one?.unit || one.what === 'mark' || one.what === 'sign-on' || one.what === 'start' || one.what === 'tick' || one.what === 'untick') return null;
  const text = m.crewpage_told({ unit: one.unit, incident: one.incident ? shortNumber(one.incident) : '–', lines: asked.map((each) => `${when(each, zone)} ${words(each)}`).join(', ') });
  return draft('message', '/api/messages', { to_kind: 'role', to: 'dispatcher', text: text.slice(0, MOST_TEXT), incident: one.incident, from_unit: one.unit, urgent: one.what === 'help' },
    { incident: one.incident, unit: one.unit, shift: one.shift });
}
