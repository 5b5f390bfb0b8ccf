// The words of delayed disclosure: how one stands, and what a showing was.
import type { DelayState } from '../model/delays';
import type { TrailLine } from '../model/trail';
import { m } from '../words/messages.js';

export interface DelaySaid { when?: string; by?: string; granted?: boolean }
export const DELAY: Record<DelayState, (said: DelaySaid) => string> = {
  asked: () => m.delay_asked(), granted: ({ when = '' }) => m.delay_granted({ when }), over: ({ when = '' }) => m.delay_over({ when }),
  refused: ({ by = '' }) => m.delay_refused({ name: by }), ended: ({ by = '', granted }) => (granted ? m.delay_ended({ name: by }) : m.delay_taken_back({ name: by })),
};
export const TRAIL_HOW: Record<TrailLine['how'], () => string> = {
  shown: m.trail_how_shown, printed: m.trail_how_printed, file: m.trail_how_file, export: m.trail_how_export, handed_over: m.trail_how_handed_over, read: m.trail_how_read,
};
export const TRAIL_FIELD: Record<string, () => string> = { caller: m.field_caller, number: m.field_number, words: m.field_words, file: m.field_file };
