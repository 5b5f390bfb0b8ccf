// What this desk knows and has chosen: who is signed in, the plan, the fleet's kinds, language, theme, and the selection.
import type { AidView } from '../model/aid';
import type { ChecklistsView } from '../model/checklists';
import type { FleetView, Me, PlanView, Words } from '../model/contract';
import type { HazardKinds } from '../model/hazards';
import type { RuleLine, TimersView } from '../model/timers';
import { overwriteGetLocale } from '../words/runtime.js';

export type Tongue = 'en' | 'zh';
export type Theme = 'dark' | 'light';
const remembered = (name: string): string | null => localStorage.getItem(`tocsin.${name}`);

class Desk {
  me = $state.raw<Me | null>(null);
  plan = $state.raw<PlanView | null>(null);
  fleet = $state.raw<FleetView | null>(null);
  timers = $state.raw<TimersView | null>(null);
  aid = $state.raw<AidView | null>(null);
  hazards = $state.raw<HazardKinds | null>(null);
  checklists = $state.raw<ChecklistsView | null>(null);
  /** Whether this person's glass is broken now: more doors are open to them. */
  broken = $state(false);
  tongue = $state<Tongue>(
    (remembered('tongue') as Tongue | null) ?? (navigator.language.startsWith('zh') ? 'zh' : 'en'));
  theme = $state<Theme>(
    (remembered('theme') as Theme | null) ?? (matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark'));

  constructor() {
    overwriteGetLocale(() => this.tongue);
    this.#show();
  }

  /** Whether this person's role opens a door; what is closed is shown closed, with whom to ask. */
  may = (door: string): boolean => (this.me?.doors.includes(door) ?? false) || (this.broken && (this.me?.glass.includes(door) ?? false));

  /** The page wears theme and language at once: whatever draws next (the map reads its inks from the page) sees them. */
  #show(): void {
    document.documentElement.dataset['theme'] = this.theme;
    document.documentElement.lang = this.tongue === 'zh' ? 'zh-CN' : 'en';
  }

  speak(tongue: Tongue): void {
    this.tongue = tongue;
    this.#show();
    localStorage.setItem('tocsin.tongue', tongue);
  }

  light(theme: Theme): void {
    this.theme = theme;
    this.#show();
    localStorage.setItem('tocsin.theme', theme);
  }

  /** Who did something: people by name, the house's own rooms as the house. */
  who = (by: string): string => (by.startsWith('room:') ? 'Tocsin' : by);

  /** Words in the language of this desk. */
  in = (words: Words): string => words[this.tongue];

  /** The plan's own words stand in the middle of a sentence; at the head of a row they begin with a capital. */
  #headed = (words: Words): string => {
    const said = this.in(words);
    return said.charAt(0).toUpperCase() + said.slice(1);
  };

  kind = (code: string): string => {
    const line = this.plan?.kinds.find((kind) => kind.code === code);
    return line ? this.#headed(line.says) : code;
  };
  skill = (code: string): string => {
    const says = this.plan?.skills[code];
    return says ? this.in(says) : code;
  };
  state = (code: string): string => {
    const says = this.fleet?.states[code];
    return says ? this.#headed(says) : code;
  };
  rule = (code: string): RuleLine | undefined => this.timers?.rules.find((line) => line.code === code);
  ruleName = (code: string): string => {
    const says = this.rule(code)?.says;
    return says ? this.#headed(says) : code;
  };
  unitKind = (code: string): string => {
    const line = this.fleet?.kinds.find((kind) => kind.code === code);
    return line ? this.#headed(line.says) : code;
  };
  /** A neighbouring city by its code. */
  neighbour = (code: string): string => {
    const says = this.aid?.neighbours[code];
    return says ? this.in(says) : code;
  };
  letter = (code: string): string =>
    this.fleet?.kinds.find((kind) => kind.code === code)?.letter ?? code.slice(0, 1).toUpperCase();
}

export const desk = new Desk();
