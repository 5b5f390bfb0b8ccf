// Planning in words: what a question changes, what will be played, each state; and its orders, each one at one door.
import type { Receipt } from '../model/contract';
import type { Change, Choices, Question, StepWhat, StudyState, Way } from '../model/planning';
import { desk } from '../house/desk.svelte';
import { ask, Fault, fetched } from '../house/doors';
import { save } from '../house/saving';
import { m } from '../words/messages.js';
import type { Floor } from './floor.svelte';

export const STUDIES_DOOR = '/api/planning/studies';
const STUDY_DOOR = '/api/planning/studies/{study}';
export const studyAt = (study: string, what = ''): string => `${STUDIES_DOOR}/${encodeURIComponent(study)}${what && `/${what}`}`;
export const may = (what: 'stop' | 'propose' | 'adopt' | 'decline' | 'end' | 'happened' | 'paper'): boolean => desk.may(`${STUDY_DOOR}/${what}`);

/** What an answer is worth, as a mark and the rest: 'Not validated: the 90 % point …' is read in two. */
export function marked(validity: string): [string, string] {
  const at = validity.search(/[:：]/);
  return at > 0 && at < 24 ? [validity.slice(0, at), validity.slice(at + 1).trim()] : [m.plan_not_validated(), validity];
}

/** Asking has the address of looking; who may stop may ask. */
export const mayAsk = (): boolean => may('stop');

export const STATES: Record<StudyState, () => string> = {
  waiting: m.plan_state_waiting, running: m.plan_state_running, answered: m.plan_state_answered, failed: m.plan_state_failed, stopped: m.plan_state_stopped,
  proposed: m.plan_state_proposed, adopted: m.plan_state_adopted, ended: m.plan_state_ended,
};
/** What is filled is in force, what is hollow is over or has not begun, a triangle asks for somebody; in a 12 × 12 box. */
export const STATE_MARKS: Record<StudyState, { rim: string; fill: string }> = {
  waiting: { rim: 'M6 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Z', fill: '' }, running: { rim: 'M6 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Z', fill: 'M6 1.5a4.5 4.5 0 0 1 0 9Z' },
  answered: { rim: '', fill: 'M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1Z' }, failed: { rim: 'M6 1.5 11 10.5H1Z', fill: 'M5.4 4.5h1.2v3H5.4Z' },
  stopped: { rim: 'M2 2l8 8M10 2l-8 8', fill: '' }, proposed: { rim: '', fill: 'M1.5 .5 11.5 6 1.5 11.5Z' }, adopted: { rim: '', fill: 'M1 1h10v10H1Z' }, ended: { rim: 'M1.5 1.5h9v9h-9Z', fill: '' },
};
export const STEPS: Record<StepWhat, (by: { by: string }) => string> = {
  asked: m.plan_step_asked, answered: () => m.plan_step_answered(), failed: () => m.plan_step_failed(), stopped: m.plan_step_stopped, proposed: m.plan_step_proposed,
  adopted: m.plan_step_adopted, declined: m.plan_step_declined, ended: m.plan_step_ended,
};
export const WAYS: Record<Way, () => string> = { better: m.plan_way_better, worse: m.plan_way_worse, open: m.plan_way_open, same: m.plan_way_same };

const hour = (at: number): string => `${String(at).padStart(2, '0')}:00`;
/** One change in words; `where` is what the place of one more unit is called, where that is known. */
export function changeWords(change: Change, choices: Choices | null, where = ''): string {
  switch (change.what) {
    case 'unit_more': {
      const named = choices?.unit_kinds.find((one) => one.code === change.unit_kind)?.name;
      const words = { kind: named ? desk.in(named) : desk.unitKind(change.unit_kind), place: change.station || where || `${change.lon.toFixed(4)}, ${change.lat.toFixed(4)}` };
      return change.from_h === 0 && change.to_h === 24 ? m.plan_change_more({ ...words }) : m.plan_change_more_hours({ ...words, from: hour(change.from_h), to: hour(change.to_h) });
    }
    case 'unit_less': return m.plan_change_less({ unit: change.unit });
    case 'station_closes': return change.to ? m.plan_change_closes_to({ station: change.station, to: change.to }) : m.plan_change_closes({ station: change.station });
    case 'street_shut': return m.plan_change_shut({ street: change.street ?? m.plan_segments({ count: change.segments?.length ?? 0 }) });
    case 'more_calls': return change.factor >= 1 ? m.plan_change_calls({ percent: Math.round((change.factor - 1) * 100) }) : m.plan_change_fewer({ percent: Math.round((1 - change.factor) * 100) });
  }
}
/** The sentence of what will be played. */
export function played(question: Pick<Question, 'days' | 'replications' | 'demand'>, changes: string[], choices: Choices | null): string {
  const { days, replications } = question;
  const what = changes.join(m.plan_and());
  const record = choices?.record;
  return question.demand === 'own' && record ? m.plan_will_own({ days, replications, what, calls: record.calls, of: Math.round(record.days) }) : m.plan_will_generated({ days, replications, what });
}

/** Asks a question; answers its study, or nothing where it was refused. */
export async function askStudy(floor: Floor, question: Question): Promise<string> {
  let study = '';
  await floor.act(async () => {
    const receipt: Receipt = await ask(STUDIES_DOOR, question);
    study = receipt.subject.replace(/^study:/, '');
    return receipt;
  }, m.plan_done_asked());
  return study;
}
export const order = (floor: Floor, study: string, what: 'stop' | 'propose' | 'adopt' | 'decline' | 'end', body: object, said: string): Promise<boolean> =>
  floor.act(() => ask(studyAt(study, what), body), said);

/** The paper for the council, saved as a file. */
export async function savePaper(floor: Floor, study: string, language: 'en' | 'zh'): Promise<void> {
  try {
    save(await fetched(studyAt(study, 'paper'), { language }), `tocsin-study-${study}-${language}.pdf`);
  } catch (no) {
    if (!(no instanceof Fault)) throw no;
    floor.complain(no);
  }
}

