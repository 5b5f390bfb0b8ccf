// The parts that the floor leans on, in words.
import { m } from '../words/messages.js';

const WORDS: Record<string, () => string> = {
  ledger: m.fail_part_ledger, database: m.fail_part_database, disk: m.fail_part_disk, lead: m.fail_part_lead, followers: m.fail_part_followers, clock: m.fail_part_clock, lanes: m.fail_part_lanes,
  positions: m.fail_part_positions, tiles: m.fail_part_tiles, routing: m.fail_part_routing, pictures: m.fail_part_pictures,
  witnesses: m.fail_part_witnesses, bus: m.fail_part_bus, floor: m.fail_part_floor, conflicts: m.fail_part_conflicts, site_rate: m.fail_part_site_rate, backup: m.fail_part_backup, trackers: m.fail_part_trackers, calling: m.fail_part_calling,
};

export const partWord = (name: string): string => WORDS[name]?.() ?? name;
