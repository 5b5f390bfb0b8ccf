// Files on an incident: what the doors answer, what may be chosen, and what is said of one.
import type { Instant } from './contract';

export interface FileLine {
  file: string; at: Instant; by: string; media: string; size: number; width: number; height: number; stripped: string[]; name: string | null; destroyed: boolean;
}
export interface Files { incident: string; files: FileLine[] }

export const MOST_BYTES = 10 * 1024 * 1024;
/** Naming these, a phone hands its photos over as JPEG. */
export const ACCEPT = 'image/jpeg,image/png,image/webp,application/pdf,text/plain';
const MEDIA = ACCEPT.split(',');

/** What keeps a file from being sent at all, before the house looks into it: `file_large`, `file_kind` or nothing. */
export function barred(size: number, media: string): '' | 'file_large' | 'file_kind' {
  if (size > MOST_BYTES) return 'file_large';
  return media && !MEDIA.includes(media) ? 'file_kind' : '';
}

export const isPicture = (media: string): boolean => media.startsWith('image/');

/** A size in words: whole kilobytes, or megabytes with one place. */
export const sized = (bytes: number): string => (bytes >= 1_048_576 ? `${(bytes / 1_048_576).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} kB`);
