// Times and ages as the floor reads them: tabular, counting, in the city's own zone.
import type { Instant } from './contract';

/** 'mm:ss' below a hundred minutes, 'h:mm:ss' beyond; a moment that lies ahead counts as now. */
export function age(since: Instant, now: Instant): string {
  return duration(Math.max(0, Math.floor((now - since) / 1e6)));
}

export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  if (minutes < 100) return `${two(minutes)}:${two(whole % 60)}`;
  const hours = Math.floor(minutes / 60);
  return hours < 100 ? `${hours}:${two(minutes % 60)}:${two(whole % 60)}` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A position older than this is marked: a unit that drives reports every few seconds, a parked one every minute. */
export const LATE_US = 120e6;

/** The age of a position: seconds up to two minutes, then minutes, then hours; short, since it stands on every row. */
export function short(since: Instant, now: Instant): string {
  const seconds = Math.max(0, Math.floor((now - since) / 1e6));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}

const formats = new Map<string, Intl.DateTimeFormat>();
function written(zone: string, options: Intl.DateTimeFormatOptions, at: Instant): string {
  const key = zone + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone, hourCycle: 'h23' })));
  return format.format(at / 1000);
}

/** The time of day in the city's zone, '21:04:09'. */
export const clock = (at: Instant, zone: string): string =>
  written(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }, at);

/** Date and time in the city's zone, '2026-11-23 21:04:09'. */
export const moment = (at: Instant, zone: string): string => {
  const day = written(zone, { year: 'numeric', month: '2-digit', day: '2-digit' }, at).split('/').reverse().join('-');
  return `${day} ${clock(at, zone)}`;
};

/** The floor's short form of a running number: `261123-0031` is `31`. One that a site gave while cut off keeps its mark: `261123-north.2-0031` is `north.2-31`. */
export const shortNumber = (id: string): string => (/^\d{6}-([a-z][a-z0-9]*\.\d+-)/.exec(id)?.[1] ?? '') + id.slice(id.lastIndexOf('-') + 1).replace(/^0+(?=.)/, '');
