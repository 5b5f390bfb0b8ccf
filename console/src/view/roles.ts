// What somebody is, in words: one role, or several in one line.
import { m } from '../words/messages.js';

const WORDS: Record<string, () => string> = {
  call_taker: m.trail_role_call_taker, dispatcher: m.trail_role_dispatcher, supervisor: m.trail_role_supervisor, responder: m.trail_role_responder,
  planner: m.trail_role_planner, auditor: m.trail_role_auditor, admin: m.trail_role_admin, partner: m.trail_role_partner, device: m.trail_role_device,
};

export const roleWord = (code: string): string => WORDS[code]?.() ?? code;
export const roleWords = (codes: readonly string[]): string => codes.map(roleWord).join(m.rights_and());
