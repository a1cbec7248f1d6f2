/** Where documents are stored and what they hold. A person can read all of them in the document store. */
import * as z from 'zod';
import type { Slice } from '../domain/archive.ts';
import { parseGameDate, type GameDate } from '../domain/game-date.ts';
import type { Leaving } from '../domain/leaving.ts';
import type { PartitionState } from '../domain/partition.ts';
import type { Season } from '../domain/season.ts';
import { PHASES, type Phase } from '../domain/table.ts';
import type { TraceOrigin } from '../domain/trace-context.ts';
import { completionCollection, type CollectionName } from '../derive/collections.ts';
import { completedDate } from '../messages/schemas.ts';
import { objectOf, readerOf } from './stored.ts';

export const paths = {
  completion: (phase: Phase, date: GameDate) => at(completionCollection(phase), date),
  liveWants: (phase: Phase, date: GameDate) => at('live_wants', `${phase}_${date}`),
  liveWantsWhole: at('live_wants', 'whole'),
  tableSeason: (table: string, season: Season) => at('table_seasons', `${table}_${season}`),
  gameHashes: (table: string, date: GameDate) => at('game_hashes', `${table}_${date.slice(0, 7)}`),
  calendar: (season: Season) => at('calendars', season),
  alarm: (key: string) => at('alarms', key),
  wantedLoad: (season: Season) => at('wanted_loads', season),
  heals: (table: string, season: Season) => at('heals', `${table}_${season}`),
  archive: (table: string, season: Season) => at('archives', `${table}_${season}`),
  scope: (season: Season) => at('scopes', season),
  acceptance: (table: string, season: Season) => at('acceptances', `${table}_${season}`),
  players: (season: Season) => at('players', season),
  aliases: () => at('aliases', 'all'),
  nameAnswers: (table: string, season: Season) => at('name_answers', `${table}_${season}`),
  askedNames: (table: string, period: string) => at('asked_names', `${table}_${period}`),
  loadReport: (table: string, season: Season) => at('load_reports', `${table}_${season}`),
  run: (runId: string) => at('runs', runId),
  fetch: (fetchId: string) => at('fetches', fetchId),
  refresh: (date: GameDate) => at('refreshes', date),
  outbox: (eventId: string) => at('outbox', eventId),
  deadLetter: (id: string) => at('dead_letters', id),
  probe: (id: string) => at('probes', id),
  source: (name: string) => at('sources', name),
  origin: at('origins', 'home'),
  stamp: at('stamps', 'home'),
  newestJournal: at('stamps', 'journal'),
  forecasts: at('forecasts', 'backfills'),
  backfill: (id: string) => at('backfills', id),
  backfillDates: (id: string) => `${at('backfills', id)}/dates`,
  backfillPlans: (id: string) => `${at('backfills', id)}/plans`,
  backfillFailures: (id: string) => `${at('backfills', id)}/failures`,
} as const;

/** The path of a document. */
export function at(collection: CollectionName, id: string): string {
  return `${collection}/${id}`;
}

/** A game date in a document. */
export const gameDateField = z.custom<GameDate>(
  (value) => typeof value === 'string' && parseGameDate(value) !== undefined,
  { error: 'must be a calendar date in the form YYYY-MM-DD' },
);
const phase = z.enum(PHASES);
const mode = z.enum(['live', 'backfill']);
const text = z.string();
const count = z.int();

const gate = z
  .object({
    gate: text,
    verdict: z.enum(['pass', 'blocked', 'unknown']),
    detail: text,
    checkedAt: text,
    retryAt: text.exactOptional(),
  })
  .readonly();

const partitionFacts = {
  revision: count,
  token: count,
  runId: text.nullable(),
  mode,
  backfillId: text.nullable(),
  rows: count,
  expectedRows: count,
  games: count,
  expectedGames: count,
  readyRows: count,
  syntheticRows: count,
  inputFingerprint: text.nullable(),
  outputFingerprint: text.nullable(),
  waitingFor: z.array(text).readonly(),
  gates: z.array(gate).readonly(),
  stale: z
    .object({ cause: z.enum(['data', 'code', 'forced']), because: text })
    .readonly()
    .nullable(),
  reason: text.nullable(),
  want: z.object({ through: text, correlationId: text }).readonly().nullable(),
  givenUp: text.exactOptional(),
  allLive: z.literal(true).exactOptional(),
  accepted: z.object({ reason: text, by: text.nullable(), at: text, input: text }).readonly().exactOptional(),
  reopened: count,
  updatedAt: text,
};

