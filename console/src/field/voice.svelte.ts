// A voice note in the making: heard between two presses of a key and at no other time, on the phone's disk before it is sent, thrown away by a key.
import type { Instant } from '../model/contract';
import { m } from '../words/messages.js';
import { field } from './field.svelte';

export interface Note { incident: string; unit: string; shift: string; at: Instant; length_ms: number; sound: Blob }
export const MOST_MS = 120_000;
export const MOST_BYTES = 4 * 1024 * 1024;
/** What a second of the dearest encoder may still bring. */
const SPARE_BYTES = 64 * 1024;
const PIECE_MS = 1_000;
const BITS_PER_S = 32_000;
/** By what is asked for first; each is one that the house takes. */
const TYPES = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4;codecs=mp4a.40.2', 'audio/mp4'];
const KEPT = 'voice';
const type = (): string | undefined => ('MediaRecorder' in globalThis ? TYPES.find((one) => MediaRecorder.isTypeSupported(one)) : undefined);

class Voice {
  stands = $state<'none' | 'asking' | 'recording' | 'ready'>('none');
  /** Why there is none: `denied` by the person or the phone, `missing`: no microphone, or a browser that cannot record. */
  no = $state<'' | 'denied' | 'missing'>('');
  note = $state.raw<Note | null>(null);
  heard_ms = $state(0);
  #recorder: MediaRecorder | null = null;
  #keeps = true;
  readonly able = type() !== undefined && 'mediaDevices' in navigator;

  /** What lay on the phone when the page was closed; what is queued already is no longer in the making. */
  async open(): Promise<void> {
    const note = await field.recall<Note>(KEPT);
    if (!note || this.stands !== 'none' || field.actions.some((one) => one.began === note.at && one.what === 'file')) return;
    [this.note, this.stands] = [note, 'ready'];
  }

  async begin(incident: string): Promise<void> {
    const mimeType = type();
    if (this.stands !== 'none' || !mimeType) return;
    [this.stands, this.no, this.heard_ms, this.#keeps] = ['asking', '', 0, true];
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } }).catch((fault: unknown) => {
      this.no = fault instanceof DOMException && fault.name === 'NotAllowedError' ? 'denied' : 'missing';
      return null;
    });
    if (!stream) return void (this.stands = 'none');
    this.#hear(stream, mimeType, incident);
  }

  #hear(stream: MediaStream, mimeType: string, incident: string): void {
    const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS_PER_S });
    const pieces: Blob[] = [];
    const [at, began] = [Date.now() * 1000, performance.now()];
    const { unit, row } = field;
    const hidden = (): void => void (document.visibilityState === 'hidden' && this.halt());
    const count = setInterval(() => {
      this.heard_ms = Math.min(MOST_MS, performance.now() - began);
      if (this.heard_ms >= MOST_MS) this.halt();
    }, 200);
    recorder.ondataavailable = ({ data }) => {
      pieces.push(data);
      if (pieces.reduce((sum, one) => sum + one.size, 0) > MOST_BYTES - SPARE_BYTES) this.halt();
    };
    recorder.onstop = () => {
      clearInterval(count);
      document.removeEventListener('visibilitychange', hidden);
      stream.getTracks().forEach((track) => track.stop());
      const sound = new Blob(pieces, { type: mimeType.split(';')[0] ?? '' });
      void this.#made({ incident, unit, shift: row?.shift ?? '', at, length_ms: Math.round(this.heard_ms), sound });
    };
    // Nobody is heard by a page that is not seen: a phone that is locked or put to another page ends the recording, and keeps it.
    document.addEventListener('visibilitychange', hidden);
    this.#recorder = recorder;
    recorder.start(PIECE_MS);
    this.stands = 'recording';
  }

  /** The end of it: by its key, after two minutes, or when the page is no longer seen. */
  halt(keeps = true): void {
    if (this.#recorder?.state !== 'recording') return;
    this.#keeps = keeps;
    this.#recorder.stop();
  }

  async #made(note: Note): Promise<void> {
    this.#recorder = null;
    if (!this.#keeps || !note.sound.size) return void (this.stands = 'none');
    [this.note, this.stands] = [note, 'ready'];
    if (!await field.keep(KEPT, note)) field.fault = m.crewpage_voice_unkept();
  }

  /** Into the queue, like a photo, with the time at which it was begun. */
  async send(): Promise<void> {
    const note = this.note;
    if (!note) return;
    const stamp = new Date((note.at + (field.ahead ?? 0)) / 1000).toISOString().slice(11, 19).replaceAll(':', '');
    const name = `${note.unit} ${stamp}.${note.sound.type === 'audio/mp4' ? 'm4a' : 'ogg'}`;
    const { incident, unit, shift, sound, at } = note;
    if (await field.do('file', `/api/incidents/${incident}/files`, {}, { incident, unit, shift, file: sound, name, began: at })) await this.drop();
  }

  async drop(): Promise<void> {
    [this.note, this.stands] = [null, 'none'];
    await field.keep(KEPT, null);
  }

  /** With the shift's end what was not sent is gone, as everything of its work. */
  forget(): void {
    this.halt(false);
    if (this.stands === 'ready') [this.note, this.stands] = [null, 'none'];
  }
}

export const voice = new Voice();
