// The steps of cover in words, for every legend that has them.
import { COVER_STEPS_S } from '../model/layers';
import { m } from '../words/messages.js';

export function coverWord(step: number): string {
  const most = COVER_STEPS_S[step];
  if (most !== undefined) return m.layer_step({ minutes: most / 60 });
  return step === COVER_STEPS_S.length ? m.layer_step_more({ minutes: (COVER_STEPS_S.at(-1) ?? 0) / 60 }) : m.layer_step_nobody();
}
