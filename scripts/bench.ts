/**
 * Measures speed and memory. Times differ from run to run and from machine to machine, so it prints ratios of times that
 * were taken in one run of one process.
 *
 *   npm run bench                      three seasons (real ones when FULLCOURT_DATA has them, else simulated)
 *   npm run bench -- --seasons 1       fewer
 *   npm run bench -- --grow 1,4,16     how time and memory grow with simulated seasons (each in a process of its own)
 *   npm run bench -- --query           time and memory of a query that prints a season as CSV
 *   npm run bench -- --learn           training on 70 000 generated rows beside XGBoost; --learn 50 for 50 trees instead of 500
 *   npm run bench -- --predict         a season of predictions and grades beside its phase 4, and the five systems for one slate
 *   npm run bench -- --live --seasons 6 30 live nights alone, and 30 beside a backfill of five seasons; --live 3 for 3 of each
 *   npm run bench -- --bundles         only the size and the cold start of each function, which the first two print, too
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { DuckDBDateValue, DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { openClient, openWorkerOrRefuse, type EmbeddedClient } from '../functions/targets/embedded/client.ts';
import type { SourceFile } from '../functions/control/archive-files.ts';
import { loadFiles } from '../functions/control/imports.ts';
import { claimOrigin } from '../functions/control/origins.ts';
import { runBackfill } from '../functions/control/watch.ts';
import { loadRegistry } from '../functions/processors/registry.ts';
import { installDialect, stagedSelect, toDuckDb } from '../shared/adapters/embedded/dialect.ts';
import { environment, readConfig } from '../shared/config.ts';
import { dayNumber, type GameDate } from '../shared/domain/game-date.ts';
import type { Batch } from '../shared/domain/plan.ts';
import { buildRegistry } from '../shared/domain/registry.ts';
import { seasonOf, type Season } from '../shared/domain/season.ts';
import { isRaw } from '../shared/domain/table.ts';
import { measureBundles } from '../infra/bundle/measure.ts';
import { readPlan, type Backfill } from '../shared/state/backfills.ts';
import { knownSeasons, loadView } from '../shared/state/views.ts';
import { calendarOf, calendarSeasons } from '../shared/state/calendars.ts';
import { readFolder, simulatedFiles } from './cli/load.ts';
import { bundleTable } from './bench/bundle-table.ts';
import { learnBench } from './bench/learn.ts';
import { queryCsv } from './bench/query-csv.ts';
import { liveDay, oneNight, type Cost, type NightCost } from './bench/live-day.ts';
import { liveNights } from './bench/live-nights.ts';
import { predictBench } from './bench/predict.ts';
import { planTime } from './bench/plan-time.ts';
import { timeStatements, type KindTime } from './bench/statement-kinds.ts';
import { table } from './cli/text-table.ts';

const flags = new Command('bench')
  .option('--seasons <n>', 'seasons', '3')
  .option('--simulated', 'simulated seasons even when real ones are there')
  .option('--grow <list>', 'numbers of simulated seasons')
  .option('--query', 'only a query that prints a season as CSV')
  .option('--learn [trees]', 'only the trainers, beside XGBoost where it is installed')
  .option('--predict', 'only predictions: a season beside its phase 4, and one slate')
  .option('--live [pairs]', 'only live nights, alone and beside a backfill of all seasons but the last')
  .option('--bundles', 'only the size and the cold start of each function')
  .option('--json', 'print JSON (used by --grow)')
  .parse()
  .opts<{
    seasons: string;
    simulated?: boolean;
    grow?: string;
    query?: boolean;
    learn?: true | string;
    predict?: boolean;
    live?: true | string;
    bundles?: boolean;
    json?: boolean;
  }>();

const root = fileURLToPath(new URL('..', import.meta.url));
const data = resolve(root, environment['FULLCOURT_DATA'] ?? '../shared/data');
/** The year in which the last simulated season ends, so that no season is in the future. */
const LAST_SIMULATED = 2025;

const REAL = ['2021-22', '2022-23', '2023-24'];
/** Three tables of which each reads the one before. */
const CASCADE = ['team_offense_game_summary', 'player_game_summary', 'player_shot_zone_analysis'] as const;
const registry = loadRegistry();

if (flags.query === true) await queryCsv();
else if (flags.learn !== undefined) await learnBench(flags.learn === true ? 500 : Number(flags.learn));
else if (flags.predict === true) {
  const isReal = flags.simulated !== true && existsSync(join(data, `schedule_${REAL[0]}.csv.gz`));
  if (isReal) await predictBench(readFolder(data), ['2022-23', '2023-24']);
  else {
    const two = { seasons: '2', seed: '1', firstSeason: String(LAST_SIMULATED - 2) };
    await predictBench(await simulatedFiles(two), ['2023-24', '2024-25']);
  }
} else if (flags.live !== undefined) {
  const seasons = Number(flags.seasons);
  await liveNights(seasons, flags.live === true ? 30 : Number(flags.live), LAST_SIMULATED - seasons);
} else if (flags.grow !== undefined) grow(flags.grow.split(',').map(Number));
else {
  if (flags.bundles !== true) await measure();
  if (flags.json !== true) console.log(bundleTable(await measureBundles()));
}

