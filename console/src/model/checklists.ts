// Checklists as pages read them: the list of an incident's kind, and which unit ticked what.
import type { Instant, Words } from './contract';

export interface Tick { list: string; item: string; unit: string; shift: string; at: Instant }
export interface ChecklistRow { row: 'checklist'; id: string; ticks: Tick[] }
export interface Checklist { code: string; says: Words; kinds: string[]; items: { code: string; says: Words }[] }
export interface ChecklistsView { version: string; sample: boolean; lists: Checklist[] }

export const listOf = (view: ChecklistsView | null, kind: string): Checklist | undefined => view?.lists.find((one) => one.kinds.includes(kind));

/** The ticks of one item, in order. */
export const ticksOf = (row: ChecklistRow | undefined, list: string, item: string): Tick[] => row?.ticks.filter((one) => one.list === list && one.item === item) ?? [];

/** How many items of a list some unit has ticked. */
export const done = (row: ChecklistRow | undefined, list: Checklist): number => list.items.filter((item) => ticksOf(row, list.code, item.code).length).length;
