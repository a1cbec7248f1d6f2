/**
 * Every message that is published, with its version and its rules. Messages are decoded once, when they
 * arrive.
 *
 * During a deployment the code that publishes and the code that consumes are of two versions. What a person asks
 * for must have no unknown field, because a field with a spelling mistake would be ignored. The messages that the
 * pipeline writes for itself may have fields that this code does not know: they are dropped at every depth.
 * A new field that a consumer may ignore is added as an optional one, under the same version. A change that no
 * consumer may ignore (a new status, another meaning of a field) raises {@link SCHEMA_VERSION}.
 */
import * as z from 'zod';
import { RESTATE_POLICIES } from '../domain/decide/restatement.ts';
import { ONLY } from '../domain/plan.ts';
import { parseGameDate, whyNoGameDate, type GameDate } from '../domain/game-date.ts';
import { isSeason } from '../domain/season.ts';
import { PHASES } from '../domain/table.ts';

/** Version of the messages that this code publishes, and the newest that it reads. */
export const SCHEMA_VERSION = 1;
/** The oldest version that this code reads. There has been no version before it. */
export const OLDEST_SCHEMA_VERSION: number = 1;

const schemaVersion = z
  .int()
  .min(OLDEST_SCHEMA_VERSION)
  .max(SCHEMA_VERSION, { error: `must be at most ${SCHEMA_VERSION}; newer code may read it` });

/** Most dates of one run. */
export const MAX_RUN_DATES = 250;
/** Most dates that a request may list one by one. */
export const MAX_REQUEST_DATES = 2000;

const gameDate = z.custom<GameDate>(
  (value) => typeof value === 'string' && parseGameDate(value) !== undefined,
  {
    error: ({ input }) =>
      typeof input === 'string'
        ? whyNoGameDate(input)
        : `${JSON.stringify(input)} is not a calendar date in the form YYYY-MM-DD`,
  },
);
const season = z.string().refine(isSeason, { error: 'must be a season such as "2023-24"' });
const phase = z.enum(PHASES, { error: `must be one of ${PHASES.join(', ')}` });
const text = z.string().min(1).max(500);
/** The id of a message, a run or a backfill. */
export const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$/, {
  error: 'must be 1 to 128 letters, digits or _ . : - and begin with a letter or digit',
});

/**
 * The place of the message in a trace, as W3C Trace Context writes it. A text that cannot be read is
 * ignored.
 */
const traceparent = text.optional();

/**
 * What a person, the gap detector or an import asks for. Exactly one of `startDate` with `endDate`,
 * `dates`, and `season` says which dates. Every other field has a default.
 */