interface Measured {
  readonly seasons: number;
  readonly source: string;
  readonly rawRows: number;
  readonly loadSeconds: number;
  readonly partitions: number;
  readonly runs: number;
  readonly backfillSeconds: number;
  readonly bareSeconds: number;
  readonly ratio: number;
  /** The same queries with one statement for each table and season: what the engine itself needs. */
  readonly setBasedSeconds: number;
  /** Seconds until the first partition was done, and the longest time in which no further one was. */
  readonly progress: { readonly first: number; readonly longest: number };
  readonly kinds: readonly KindTime[];
  /** Three tables alone, each of which reads the one before: by the product, and with one statement for each table and season. */
  readonly cascade: { readonly seconds: number; readonly setBasedSeconds: number };
  readonly orchestrationMs: number;
  readonly againSeconds: number;
  readonly live: Cost;
  readonly night: NightCost;
  readonly planMs: number;
  readonly peakMiB: number;
}

async function measure(): Promise<void> {
  const count = Number(flags.seasons);
  const isReal =
    flags.simulated !== true && existsSync(join(data, `schedule_${REAL[0]}.csv.gz`)) && count <= REAL.length;
  const home = mkdtempSync(join(tmpdir(), 'fullcourt-bench-'));
  const client = openClient({ ...readConfig({}), home });
  try {
    const files = isReal
      ? readFolder(data)
      : await simulatedFiles({
          seasons: String(count),
          seed: '1',
          firstSeason: String(LAST_SIMULATED - count),
        });
    let worker = await openWorkerOrRefuse(client, 'bench');
    worker.dispatcher.start();
    // The night is imported by a command, which would refuse files beside a simulated league.
    await claimOrigin(client, { origin: { kind: 'files' }, command: 'import' });
    const loaded = await loadFiles(client, files, {
      seasons: isReal ? REAL.slice(0, count) : undefined,
      worker,
    });
    const dates = await gameDates(client);
    const liveDate = dates.at(-2);
    const [startDate, endDate] = [dates[0], dates.at(-3)];
    if (liveDate === undefined || startDate === undefined || endDate === undefined)
      throw new Error('too few game dates');
    const range = { startDate, endDate, through: 'phase4' } as const;

    const started = performance.now();
    const cpuBefore = process.threadCpuUsage();
    const pace = paceOfProgress();
    const statementsDone = timeStatements();
    const { backfill } = await runBackfill(
      client,
      { ...range, requestedBy: 'bench' },
      { worker, onLook: pace.look },
    );
    const kinds = statementsDone();
    const backfillSeconds = (performance.now() - started) / 1000;
    const cpu = process.threadCpuUsage(cpuBefore);
    const active = (cpu.user + cpu.system) / 1000;
    if (backfill.state !== 'done')
      throw new Error(`The backfill ended as ${backfill.state}: ${backfill.verdict}`);
    const partitions = backfill.progress.reduce((sum, each) => sum + each.planned, 0);
    const peakMiB = process.resourceUsage().maxRSS / 1024;
    const batches = await batchesOf(client, backfill);

    const again = performance.now();
    await runBackfill(client, range, { worker });
    const againSeconds = (performance.now() - again) / 1000;
    const live = await liveDay(client, worker, liveDate);
    await worker.close();
    const night = oneNight(home, files, liveDate);

    const bareSeconds = await bare(home, 'bare', batches, client);
    const sets = oneForEachSeason(batches);
    const setBasedSeconds = await bare(home, 'sets', sets, client);
    worker = await openWorkerOrRefuse(client, 'bench');
    await worker.close();
    report({
      seasons: count,
      source: isReal ? 'real' : 'simulated',
      rawRows: Object.values(loaded.rows).reduce((sum, n) => sum + n, 0),
      loadSeconds: loaded.seconds,
      partitions,
      runs: batches.length,
      backfillSeconds,
      bareSeconds,
      ratio: backfillSeconds / bareSeconds,
      setBasedSeconds,
      progress: pace.result(),
      kinds,
      cascade: await cascade(files, isReal ? REAL.slice(0, count).at(-1) : undefined),
      orchestrationMs: active / partitions,
      againSeconds,
      live,
      night,
      planMs: planTime(),
      peakMiB,
    });
  } finally {
    client.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/**
 * Builds a cascade of three tables of one season in a home that has no others, as a pipeline of three models does.
 * @param season of the files; all of them where it is absent
 */
async function cascade(
  files: readonly SourceFile[],
  season: Season | undefined,
): Promise<Measured['cascade']> {
  const home = mkdtempSync(join(tmpdir(), 'fullcourt-cascade-'));
  const registryOfThree = buildRegistry(
    registry.all.filter(
      ({ definition }) => isRaw(definition) || CASCADE.some((name) => name === definition.name),
    ),
  );
  const client = openClient({ ...readConfig({}), home }, { registry: registryOfThree });
  try {
    const worker = await openWorkerOrRefuse(client, 'bench');
    worker.dispatcher.start();
    await loadFiles(client, files, { seasons: season === undefined ? undefined : [season], worker });
    const dates = await gameDates(client);
    const [startDate, endDate] = [dates[0], dates.at(-1)];
    if (startDate === undefined || endDate === undefined) throw new Error('too few game dates');
    const started = performance.now();
    const { backfill } = await runBackfill(client, { startDate, endDate, through: 'phase4' }, { worker });
    const seconds = (performance.now() - started) / 1000;
    await worker.close();
    if (backfill.state !== 'done') throw new Error(`The cascade ended as ${backfill.state}`);
    const sets = oneForEachSeason(await batchesOf(client, backfill));
    return { seconds, setBasedSeconds: await bare(home, 'sets', sets, client) };
  } finally {
    client.close();
    rmSync(home, { recursive: true, force: true });
  }
}

async function gameDates(client: EmbeddedClient): Promise<GameDate[]> {
  const ports = { ...client, publisher: client.bus, warehouse: undefined as never };
  const view = await loadView(ports, client.registry, await knownSeasons(ports), { gameHashes: false });
  const box = 'nbac_player_boxscores';
  return [...view.seasons.values()]
    .flatMap(({ calendar, states }) =>
      calendar.dates.filter((date) => states.get(box)?.[date]?.status === 'success'),
    )
    .sort();
}

/** The first plan of a backfill. */
async function batchesOf(client: EmbeddedClient, { id }: Backfill): Promise<readonly Batch[]> {
  return (await readPlan(client, { id, stage: 'main', round: 0 }))?.batches ?? [];
}

/** Batches of a whole season: those of a table and season become one, in the order in which the tables came first. */
function oneForEachSeason(batches: readonly Batch[]): Batch[] {
  const whole = Map.groupBy(
    batches,
    ({ table: name, dates }) => `${name} ${dates[0] === undefined ? '' : seasonOf(dates[0])}`,
  );
  return [...whole.values()].flatMap((parts) => {
    const [first] = parts;
    return first === undefined
      ? []
      : [{ ...first, dates: [...new Set(parts.flatMap(({ dates }) => dates))].sort() }];
  });
}

/** How soon a backfill shows progress, and how long it shows none. */
function paceOfProgress(): {
  readonly look: (backfill: Backfill) => void;
  readonly result: () => { readonly first: number; readonly longest: number };
} {
  const started = performance.now();
  const moments: number[] = [];
  let before = 0;
  return {
    look: ({ progress }) => {
      const done = progress.reduce((sum, each) => sum + each.done, 0);
      if (done > before) moments.push((performance.now() - started) / 1000);
      before = done;
    },
    result: () => ({
      first: moments[0] ?? NaN,
      longest: moments.reduce((most, at, i) => Math.max(most, at - (moments[i - 1] ?? at)), 0),
    }),
  };
}

/**
 * Runs batches of the same queries with the same rounding, but no audit, no fingerprints and no documents.
 * @param schema where the rows are left; it may not be there yet
 */
async function bare(
  home: string,
  schema: string,
  batches: readonly Batch[],
  client: EmbeddedClient,
): Promise<number> {
  const instance = await DuckDBInstance.create(join(home, 'warehouse.duckdb'));
  const connection = await instance.connect();
  await installDialect((sql) => connection.run(sql));
  await connection.run(`CREATE SCHEMA ${schema}`);
  const openings = await openingNights(client);
  const started = performance.now();
  for (const [i, batch] of batches.entries()) await bareBatch(connection, `${schema}.t${i}`, batch, openings);
  const seconds = (performance.now() - started) / 1000;
  connection.closeSync();
  instance.closeSync();
  return seconds;
}

async function bareBatch(
  connection: DuckDBConnection,
  target: string,
  { table: name, dates }: Batch,
  openings: ReadonlyMap<string, GameDate>,
): Promise<void> {
  const { definition, query } = registry.get(name);
  const [first, last] = [dates[0], dates.at(-1)];
  if (query === undefined || first === undefined || last === undefined) return;
  const all = { start_date: first, end_date: last, read_start: openings.get(seasonOf(first)) ?? first };
  const values = Object.fromEntries(
    Object.entries(all).flatMap(([key, date]) =>
      query.includes(`@${key}`) ? [[key, new DuckDBDateValue(dayNumber(date))] as const] : [],
    ),
  );
  await connection.run(
    `CREATE TABLE ${target} AS ${stagedSelect(definition, toDuckDb(query), dates)}`,
    values,
  );
}

async function openingNights(client: EmbeddedClient): Promise<Map<string, GameDate>> {
  const calendars = await Promise.all(
    (await calendarSeasons(client)).map((season) => calendarOf(client, season)),
  );
  return new Map(
    calendars.flatMap((calendar) =>
      calendar === undefined ? [] : [[calendar.season, calendar.openingNight] as const],
    ),
  );
}

function report(measured: Measured): void {
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify(measured)}\n`);
    return;
  }
  console.log(
    table(
      ['measured', 'value', 'goal'],
      [
        [
          'seasons',
          `${measured.seasons} ${measured.source}, ${measured.rawRows} raw rows loaded in ${measured.loadSeconds.toFixed(1)} s, ${Math.round(measured.rawRows / measured.loadSeconds)} a second`,
          '150 000 rows a second or more',
        ],
        [
          'whole backfill, phases 3 and 4',
          `${measured.partitions} partitions in ${measured.runs} runs, ${measured.backfillSeconds.toFixed(1)} s`,
          '',
        ],
        ['the same batches bare in DuckDB', `${measured.bareSeconds.toFixed(1)} s`, ''],
        ['ratio', measured.ratio.toFixed(2), '1.5 or less'],
        ['one statement for each table and season', `${measured.setBasedSeconds.toFixed(1)} s`, ''],
        ['ratio to it', (measured.backfillSeconds / measured.setBasedSeconds).toFixed(2), '1.6 or less'],
        [
          'progress',
          `the first after ${measured.progress.first.toFixed(1)} s, then none for at most ${measured.progress.longest.toFixed(1)} s`,
          'under 1 s, at most 1 s',
        ],
        [
          `${CASCADE.join(', ')} alone`,
          `${measured.cascade.seconds.toFixed(1)} s, ${(measured.cascade.seconds / measured.cascade.setBasedSeconds).toFixed(2)} times one statement for each table and season`,
          '',
        ],
        [
          'orchestration for each (table, date)',
          `${measured.orchestrationMs.toFixed(2)} ms of the main thread`,
          'under 1 ms',
        ],
        ['the same request again', `${measured.againSeconds.toFixed(2)} s`, ''],
        [
          'one live date, all raw tables to phase 4',
          `${measured.live.seconds.toFixed(2)} s (${measured.live.cpu.toFixed(2)} s of CPU)`,
          'under 1.2 s',
        ],
        [
          'a corrected night imported, beyond a command that does nothing',
          `${(measured.night.night - measured.night.nothing).toFixed(2)} s of CPU (${measured.night.night.toFixed(2)} - ${measured.night.nothing.toFixed(2)})`,
          'under 0.3 s of CPU',
        ],
        ['plan of 1 000 dates x 50 tables', `${measured.planMs.toFixed(0)} ms`, 'under 500 ms'],
        ['peak memory', `${measured.peakMiB.toFixed(0)} MiB`, 'under 2048 MiB'],
      ],
    ),
  );
  const sum = measured.kinds.reduce((total, { seconds }) => total + seconds, 0);
  console.log(
    table(
      ['statements of the backfill', 'number', 'seconds, side by side', 'share'],
      measured.kinds.map(({ kind, statements, seconds }) => [
        kind,
        statements,
        seconds.toFixed(2),
        `${((100 * seconds) / sum).toFixed(1)} %`,
      ]),
    ),
  );
}

/** The same measurement for several sizes of league, each in its own process. */
function grow(sizes: readonly number[]): void {
  const rows = sizes.map((seasons) => {
    const child = spawnSync(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        fileURLToPath(import.meta.url),
        '--simulated',
        '--json',
        '--seasons',
        String(seasons),
      ],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    if (child.status !== 0) throw new Error(`The measurement of ${seasons} seasons failed`);
    process.stderr.write(child.stdout);
    return JSON.parse(child.stdout) as Measured;
  });
  console.log(
    table(
      [
        'seasons',
        'partitions',
        'load s',
        'backfill s',
        'bare s',
        'ratio',
        'orchestration ms',
        'again s',
        'live s',
        'night CPU s',
        'peak MiB',
      ],
      rows.map((each) => [
        each.seasons,
        each.partitions,
        each.loadSeconds.toFixed(1),
        each.backfillSeconds.toFixed(1),
        each.bareSeconds.toFixed(1),
        each.ratio.toFixed(2),
        each.orchestrationMs.toFixed(2),
        each.againSeconds.toFixed(2),
        each.live.seconds.toFixed(2),
        (each.night.night - each.night.nothing).toFixed(2),
        Math.round(each.peakMiB),
      ]),
    ),
  );
}
