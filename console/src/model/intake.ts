// Contacts, lines, question trees: their rows and views, the order of the queue, and the way through a tree by the answers given.
import type { Instant, Place, Words } from './contract';

export interface ContactRow {
  row: 'contact'; id: string; channel: string; line: string; state: 'waiting' | 'answered' | 'call_back'; arrived_at: Instant;
  answered_at: Instant; by: string; place: Place | null; from_centre: string; their_number: string; how: string; tried: number;
}
export interface AnsweringRow { row: 'answering'; id: string; of: number; within: number; abandoned: number; p90_s: number }
export interface HandedStory {
  call: string; called_at: Instant; place: Place; kind: string; kind_says: Words; priority: number; line: string; caller: string; notes: string;
  remarks: string[]; answers: { asked: Words; answered: Words; at: Instant; words: string }[]; reason: string;
}
export interface ContactOpened {
  contact: string; channel: string; line: string; arrived_at: Instant; row: ContactRow | null; number: string | null; words: string | null;
  from_centre: string; their_number: string; story: HandedStory | null;
}
export interface LineLine { code: string; says: Words; kinds: string[]; target: { within_s: number; share: number } }
export interface CentreLine { code: string; says: Words; contact: string }
export interface LinesView { sample: boolean; lines: LineLine[]; centres: CentreLine[] }
export interface Belonging { ours: boolean; centre: string; says: Words; contact: string }

export interface Answer {
  code: string; en: string; zh: string; next: string; priority: number; kind: string; certain: boolean; tell: Words | null;
}
export interface Question { en: string; zh: string; answers: Answer[]; words: boolean }
export interface Tree { tree: string; version: string; kind: string; first: string; questions: Record<string, Question>; example: boolean }
export interface QuestionTrees { trees: Tree[] }
export interface GivenAnswer { tree: string; version: string; question: string; answer: string; at: Instant; by: string }
export interface CallAnswers { call: string; protocol: string; from_contact: boolean; answers: GivenAnswer[] }

export const END = 'end';
/** Each question answered on the way, and the one that is due; the same walk as the house takes. */
export interface Way { steps: { question: string; answer: Answer }[]; due: string }

export function walked(tree: Tree, given: readonly GivenAnswer[]): Way {
  const said = new Map(given.filter((one) => one.tree === tree.tree).map((one) => [one.question, one.answer]));
  const steps: Way['steps'] = [];
  let at = tree.first;
  while (at !== END && steps.length <= Object.keys(tree.questions).length) {
    const answer = tree.questions[at]?.answers.find((one) => one.code === said.get(at));
    if (!answer) return { steps, due: at };
    steps.push({ question: at, answer });
    at = answer.next;
  }
  return { steps, due: at };
}

/** The tree to run: the one the call began with until it is at its end, then that of what the incident has become. */
export function running(trees: readonly Tree[], answers: CallAnswers | null, kind: string): Tree | undefined {
  const begun = trees.find((tree) => tree.tree === answers?.protocol.split('@')[0]);
  const now = trees.find((tree) => tree.kind === kind);
  if (!begun || !now || begun === now) return begun ?? now;
  return walked(begun, answers?.answers ?? []).due === END ? now : begun;
}

const RANK = { waiting: 0, answered: 1, call_back: 2 };
/** Who waits stands first, the longest waiting above; then who is spoken with, then who must be called back. */
export const queued = (a: ContactRow, b: ContactRow): number =>
  RANK[a.state] - RANK[b.state] || a.arrived_at - b.arrived_at || (a.id < b.id ? -1 : 1);

/** Kinds that a line names come first, in its order; the rest keep theirs. */
export function byLine<Kind extends { code: string }>(kinds: readonly Kind[], first: readonly string[]): Kind[] {
  return [...first.flatMap((code) => kinds.find((one) => one.code === code) ?? []), ...kinds.filter((one) => !first.includes(one.code))];
}

/** How far a circle is drawn where nobody said how sure it is: wide, for a point would be believed. */
export const UNSURE_M = 1000;
export const radius = (place: Place): number => Math.max(place.accuracy_m ?? UNSURE_M, 5);