/** The state of a partition, as completion documents and the season index hold it. */
const partitionState: z.ZodType<PartitionState> = z.discriminatedUnion('status', [
  z.object({ ...partitionFacts, status: z.literal('waiting') }),
  z.object({ ...partitionFacts, status: z.literal('blocked'), reason: text }),
  z.object({ ...partitionFacts, status: z.enum(['requested', 'running']), runId: text }),
  z.object({ ...partitionFacts, status: z.enum(['success', 'partial', 'empty', 'skipped']) }),
  z.object({ ...partitionFacts, status: z.literal('failed'), reason: text }),
]);

/** Checks states of partitions. A state that stayed the same object while its document changed is not checked again. */
export const partitionStates = readerOf(partitionState);

/** `phase*_completion/{date}`: the states of all tables of a phase for one date, as people read them. */
export const completionDocument = z
  .object({
    phase,
    date: gameDateField,
    /** By table. Entries that another program has put there under other names are passed over. */
    tables: objectOf<PartitionState & { readonly readyPct: number | null }>(),
    updatedAt: text,
  })
  .readonly();
export type CompletionDocument = z.infer<typeof completionDocument>;

/**
 * `table_seasons/{table}_{season}`: the same states by table. A decision about a season reads one for each table, instead
 * of completion documents for some 200 dates.
 */
export const tableSeasonDocument = z
  .object({
    table: text,
    season: text,
    dates: objectOf<PartitionState>().check(({ value, issues }) => {
      for (const [date, state] of Object.entries(value)) {
        const message = partitionStates.problemOf(state);
        if (message !== undefined) issues.push({ code: 'custom', path: [date], message, input: state });
      }
    }),
  })
  .readonly();
export type TableSeasonDocument = z.infer<typeof tableSeasonDocument>;

/**
 * `game_hashes/{table}_{month}`: the hash of each player's or team's game, by date. They are kept for tables that another
 * table reads by their last n games. A month fills about a third of what one document may hold.
 */
export const gameHashesDocument = z
  .object({ dates: objectOf<Readonly<Record<string, string>>>() })
  .readonly();

/** `calendars/{season}`: which games exist. */
export const calendarDocument = z
  .object({
    season: text,
    openingNight: gameDateField,
    dates: z.array(gameDateField).readonly(),
    games: z
      .record(
        z.string(),
        z.object({ games: count, finalGames: count, playedGames: count.optional() }).readonly(),
      )
      .readonly(),
    /** How often the schedule has been read, so that an older reading never replaces a newer one. */
    readings: count,
  })
  .readonly();
export type CalendarDocument = z.infer<typeof calendarDocument>;

const leaving = z
  .object({
    kind: text,
    game: text,
    date: gameDateField,
    teams: text.exactOptional(),
    denials: z
      .array(
        z
          .object({
            name: text,
            source: text,
            observedAt: text,
            isAssumed: z.literal(true).exactOptional(),
            says: z.enum(['no row', 'no score', 'other teams', 'other date', 'unread']),
            teams: text.exactOptional(),
            instead: z.object({ date: gameDateField, slice: z.custom<Slice>() }).readonly().exactOptional(),
          })
          .readonly(),
      )
      .readonly(),
    hasLeft: z.boolean(),
  })
  .readonly() satisfies z.ZodType<Leaving>;

/** An archived file as its season and the journal of imports keep it. */
export const archivedEntry = z
  .object({
    name: text,
    kind: text,
    uri: text,
    sha256: text,
    source: text,
    observedAt: text,
    observedKind: z.enum(['measured', 'assumed']),
  })
  .readonly();

/** `archives/{table}_{season}`: the archived files that fill a raw table for a season, and what each says of which date. */
export const archiveDocument = z
  .object({
    table: text,
    season: text,
    revision: count,
    entries: z.record(text, archivedEntry).readonly(),
    slices: objectOf<readonly Slice[]>(),
    leaving: z.array(leaving).readonly().exactOptional(),
  })
  .readonly();

