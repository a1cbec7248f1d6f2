/** Where documents live and what they hold. Everything here is readable by a person in the document store. */
import type { PartitionState } from '../domain/partition.ts';
import type { SeasonCalendar } from '../domain/calendar.ts';
import type { GameDate } from '../domain/game-date.ts';
import type { DateRequest } from '../domain/decide/action.ts';
import type { Mode } from '../domain/partition.ts';
import type { Season } from '../domain/season.ts';
import type { GameHashes } from '../domain/view.ts';
import type { Phase } from '../domain/table.ts';
import type { CompletedDate } from '../messages/schemas.ts';

/** Where a backfill or a run begins in a trace. */
export interface TraceOrigin {
  readonly traceId: string;
  /** The span it is a child of; null at the root. */
  readonly parentId: string | null;
}

export const paths = {
  completion: (phase: Phase, date: GameDate) => `${phase}_completion/${date}`,
  tableSeason: (table: string, season: Season) => `table_seasons/${table}_${season}`,
  gameHashes: (table: string, date: GameDate) => `game_hashes/${table}_${date.slice(0, 7)}`,
  expectations: (season: Season) => `expectations/${season}`,
  archive: (table: string, season: Season) => `archives/${table}_${season}`,
  run: (runId: string) => `runs/${runId}`,
  outbox: (eventId: string) => `outbox/${eventId}`,
  deadLetter: (id: string) => `dead_letters/${id}`,
  probe: (id: string) => `probes/${id}`,
} as const;

/** `expectations/{season}`: which games exist. */
export interface CalendarDocument extends SeasonCalendar {
  /** How often the schedule has been read, so that an older reading never replaces a newer one. */
  readonly readings: number;
}

/** `phase*_completion/{date}`: the inspectable truth for a date. */
export interface CompletionDocument {
  readonly phase: Phase;
  readonly date: GameDate;
  readonly tables: Readonly<Record<string, PartitionState & { readonly readyPct: number | null }>>;
  readonly updatedAt: string;
}

/** `table_seasons/{table}_{season}`: the same states by table, so that a decision reads a handful of documents. */
export interface TableSeasonDocument {
  readonly table: string;
  readonly season: Season;
  readonly dates: Readonly<Record<string, PartitionState>>;
}

/**
 * `game_hashes/{table}_{month}`: for tables that others read by their last n games, the hash of each entity's game, by
 * date. A month is about a third of what one document may hold.
 */
export interface GameHashesDocument {
  readonly dates: Readonly<Record<string, GameHashes>>;
}

/** `runs/{runId}`: one run and its attempts. */
export interface RunDocument {
  readonly runId: string;
  readonly table: string;
  readonly phase: Phase;
  readonly dates: readonly DateRequest[];
  readonly mode: Mode;
  readonly backfillId: string | null;
  readonly through: Phase;
  readonly correlationId: string;
  /** The trace of the run; without it, the one of its correlation id. */
  readonly trace?: TraceOrigin;
  readonly state: 'requested' | 'running' | 'settled';
  /** Base of the fencing token; a takeover adds its attempt, so that later owners carry larger tokens. */
  readonly token: number;
  readonly attempt: number;
  readonly lease: { readonly holder: string; readonly expiresAt: string } | null;
  readonly requestedAt: string;
  /** When somebody was last told of it: that it is to be done, or that it is done. */
  readonly askedAt: string;
  /** An earlier run of one of its dates failed, so that somebody may still be about to publish for it. */
  readonly afterFailure: boolean;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly lastError: string | null;
  /** What became of each date, without the game hashes. */
  readonly outcome: readonly CompletedDate[] | null;
  /** Whether what follows from the outcome has been looked at. */
  readonly followed: boolean;
  /** The inputs of each date, as they were when the run was asked for. */
  readonly manifest: readonly {
    readonly table: string;
    readonly window: string;
    readonly required: boolean;
  }[];
}

/** `dead_letters/{id}`: a message that was set aside, with the reason. */
export interface DeadLetterDocument {
  readonly id: string;
  readonly topic: string;
  readonly subscription: string;
  readonly messageId: string;
  readonly body: string;
  /** False when the message was too long to keep; what is kept is its beginning. */
  readonly isWhole: boolean;
  readonly reason: string;
  readonly attempts: number;
  readonly receivedAt: string;
  readonly replayedAt: string | null;
}

/** `outbox/{eventId}`: a message that is to be published, written with the state change it tells of. */
export interface OutboxDocument {
  readonly eventId: string;
  readonly topic: string;
  readonly body: string;
  readonly createdAt: string;
}

/** `probes/{id}`: a message that was sent to see whether it is answered, and by which code. */
export interface ProbeDocument {
  readonly id: string;
  /** Digest of the code of all tables, so that whoever sent the probe sees which version answers. */
  readonly code: string;
  /** Digest of the bundle that answered; `sources` where the code runs from its sources. */
  readonly bundle: string;
  readonly answeredAt: string;
}
