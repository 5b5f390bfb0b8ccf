// The words of what is given out, by the codes that its doors use.
import type { ExportRow, FieldClass, Receiving, Standing, To, Traced, What } from '../model/outflow';
import { m } from '../words/messages.js';

export const WHAT: Record<What, () => string> = { incidents: m.out_kind_incidents, story: m.out_kind_story, facts: m.out_kind_facts, statistics: m.out_kind_statistics };
export const TO: Record<To, () => string> = { court: m.out_to_court, agency: m.out_to_agency, insurer: m.out_to_insurer, researcher: m.out_to_researcher, person: m.out_to_person };
export const FIELD: Record<FieldClass, () => string> = { caller: m.out_field_caller, number: m.out_field_number, words: m.out_field_words, file: m.out_field_file };
export const HOW: Record<Receiving['how'], () => string> = { export: m.out_how_export, handed_over: m.out_how_handed_over, printed: m.out_how_printed, file: m.out_how_file, shown: m.out_how_shown };
export const STEP: Record<string, () => string> = {
  previewed: m.out_step_previewed, approved: m.out_step_approved, refused: m.out_step_refused, withdrawn: m.out_step_withdrawn, delivered: m.out_step_delivered, traced: m.out_step_traced,
};
export const STANDING: Record<Standing, (name: ExportRow['decided_by']) => string> = {
  asked: () => m.out_state_asked(), approved: (name) => m.out_state_approved({ name }), refused: (name) => m.out_state_refused({ name }), withdrawn: () => m.out_state_withdrawn(),
  expired: () => m.out_state_expired(), spent: () => m.out_state_spent(),
};
export const LAYER: Record<Traced['layer'], (found: Traced) => string> = {
  picture: () => m.out_trace_picture(), unseen: () => m.out_trace_unseen(), wording: ({ agree, seen }) => m.out_trace_wording({ agree, seen }), told: () => m.out_trace_told(), none: () => m.out_trace_none(),
};