export const backfillRequest = z
  .strictObject({
    schemaVersion: schemaVersion.optional(),
    kind: z.literal('backfill_request').optional(),
    /** Two requests with the same id are one backfill. By default, the broker's id of the message. */
    requestId: id.optional(),
    startDate: gameDate.optional(),
    endDate: gameDate.optional(),
    dates: z.array(gameDate).min(1).max(MAX_REQUEST_DATES).optional(),
    season: season.optional(),
    from: phase.optional(),
    through: phase.optional(),
    tables: z.array(text).min(1).max(100).optional(),
    only: z.enum(ONLY, { error: `must be one of ${ONLY.join(', ')}` }).optional(),
    restate: z.enum(RESTATE_POLICIES, { error: `must be one of ${RESTATE_POLICIES.join(', ')}` }).optional(),
    force: z.boolean().optional(),
    maxInFlight: z.int().min(1).max(64).optional(),
    skipPreflight: z.strictObject({ reason: text }).optional(),
    /** Gives up what the dates of raw tables lack, until data comes. */
    accept: z.strictObject({ reason: text }).optional(),
    /** Whether live sources are asked for what was never told of the dates; only with `from` phase2. By default they are. */
    fetch: z.boolean().optional(),
    dryRun: z.boolean().optional(),
    /** The id of the plan that a person has looked at; the request is refused when it would run anything else by now. */
    expect: text.optional(),
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
/** The decoded {@link backfillRequest}. */
export type BackfillRequest = z.infer<typeof backfillRequest>;

const mode = z.enum(['live', 'backfill']);
const envelope = {
  schemaVersion,
  eventId: id,
  correlationId: id,
  causationId: id.nullable(),
  traceparent,
};

/**
 * Asks for one run: one table, some dates of one season. The state of the run is in its document
 * `runs/{runId}`.
 */
export const runRequested = z.object({
  ...envelope,
  kind: z.literal('run_requested'),
  runId: id,
  table: text,
  dates: z
    .array(z.object({ date: gameDate, inputFingerprint: text, accepted: z.array(text).max(10).optional() }))
    .min(1)
    .max(MAX_RUN_DATES),
  mode,
  backfillId: id.nullable(),
  through: phase,
});
/** The decoded {@link runRequested}. */
export type RunRequested = z.infer<typeof runRequested>;

const completedStatus = z.enum(['success', 'partial', 'empty', 'skipped', 'blocked', 'failed']);
const count = z.int().min(0);

/** Player or team -> hash of its game. A message has thousands of them, so one check covers them all. */
const gameHashes = z.custom<Readonly<Record<string, string>>>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((hash) => typeof hash === 'string'),
  { error: 'must be an object of texts' },
);

/** The outcome of one date of a run. Rows and fingerprint are those that were read back from the warehouse. */
export const completedDate = z.object({
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
  /** Who has given up what the rows lack, and why. */
  givenUp: z.string().max(2000).optional(),
  gameHashes: gameHashes.optional(),
  /** Whether every row of a sealing table was made before its game began. */
  allLive: z.literal(true).optional(),
});
/** The decoded {@link completedDate}. */
export type CompletedDate = z.infer<typeof completedDate>;

/** The outcome of a run. It is published in both lanes and for every status. */
export const runCompleted = z.object({
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
/** The decoded {@link runCompleted}. */
export type RunCompleted = z.infer<typeof runCompleted>;

/**
 * Asks what live sources know of a date: without `askId` the fetch is opened, which means that its first questions are asked
 * for; with it, one source is asked. What is asked is in the document `fetches/{fetchId}`. With `plans` it is computed first what a
 * backfill has to ask for; no such document exists then.
 */
export const fetchRequested = z.object({
  ...envelope,
  kind: z.literal('fetch_requested'),
  fetchId: id,
  date: gameDate,
  askId: id.nullable(),
  /** The backfill whose fetches are to be planned; absent for a fetch. */
  plans: id.optional(),
});
/** The decoded {@link fetchRequested}. */
export type FetchRequested = z.infer<typeof fetchRequested>;

/**
 * Asks for a sweep: a search for all work that was left behind. It is published at fixed times, and by a
 * command that pauses, resumes or cancels a backfill.
 */
export const sweepRequested = z.object({
  schemaVersion: schemaVersion.optional(),
  kind: z.literal('sweep_requested').optional(),
  /** Whether to compare every completion document with the rows in the warehouse as well. */
  reconcile: z.boolean().optional(),
  /** Whether to look for holes of all seasons as well, and to ask for small ones. */
  heal: z.boolean().optional(),
  /** Whether to ask for the live fetches that are due as well. */
  fetch: z.boolean().optional(),
  /** Only write `probes/{probeId}`, to show that messages are handled; do nothing else. */
  probeId: id.optional(),
});
/** The decoded {@link sweepRequested}. */
export type SweepRequested = z.infer<typeof sweepRequested>;

/** A message whose last delivery has failed, with the subscription and the topic it came from. */
export const deadLettered = z.object({
  kind: z.literal('dead_lettered'),
  subscription: text,
  topic: text,
  messageId: text,
  body: z.string(),
  attempts: count,
  reason: z.string(),
});
/** The decoded {@link deadLettered}. */
export type DeadLettered = z.infer<typeof deadLettered>;

/** The messages that the pipeline publishes through the outbox. */
export type Message = RunRequested | RunCompleted | FetchRequested;