/** `acceptances/{table}_{season}`: dates of a table of which a person has given up what is lacking, or the whole partition. */
export const acceptanceDocument = z
  .object({
    table: text,
    season: text,
    dates: z
      .record(
        text,
        z
          .object({
            reason: text,
            /** The person; null when the request does not say. */
            by: text.nullable(),
            at: text,
            /**
             * Hash of what the archive said of the date; when it says something else, the acceptance is over. `cell` where the
             * partition is not there: then its completion document says whether the acceptance holds.
             */
            content: text,
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type AcceptanceDocument = z.infer<typeof acceptanceDocument>;
export type Acceptance = AcceptanceDocument['dates'][string];

const origin: z.ZodType<TraceOrigin> = z.object({ traceId: text, parentId: text.nullable() }).readonly();

const runFacts = {
  runId: text,
  table: text,
  phase,
  dates: z
    .array(
      z
        .object({
          date: gameDateField,
          inputFingerprint: text,
          inputVersion: count,
          accepted: z.array(text).optional(),
        })
        .readonly(),
    )
    .readonly(),
  mode,
  backfillId: text.nullable(),
  through: phase,
  correlationId: text,
  /** The trace of the run; by default the trace that its correlation id stands for. */
  trace: origin.exactOptional(),
  /** The fencing token. Each claim of the run adds 1, so that a later owner has a larger token than every former one. */
  token: count,
  attempt: count,
  requestedAt: text,
  /** When a message about it was last written: its request, or its announcement once it is settled. */
  askedAt: text,
  /** An earlier run of one of its dates failed. The process of that run may still be alive and about to publish rows. */
  afterFailure: z.boolean(),
  lastError: text.nullable(),
  /** The revision of the service that has claimed it last, where a service has. */
  answeredBy: text.exactOptional(),
  /** The inputs of each date, as they were when the run was asked for. */
  manifest: z.array(z.object({ table: text, window: text, required: z.boolean() }).readonly()).readonly(),
};

/** `runs/{runId}`: one run and its attempts. */
export const runDocument = z.discriminatedUnion('state', [
  z
    .object({
      ...runFacts,
      state: z.literal('requested'),
      lease: z.null(),
      /** When its last attempt began; null before the first. */
      startedAt: text.nullable(),
      finishedAt: z.null(),
      outcome: z.null(),
      followed: z.literal(false),
    })
    .readonly(),
  z
    .object({
      ...runFacts,
      state: z.literal('running'),
      /** The process that holds the run, and the time until which no other may take it. */
      lease: z.object({ holder: text, expiresAt: text }).readonly(),
      startedAt: text,
      finishedAt: z.null(),
      outcome: z.null(),
      followed: z.literal(false),
    })
    .readonly(),
  z
    .object({
      ...runFacts,
      state: z.literal('settled'),
      lease: z.null(),
      startedAt: text,
      finishedAt: text,
      /** What became of each date, without the game hashes. */
      outcome: z.array(completedDate.readonly()).readonly(),
      /** Whether the orchestrator has handled the announcement, and so decided which runs follow from it. */
      followed: z.boolean(),
    })
    .readonly(),
]);
export type RunDocument = z.infer<typeof runDocument>;
export type RequestedRun = Extract<RunDocument, { state: 'requested' }>;
export type RunningRun = Extract<RunDocument, { state: 'running' }>;
export type SettledRun = Extract<RunDocument, { state: 'settled' }>;

/** `dead_letters/{id}`: a message that was set aside, with the reason. */
export const deadLetterDocument = z
  .object({
    id: text,
    topic: text,
    subscription: text,
    messageId: text,
    body: text,
    /** False when the message was too long to keep; what is kept is its beginning. */
    isWhole: z.boolean(),
    reason: text,
    attempts: count,
    receivedAt: text,
    replayedAt: text.nullable(),
    /** Digest of `body`, by which a message that was published again is found when it comes back. */
    bodyDigest: z.exactOptional(text),
    /** How often it has been published again. */
    replays: z.exactOptional(count),
    /** When a person has corrected the message; absent when nobody has since it was set aside. */
    editedAt: z.exactOptional(text),
  })
  .readonly();
export type DeadLetterDocument = z.infer<typeof deadLetterDocument>;

/** `outbox/{eventId}`: a message that is still to be published, written in the transaction of the change it announces. */
export const outboxDocument = z
  .object({ eventId: text, topic: text, body: text, createdAt: text })
  .readonly();
export type OutboxDocument = z.infer<typeof outboxDocument>;

/** `probes/{id}`: the answer to a probe, a message of `verify-deploy` that tests whether messages are handled. */
export const probeDocument = z
  .object({
    id: text,
    /** Digest of the code of all tables; the sender of the probe sees from it which version answers. */
    code: text,
    /** Digest of the bundle that answered; `sources` where the code runs from its sources. */
    bundle: text,
    answeredAt: text,
  })
  .readonly();
export type ProbeDocument = z.infer<typeof probeDocument>;
