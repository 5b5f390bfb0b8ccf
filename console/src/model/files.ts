// Files on an incident: what the doors answer, what may be chosen, and what is said of one.
import type { Instant } from './contract';

export interface FileLine {
  file: string; at: Instant; by: string; media: string; size: number; width: number; height: number; stripped: string[]; length_ms: number; name: string | null; destroyed: boolean;
}
export interface Files { incident: string; files: FileLine[] }

export const MOST_BYTES = 10 * 1024 * 1024;
/** Naming these, a phone hands its photos over as JPEG. */
export const ACCEPT = 'image/jpeg,image/png,image/webp,application/pdf,text/plain,audio/ogg,audio/webm,audio/mp4';
/** A system that goes by a name alone calls a recording a film; the house looks into it. */
const MEDIA = [...ACCEPT.split(','), 'audio/x-m4a', 'video/webm'];

/** What keeps a file from being sent at all, before the house looks into it: `file_large`, `file_kind` or nothing. */
export function barred(size: number, media: string): '' | 'file_large' | 'file_kind' {
  if (size > MOST_BYTES) return 'file_large';
  return media && !MEDIA.includes(media) ? 'file_kind' : '';
}

export const isPicture = (media: string): boolean => media.startsWith('image/');
export const isVoice = (media: string): boolean => media.startsWith('audio/');

/** A length as it is spoken of: minutes and seconds, '0:32'. */
export const spoken = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

/** A size in words: whole kilobytes, or megabytes with one place. */
export const sized = (bytes: number): string => (bytes >= 1_048_576 ? `${(bytes / 1_048_576).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} kB`);
