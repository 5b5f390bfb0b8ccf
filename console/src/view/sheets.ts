// The sheets that can be opened over the map, one line each: key, words, how much waits in it, and the component.
import type { Component } from 'svelte';
import type { MajorRow, TaskRow } from '../model/command';
import { overdue as late } from '../model/command';
import { desk } from '../house/desk.svelte';
import { health } from '../house/health.svelte';
import { overdue, type TimerRow } from '../model/timers';
import { m } from '../words/messages.js';
import type { Floor } from './floor.svelte';
import Queue from './Queue.svelte';
import { waiting } from './mail.svelte';
import MessagesSheet from './MessagesSheet.svelte';
import PaperSheet from './PaperSheet.svelte';
import TimersSheet from './TimersSheet.svelte';
import Majors from './Majors.svelte';
import Layers from './Layers.svelte';
import Access from './Access.svelte';
import Duty from './Duty.svelte';
import HandbookSheet from './HandbookSheet.svelte';
import MovesReport from './MovesReport.svelte';
import Planning from './Planning.svelte';
import { STUDIES_DOOR } from './planning';
import { CHECKS_DOOR } from './checking';
import Posts from './Posts.svelte';
import Trackers from './Trackers.svelte';
import { TRACKERS_DOOR } from './tracking';
import Sites from './Sites.svelte';
import Aid from './Aid.svelte';
import { aidPresses, aidWaits, type AidRow, type LoanRow } from '../model/aid';
import { lasts, type GlassRow } from '../model/access';
import type { CheckRow } from '../model/checks';
import { delayWaits, type DelayRow } from '../model/delays';
import { holdWaits, type FindingRow, type HoldRow, type SampleRow } from '../model/watching';

export interface SheetProps { floor: Floor; close: () => void }
export interface Sheet {
  code: string;
  /** The key that opens and closes it, anywhere on the page but in a field. */
  key: string;
  title: () => string;
  /** How much in it waits for somebody; 0 shows no count. `urgent` marks the count as one to act on. */
  waits: (floor: Floor) => number;
  urgent: (floor: Floor) => boolean;
  /** A door without which the sheet is not shown to this person; empty: shown to everybody. */
  door: string;
  /** Whether it covers the whole middle; a narrow one stands at its left edge and leaves the map in sight. */
  wide: boolean;
  /** Whether it covers the right panel as well, which then takes no keys. */
  whole?: boolean;
  /** Whether its name stands at the foot only while something waits in it, or it is open. */
  rare?: boolean;
  view: Component<SheetProps>;
}

/** For so long what a check did not hear counts at the foot of the page. */
const RECENT_US = 3600e6;
const due = (floor: Floor): TimerRow[] => overdue(floor.live.rows<TimerRow>('timer'), floor.live.now);
/** What of the commands asks for somebody: objectives whose time is over, tasks that a partner gave back. */
const unmet = (floor: Floor): number => floor.live.rows<MajorRow>('major').flatMap((row) => row.board.objectives).filter((one) => late(one, floor.live.now)).length
  + floor.live.rows<TaskRow>('task').filter((row) => row.now.state === 'declined' && !row.loose).length;

/** Broken glass that asks for a reviewer: it lasts, or nobody has looked at it yet. */
const glass = (floor: Floor): GlassRow[] => (desk.may('/api/glass/{glass}/review')
  ? floor.stream.rows<GlassRow>('glass').filter((row) => row.verdict === null && row.by !== desk.me?.name) : []);

/** Findings and samples that wait for a reviewer, holds and delays that wait for a second person. */
const oversight = (floor: Floor): number => (desk.may('/api/findings/{finding}/decide') ? floor.stream.rows<FindingRow>('finding').filter((row) => row.decision === null).length
  + floor.stream.rows<SampleRow>('sample').filter((row) => row.outcome === null).length : 0)
  + (desk.may('/api/holds/{hold}/grant') ? floor.stream.rows<HoldRow>('hold').filter((row) => holdWaits(row, floor.stream.now, desk.me?.name ?? '')).length : 0)
  + (desk.may('/api/delays/{delay}/grant') ? floor.stream.rows<DelayRow>('delay').filter((row) => delayWaits(row, desk.me?.name ?? '')).length : 0);

