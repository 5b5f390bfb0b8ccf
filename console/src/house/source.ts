// Where the floor's rows come from: the live stream, or one past second; whoever draws need not know which.
import type { ClosureRow, IncidentRow, Instant, PositionRow, Row, UnitRow } from '../model/contract';

export type Link = 'opening' | 'live' | 'stale' | 'lost' | 'cut';

export interface Source {
  readonly incidents: IncidentRow[];
  readonly units: UnitRow[];
  readonly closures: ClosureRow[];
  /** Grows with each change of a position; the positions themselves are read from `position`. */
  readonly moved: number;
  readonly link: Link;
  /** The second that is shown; ages are counted to it. */
  readonly now: Instant;
  readonly speed: number;
  /** Whether a whole picture has come. */
  readonly whole: boolean;
  rows: <Kind extends Row>(name: Kind['row']) => Kind[];
  position: (unit: string) => PositionRow | undefined;
  /** Called where the server no longer knows who is asking. */
  turned: () => void;
}
