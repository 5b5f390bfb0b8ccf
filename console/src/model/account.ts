// What the doors of accounts, people and machine keys answer with.
import type { Instant, Words } from './contract';

export interface PasskeyLine { id: string; label: string; made: Instant; used: Instant }
export interface SessionLine { id: string; since: Instant; seen: Instant; until: Instant; way: string; agent: string; this: boolean }
export interface PostLine { code: string; name: Words; roles: string[]; hours: number }
export interface AccountView {
  name: string; roles: string[]; passkeys: PasskeyLine[]; second: boolean; recovery_left: number; sessions: SessionLine[];
  posts: PostLine[]; post: string; post_until: Instant; own: string[];
}
export interface PersonLine {
  name: string; roles: string[]; posts: string[]; agency: string; passkeys: number; second: boolean; password: boolean; ended: boolean;
  post: string; own: string[]; sessions: SessionLine[];
  /** By which means they can be called on duty; what they are is shown to nobody. */
  ways: string[];
}
export interface InviteLine { name: string; kind: string; until: Instant; by: string }
export interface PeopleView { people: PersonLine[]; invited: InviteLine[] }
export interface RolesView { roles: { role: string; doors: { verb: string; path: string; says: string }[] }[] }
export interface LinkView { path: string; until: Instant }
export interface KeyLine { number: string; name: string; roles: string[]; doors: string[]; made: Instant; until: Instant; used: Instant }
export interface KeysView { keys: KeyLine[] }
export interface Opened { kind: 'first' | 'invite' | 'reset' | 'enrol'; name: string; roles: string[]; until: Instant; password: boolean }
export interface Ways { passkey: boolean; oidc: Words | null }

/** What a browser calls itself, short enough to know it again. */
export function browser(agent: string): string {
  const kind = /(Edg|OPR|Firefox|Chrome|Safari)\/(\d+)/.exec(agent.replace(/Chrome\/\d+[\d.]* .*(?=(Edg|OPR)\/)/, ''));
  const on = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent);
  return [kind ? `${kind[1]} ${kind[2]}` : agent.slice(0, 40), on?.[1]].filter(Boolean).join(' · ');
}