/** Units that a spot check was missed by and that are on that shift still, for whoever asks for checks. */
const unheard = (floor: Floor): number => (desk.may(CHECKS_DOOR) ? floor.live.rows<CheckRow>('check').filter((row) => floor.live.now - row.due_at < RECENT_US)
  .flatMap((row) => row.units).filter((one) => one.heard === 'missing' && floor.live.units.some((unit) => unit.id === one.unit && unit.shift === one.shift)).length : 0);

export const SHEETS: readonly Sheet[] = [
  { code: 'queue', key: 'q', title: m.queue_title, waits: (floor) => floor.reception.waiting.length,
    urgent: (floor) => floor.reception.waiting.some((row) => floor.reception.late(row)), door: '/api/contacts', wide: false, view: Queue },
  { code: 'timers', key: 't', title: m.timer_title, waits: (floor) => due(floor).length, urgent: (floor) => due(floor).some((row) => row.step > 0),
    door: '/api/timers', wide: false, view: TimersSheet },
  { code: 'messages', key: 'm', title: m.msg_title, waits: (floor) => waiting(floor).length, urgent: (floor) => waiting(floor).some((row) => row.urgent),
    door: '/api/messages', wide: false, view: MessagesSheet },
  { code: 'majors', key: 'b', title: m.major_title, waits: (floor) => floor.live.rows('major').length, urgent: (floor) => unmet(floor) > 0, door: '/api/majors/{major}', wide: true, whole: true, view: Majors },
  { code: 'layers', key: 'k', title: m.layer_title, waits: () => 0, urgent: () => false, door: '', wide: false, view: Layers },
  { code: 'access', key: 'v', title: m.access_title, waits: (floor) => glass(floor).length + oversight(floor), urgent: (floor) => glass(floor).some((row) => lasts(row, floor.stream.now)),
    door: '/api/rights', wide: true, view: Access },
  { code: 'paper', key: 'd', title: m.pack_title, waits: () => health.unwell.length, urgent: () => true, door: '/api/pack.pdf', wide: true, view: PaperSheet },
  { code: 'sites', key: 'z', title: m.sites_title, waits: (floor) => floor.live.rows('conflict').length, urgent: () => true, door: '/api/conflicts/{conflict}', wide: true, rare: true, view: Sites },
  { code: 'aid', key: 's', title: m.aid_title, waits: (floor) => aidWaits(floor.live.rows<AidRow>('aid'), floor.live.rows<LoanRow>('loan')),
    urgent: (floor) => aidPresses(floor.live.rows<AidRow>('aid'), floor.live.now), door: '/api/aid', wide: true, rare: true, view: Aid },
  { code: 'moved', key: 'R', title: m.moved_title, waits: () => 0, urgent: () => false, door: '/api/cover/moves/report', wide: true, whole: true, rare: true, view: MovesReport },
  { code: 'planning', key: 'P', title: m.plan_title, waits: () => 0, urgent: () => false, door: STUDIES_DOOR, wide: true, whole: true, rare: true, view: Planning },
  { code: 'posts', key: 'K', title: m.posts_title, waits: (floor) => unheard(floor), urgent: () => false, door: CHECKS_DOOR, wide: true, whole: true, rare: true, view: Posts },
  { code: 'trackers', key: 'T', title: m.track_title, waits: () => 0, urgent: () => false, door: TRACKERS_DOOR, wide: true, whole: true, rare: true, view: Trackers },
  { code: 'handbook', key: 'B', title: m.crewpage_handbook, waits: () => 0, urgent: () => false, door: '/api/handbook', wide: false, rare: true, view: HandbookSheet },
  { code: 'duty', key: 'y', title: m.duty_title, waits: () => 0, urgent: () => false, door: '/api/duty', wide: true, whole: true, view: Duty },
];
