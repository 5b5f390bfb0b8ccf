// A server's no in words: what happened, and what to do about it, in the desk's language.
import type { Problem } from '../model/contract';
import { desk } from '../house/desk.svelte';
import { m } from '../words/messages.js';

/** What to do about each code that a desk can do something about; the sentence of what happened comes from the house. */
const ADVICE: Record<string, () => string> = {
  unreached: m.advice_unreached,
  unit_busy: m.advice_unit_busy,
  units_on_it: m.advice_units_on_it,
  units_still_on: m.advice_units_on_it,
  incident_joined: m.alike_advice_joined,
  difference_unseen: m.alike_advice_look,
  others_joined_here: m.alike_advice_other_way,
  role_missing: m.advice_role,
  not_allowed: m.advice_role,
  overloaded: m.advice_overloaded,
  slow_down: m.advice_overloaded,
  ledger_full: m.advice_full,
  'ledger.full': m.advice_full,
  sign_in_first: m.advice_sign_in,
  field_wrong: m.advice_field,
  delay_decided: m.advice_delay_look,
  delay_over: m.advice_delay_look,
};

export function explain(problem: Problem): { text: string; advice: string } {
  const said = desk.tongue === 'zh' ? problem.title_zh || problem.title : problem.title || problem.title_zh;
  const text = problem.code === 'unreached' ? m.fault_unreached() : said || m.fault_unknown({ code: problem.code });
  return { text, advice: ADVICE[problem.code]?.() ?? (problem.status >= 500 ? m.advice_server() : '') };
}
