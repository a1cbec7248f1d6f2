/** Every message on the wire, its version and its rules. Decoded once, at the edge. */
import * as z from 'zod';
import { parseGameDate, type GameDate } from '../domain/game-date.ts';
import { isSeason } from '../domain/season.ts';
import { PHASES } from '../domain/table.ts';

export const SCHEMA_VERSION = 1;

/** Dates of one run at most. */
export const MAX_RUN_DATES = 250;
/** Dates a request may list one by one. */
export const MAX_REQUEST_DATES = 2000;

const gameDate = z.custom<GameDate>(
  (value) => typeof value === 'string' && parseGameDate(value) !== undefined,
  {
    error: (issue) => `${JSON.stringify(issue.input)} is not a calendar date in the form YYYY-MM-DD`,
  },
);
const season = z.string().refine(isSeason, { error: 'must be a season such as "2023-24"' });
const phase = z.enum(PHASES, { error: `must be one of ${PHASES.join(', ')}` });
const text = z.string().min(1).max(500);
const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$/, {
  error: 'must be 1 to 128 letters, digits or _ . : - and begin with a letter or digit',
});

/** Place of the message in a trace, as W3C Trace Context writes it; one that cannot be read is passed over. */
const traceparent = text.optional();

/**
 * What a person, the gap detector or an import asks for. Exactly one of `startDate` + `endDate`, `dates` and `season`
 * says which dates; everything else has a default.
 */
export const backfillRequest = z
  .strictObject({
    schemaVersion: z.literal(SCHEMA_VERSION).optional(),
    kind: z.literal('backfill_request').optional(),
    /** The same id twice is one backfill. Default: the id the broker gave the message. */
    requestId: id.optional(),
    startDate: gameDate.optional(),
    endDate: gameDate.optional(),
    dates: z.array(gameDate).min(1).max(MAX_REQUEST_DATES).optional(),
    season: season.optional(),
    from: phase.optional(),
    through: phase.optional(),
    tables: z.array(text).min(1).max(100).optional(),
    only: z
      .enum(['all', 'missing', 'failed', 'stale'], { error: 'must be one of all, missing, failed, stale' })
      .optional(),
    restate: z.enum(['auto', 'mark', 'none'], { error: 'must be one of auto, mark, none' }).optional(),
    force: z.boolean().optional(),
    maxInFlight: z.int().min(1).max(64).optional(),
    skipPreflight: z.strictObject({ reason: text }).optional(),
    dryRun: z.boolean().optional(),
    requestedBy: text.optional(),
    traceparent,
  })
  .superRefine((request, context) => {
    const ways = [request.startDate ?? request.endDate, request.dates, request.season].filter(
      (way) => way !== undefined,
    ).length;
    if (ways !== 1) {
      context.addIssue({
        code: 'custom',
        message: 'Say which dates: startDate and endDate, or dates, or season (exactly one of the three)',
      });
    }
    if ((request.startDate === undefined) !== (request.endDate === undefined)) {
      context.addIssue({ code: 'custom', message: 'startDate and endDate go together' });
    }
    if (
      request.startDate !== undefined &&
      request.endDate !== undefined &&
      request.endDate < request.startDate
    ) {
      context.addIssue({
        code: 'custom',
        path: ['endDate'],
        message: `endDate ${request.endDate} is before startDate ${request.startDate}`,
      });
    }
    if (
      request.from !== undefined &&
      request.through !== undefined &&
      PHASES.indexOf(request.through) < PHASES.indexOf(request.from)
    ) {
      context.addIssue({
        code: 'custom',
        path: ['through'],
        message: `through ${request.through} comes before from ${request.from}`,
      });
    }
  });
export type BackfillRequest = z.infer<typeof backfillRequest>;

const mode = z.enum(['live', 'backfill']);
const envelope = {
  schemaVersion: z.literal(SCHEMA_VERSION),
  eventId: id,
  correlationId: id,
  causationId: id.nullable(),
  traceparent,
};

/** Ask for one run: one table, some dates of one season. Carries no state; the run document holds it. */
export const runRequested = z.strictObject({
  ...envelope,
  kind: z.literal('run_requested'),
  runId: id,
  table: text,
  dates: z
    .array(
      z.strictObject({ date: gameDate, inputFingerprint: text, accepted: z.array(text).max(10).optional() }),
    )
    .min(1)
    .max(MAX_RUN_DATES),
  mode,
  backfillId: id.nullable(),
  through: phase,
});
export type RunRequested = z.infer<typeof runRequested>;

const completedStatus = z.enum(['success', 'partial', 'empty', 'skipped', 'failed']);
const count = z.int().min(0);

/** Entity -> hash of its game. There are thousands in one message, so they are looked at in one go. */
const gameHashes = z.custom<Readonly<Record<string, string>>>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((hash) => typeof hash === 'string'),
  { error: 'must be an object of texts' },
);

/** What became of one date of a run; rows and fingerprint are those read back from the warehouse. */
export const completedDate = z.strictObject({
  date: gameDate,
  status: completedStatus,
  inputFingerprint: text,
  rows: count,
  expectedRows: count,
  games: count,
  expectedGames: count,
  readyRows: count,
  syntheticRows: count,
  outputFingerprint: text.nullable(),
  reason: z.string().max(2000).optional(),
  gameHashes: gameHashes.optional(),
});
export type CompletedDate = z.infer<typeof completedDate>;

/** What became of a run: published for every mode and every status. */
export const runCompleted = z.strictObject({
  ...envelope,
  kind: z.literal('run_completed'),
  runId: id,
  token: count,
  table: text,
  mode,
  backfillId: id.nullable(),
  through: phase,
  dates: z.array(completedDate).min(1).max(MAX_RUN_DATES),
});
export type RunCompleted = z.infer<typeof runCompleted>;

/** Look at everything that may have been left behind: sent on a schedule, and by whoever changes the state of a backfill. */
export const sweepRequested = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION).optional(),
  kind: z.literal('sweep_requested').optional(),
  /** Also compare what documents say with what the warehouse holds. */
  reconcile: z.boolean().optional(),
  /** Only show that messages are answered: write `probes/{probeId}` and do nothing else. */
  probeId: id.optional(),
});
export type SweepRequested = z.infer<typeof sweepRequested>;

/** A message that reached its last delivery attempt, wrapped with where it came from. */
export const deadLettered = z.strictObject({
  kind: z.literal('dead_lettered'),
  subscription: text,
  topic: text,
  messageId: text,
  body: z.string(),
  attempts: count,
  reason: z.string(),
});
export type DeadLettered = z.infer<typeof deadLettered>;

export type Message = RunRequested | RunCompleted;
