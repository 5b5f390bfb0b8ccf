// The words of what is watched in the staff's own use: patterns, measures, decisions; and how a hold stands.
import type { Decision, HoldState } from '../model/watching';
import { m } from '../words/messages.js';

export const PATTERN: Record<string, () => string> = {
  beyond_peers: m.find_beyond_peers, off_post: m.find_off_post, over_and_over: m.find_over_and_over, bulk: m.find_bulk, long_closed: m.find_long_closed, own_record: m.find_own_record,
  glass_unreviewed: m.find_glass_unreviewed, sample_questioned: m.find_sample_questioned, sample_unreviewed: m.find_sample_unreviewed,
};
export const MEASURE: Record<string, () => string> = {
  records: m.find_m_records, allowed: m.find_m_allowed, peers_median: m.find_m_peers_median, deviations: m.find_m_deviations, days: m.find_m_days,
  within_s: m.find_m_within, hours_since: m.find_m_hours_since, hours_allowed: m.find_m_hours_allowed,
  own_name: m.find_m_own_name, own_number: m.find_m_own_number, own_address: m.find_m_own_address,
};
export const WAS: Record<Decision, () => string> = { explained: m.find_was_explained, mistake: m.find_was_mistake, breach: m.find_was_breach };
export const BUTTON: Record<Decision, () => string> = { explained: m.find_do_explained, mistake: m.find_do_mistake, breach: m.find_do_breach };
export const HOLD: Record<HoldState, () => string> = {
  asked: m.hold_asked, stands: m.hold_stands, lift_asked: m.hold_lift_asked, lifted: m.hold_lifted, over: m.hold_over,
};
