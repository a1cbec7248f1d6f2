/**
 * How soon features are ready after a night: from the moment at which the answers of sources have arrived until the features of the next
 * date are published, with nothing else at work and beside a backfill of other seasons.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { cancelBackfill } from '../../functions/control/backfills.ts';
import { loadFiles } from '../../functions/control/imports.ts';
import { claimOrigin } from '../../functions/control/origins.ts';
import { publishRequest, runBackfill, watchBackfill } from '../../functions/control/watch.ts';
import { keepAnswers, requestLoads } from '../../functions/steps/fetched-loads.ts';
import type { Worker } from '../../functions/targets/client.ts';
import {
  openClient,
  openWorkerOrRefuse,
  type EmbeddedClient,
} from '../../functions/targets/embedded/client.ts';
import { readConfig } from '../../shared/config.ts';
import { addDays, type GameDate } from '../../shared/domain/game-date.ts';
import { isInFlight, type PartitionState } from '../../shared/domain/partition.ts';
import { completionsOn } from '../../shared/state/completions.ts';
import { paths } from '../../shared/state/documents.ts';
import { table } from '../cli/text-table.ts';
import { simulateLeague, type SimulatedSeason } from '../simulate/league.ts';
import { lengthOf, recordingTracer, without, type Interval } from './spans.ts';

const FEATURES = 'ml_feature_store_v2';
/** Kinds of files that a night is told by. */
const TOLD = /^(?:schedule|player_box|team_box|shots)_/;
const RESULTS = ['home_pts', 'visitor_pts', 'winner'];
/** The share of the dates of a season that is history before the first measured night. */
const HISTORY = 0.3;
const POLL_MS = 5;

/** Milliseconds that a night took. */
interface Night {
  readonly wall: number;
  /** While DuckDB computed and wrote. */
  readonly warehouse: number;
  /** While a message was handled, or an answer archived, and DuckDB did not work. */
  readonly outside: number;
}

/**
 * Measures and prints.
 * @param seasons simulated seasons; the last one is lived, and the others are backfilled beside it
 * @param pairs nights that are lived alone, and as many beside the backfill
 * @throws RangeError when there are fewer than two seasons, or too few dates for the pairs
 */
