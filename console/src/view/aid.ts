// Help between cities in words: why a city says no, how far an asking has come, and what a letter speaks of.
import { standing, type AidRow, type LetterRow } from '../model/aid';
import { desk } from '../house/desk.svelte';
import type { Need } from '../model/contract';
import { m } from '../words/messages.js';

const REASON: Record<string, () => string> = {
  busy: m.aid_reason_busy, least_stays: m.aid_reason_least_stays, too_far: m.aid_reason_too_far, no_such_unit: m.aid_reason_no_such_unit, other: m.aid_reason_other,
};
export const whyNot = (code: string): string => REASON[code]?.() ?? code;

export const wanted = (needs: readonly Need[]): string => needs.map((need) => `${need.count} × ${desk.skill(need.skill)}`).join(', ');

/** How far an asking of ours has come. */
export function stands(row: AidRow, letters: readonly LetterRow[]): string {
  const count = row.loans.length;
  switch (standing(row, letters)) {
    case 'asked': return m.aid_state_asked();
    case 'refused': return m.aid_state_refused();
    case 'heard': return m.aid_state_heard();
    case 'lent': return m.aid_state_lent({ count });
    case 'declined': return m.aid_state_declined({ reason: whyNot(row.reason) }) + (count ? ` · ${m.aid_state_lent({ count })}` : '');
    case 'ended': return m.aid_state_ended({ count });
  }
}

const LETTER: Record<string, (of: { unit: string }) => string> = {
  asked: m.aid_letter_asked, ended: m.aid_letter_ended, declined: m.aid_letter_declined, lent: m.aid_letter_lent, recalled: m.aid_letter_recalled, over: m.aid_letter_over,
  told: m.aid_letter_told,
};
export const letterWord = (row: LetterRow): string => LETTER[row.letter.what]?.({ unit: row.letter.theirs?.unit ?? '' }) ?? row.letter.what;
