// What somebody is, in words: one role, or several in one line.
import { m } from '../words/messages.js';

const WORDS: Record<string, () => string> = {
  call_taker: m.trail_role_call_taker, dispatcher: m.trail_role_dispatcher, supervisor: m.trail_role_supervisor, responder: m.trail_role_responder,
  planner: m.trail_role_planner, auditor: m.trail_role_auditor, admin: m.trail_role_admin, partner: m.trail_role_partner, device: m.trail_role_device,
};

export const roleWord = (code: string): string => WORDS[code]?.() ?? code;
export const roleWords = (codes: readonly string[]): string => codes.map(roleWord).join(m.rights_and());

const OWN: Record<string, () => string> = { name: m.own_kind_name, number: m.own_kind_number, address: m.own_kind_address };

/** A kind of own detail in words. */
export const ownWord = (kind: string): string => OWN[kind]?.() ?? kind;