export async function liveNights(seasons: number, pairs: number, firstSeason: number): Promise<void> {
  if (seasons < 2) throw new RangeError('--live needs two seasons at least');
  const league = [...simulateLeague({ seasons, seed: 1, firstSeason })];
  const lived = league.at(-1);
  if (lived === undefined) throw new RangeError('the league has no season');
  const dates = datesOf(lived);
  const begin = Math.floor(dates.length * HISTORY);
  const nights = dates.slice(begin, begin + 2 * pairs);
  const [first] = nights;
  if (first === undefined || dates.length <= begin + 2 * pairs)
    throw new RangeError(`a season has ${dates.length} dates, too few for ${pairs} pairs`);
  let now = noonOf(first);
  const { tracer, spans } = recordingTracer();
  const home = mkdtempSync(join(tmpdir(), 'fullcourt-nights-'));
  const client = openClient({ ...readConfig({}), home }, { tracer, businessClock: () => now });
  const worker = await openWorkerOrRefuse(client, 'bench');
  try {
    worker.dispatcher.start();
    await claimOrigin(client, { origin: { kind: 'files' }, command: 'import' });
    const files = [...league.slice(0, -1).flatMap((season) => filesOf(season)), ...historyOf(lived, first)];
    await loadFiles(client, files, { worker });
    const history = { season: lived.season, through: 'phase4' } as const;
    const { backfill } = await runBackfill(client, history, { worker });
    if (backfill.state !== 'done')
      throw new Error(`The history ended as ${backfill.state}: ${backfill.verdict}`);
    const live = async (date: GameDate): Promise<Night> => {
      now = noonOf(addDays(date, 1));
      spans.length = 0;
      return night(client, worker, lived, date, now, spans);
    };
    const alone: Night[] = [];
    for (const date of nights.slice(0, pairs)) alone.push(await live(date));
    const others = league.slice(0, -1).flatMap(datesOf).sort();
    const busy = keepBackfilling(client, worker, others);
    const beside: Night[] = [];
    await busy.begun();
    for (const date of nights.slice(pairs)) beside.push(await live(date));
    const rounds = await busy.stop();
    report({ alone, beside, seasons: seasons - 1, rounds });
  } finally {
    await worker.close();
    client.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Hands in what is told of a night, and waits until the features of the next date are there. */
async function night(
  client: EmbeddedClient,
  { context }: Worker,
  season: SimulatedSeason,
  date: GameDate,
  at: Date,
  spans: Interval[],
): Promise<Night> {
  const next = datesOf(season).find((each) => each > date) ?? date;
  const features = async (): Promise<PartitionState | undefined> => (await statesOf(client, next))[FEATURES];
  const before = (await features())?.runId;
  const payload = filesOf(season, (name, cells) => TOLD.test(name) && cells['game_date'] === date);
  const started = performance.now();
  const kept = await keepAnswers(context, payload, at.toISOString());
  if (kept.refused.length > 0) throw new Error(kept.refused.join('; '));
  await requestLoads(context, kept.told, `bench:${date}`, null);
  const handedIn = performance.now();
  for (let isReady = false; !isReady; await sleep(POLL_MS)) {
    const state = await features();
    isReady = state !== undefined && state.runId !== before && !isInFlight(state) && state.want === null;
    if (state?.status === 'failed') throw new Error(`The features of ${next} have failed: ${state.reason}`);
  }
  const ended = performance.now();
  const clipped = (names: (name: string) => boolean): Interval[] =>
    spans.flatMap(({ name, from, to }) =>
      names(name) && to > started && from < ended
        ? [{ name, from: Math.max(from, started), to: Math.min(to, ended) }]
        : [],
    );
  const warehouse = clipped((name) => IN_WAREHOUSE.has(name));
  const handling = [
    ...clipped((name) => name.startsWith('process ')),
    { name: 'archive', from: started, to: handedIn },
  ];
  // The rest of the night, such as its predictions, is not to fall into the next one.
  while (!(await isQuiet(client, [date, next]))) await sleep(POLL_MS);
  return {
    wall: ended - started,
    warehouse: lengthOf(warehouse),
    outside: lengthOf(without(handling, warehouse)),
  };
}

/** The steps of a run in which DuckDB is at work. */
const IN_WAREHOUSE: ReadonlySet<string> = new Set(['stage', 'audit', 'publish', 'read back']);

async function statesOf(
  { store }: EmbeddedClient,
  date: GameDate,
): Promise<Readonly<Record<string, PartitionState>>> {
  const documents = await completionsOn({ store }, date);
  return Object.assign({}, ...documents.map(({ tables }) => tables));
}

async function isQuiet(client: EmbeddedClient, dates: readonly GameDate[]): Promise<boolean> {
  const all = await Promise.all(dates.map((date) => statesOf(client, date)));
  return all
    .flatMap(Object.values<PartitionState>)
    .every((state) => !isInFlight(state) && state.want === null);
}

/** Backfills some dates again and again until it is stopped. */
function keepBackfilling(client: EmbeddedClient, worker: Worker, dates: readonly GameDate[]) {
  const [startDate, endDate] = [dates[0], dates.at(-1)];
  if (startDate === undefined || endDate === undefined) throw new RangeError('there is nothing to backfill');
  const stopping = new AbortController();
  let rounds = 0;
  let current = '';
  const working = (async () => {
    while (!stopping.signal.aborted) {
      const request = { startDate, endDate, through: 'phase4', force: rounds > 0 } as const;
      current = (await publishRequest(client, request)).id;
      rounds += 1;
      await watchBackfill(client, current, { worker });
    }
  })();
  return {
    /** Resolves when runs of it are at work. */
    begun: async (): Promise<void> => {
      const isAtWork = async (): Promise<boolean> => {
        const document = await client.store.get(paths.backfill(current));
        return ((document?.['progress'] ?? []) as readonly { done: number }[]).some(({ done }) => done > 0);
      };
      while (!(await isAtWork())) await sleep(20);
    },
    /** @returns how many backfills were begun */
    stop: async (): Promise<number> => {
      stopping.abort();
      await cancelBackfill(client, current);
      await working;
      return rounds;
    },
  };
}

type Cells = Readonly<Record<string, string>>;

function filesOf(
  { files }: SimulatedSeason,
  isKept: (name: string, cells: Cells) => boolean = () => true,
): SourceFile[] {
  return files.flatMap(({ name, text }) => {
    const [head = '', ...lines] = text.trim().split('\n');
    const columns = head.split(',');
    const kept = lines.filter((line) => isKept(name, cellsOf(columns, line)));
    return kept.length === 0 ? [] : [fileOf(name, [head, ...kept])];
  });
}

/** The files as they are before the games of a date, with the schedule of later dates. */
function historyOf({ season, files }: SimulatedSeason, date: GameDate): SourceFile[] {
  const told = files.map(({ name, text }) => {
    const [head = '', ...lines] = text.trim().split('\n');
    const columns = head.split(',');
    const before = lines.flatMap((line) => {
      const cells = cellsOf(columns, line);
      if (!TOLD.test(name) || (cells['game_date'] ?? '') < date) return [line];
      if (!name.startsWith('schedule_')) return [];
      return [columns.map((column) => (RESULTS.includes(column) ? '' : (cells[column] ?? ''))).join(',')];
    });
    return { name, text: [head, ...before].join('\n') };
  });
  return filesOf({ season, files: told });
}

function cellsOf(columns: readonly string[], line: string): Cells {
  const cells = line.split(',');
  return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
}

function fileOf(name: string, lines: readonly string[]): SourceFile {
  // A home with lines of the simulator takes none of another origin beside them.
  const bytes = Buffer.from(`${lines.join('\n').replaceAll(/,simulated$/gm, ',a-book')}\n`);
  return { name, bytes: () => bytes };
}

function datesOf({ files }: SimulatedSeason): GameDate[] {
  const schedule = files.find(({ name }) => name.startsWith('schedule_'))?.text ?? '';
  const [head = '', ...lines] = schedule.trim().split('\n');
  const at = head.split(',').indexOf('game_date');
  return [...new Set(lines.map((line) => line.split(',')[at] as GameDate))].sort();
}

/** Around noon by the Eastern clock. */
const noonOf = (date: GameDate): Date => new Date(`${date}T16:00:00Z`);

function report(measured: {
  readonly alone: readonly Night[];
  readonly beside: readonly Night[];
  readonly seasons: number;
  readonly rounds: number;
}): void {
  const { alone, beside, seasons, rounds } = measured;
  const at = (nights: readonly Night[], share: number, of: keyof Night = 'wall'): number =>
    nights.map((each) => each[of]).toSorted((a, b) => a - b)[Math.ceil(share * nights.length) - 1] ?? NaN;
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
  const both = (nights: readonly Night[]): string =>
    `p50 ${seconds(at(nights, 0.5))}, p95 ${seconds(at(nights, 0.95))} of ${nights.length} nights`;
  const later = at(beside, 0.95) / at(alone, 0.95) - 1;
  console.log(
    table(
      ['measured', 'value', 'goal'],
      [
        ['features ready after the answers of a night', both(alone), 'p50 under 2 s'],
        [`beside a backfill of other seasons (${seasons}; begun ${rounds} times)`, both(beside), ''],
        ['p95 beside the backfill', `${(later * 100).toFixed(0)} % later`, 'at most 10 % later'],
        ['of a night alone, in DuckDB (median)', seconds(at(alone, 0.5, 'warehouse')), ''],
        [
          'of a night alone, outside of DuckDB and of waiting (median)',
          seconds(at(alone, 0.5, 'outside')),
          'under 0.5 s',
        ],
      ],
    ),
  );
}
