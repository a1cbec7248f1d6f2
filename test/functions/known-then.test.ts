/** Tables read as they were known at a time are those of a home that was fed only what was known by then. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { aliasPlayer } from '../../functions/control/identities.ts';
import { loadFiles } from '../../functions/control/imports.ts';
import { openKnownThen } from '../../functions/steps/known-then.ts';
import { openClient, openWorker } from '../../functions/targets/embedded/client.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { readConfig } from '../../shared/config.ts';
import { evaluate } from '../../shared/domain/evaluation.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { isAnswered, isBuilt } from '../../shared/domain/partition.ts';
import type { RegisteredTable } from '../../shared/domain/registry.ts';
import { makeRandom, shuffled } from '../../shared/domain/seeded-random.ts';
import { qualifiedName } from '../../shared/domain/table.ts';
import type { Answer, Cell } from '../../shared/ports/warehouse.ts';
import { loadView } from '../../shared/state/views.ts';
import { tellings } from '../support/fed-home.ts';
import { backfill, newFolder, removeFolders, type Home } from '../support/homes.ts';
import { byProof } from '../support/proof.ts';
import { sourceFile } from '../support/source-file.ts';
import { tinyFiles } from '../support/tiny-league.ts';

const SEASON = '2021-22';
/** Times at which the home is fed, each a moment that is looked at again in the end. */
const NIGHTS = byProof({ small: 2, ci: 2, all: 40 });
/** Nights that are told at once in the beginning: after the first 14 days of the season phase 4 has rows, too. */
const FIRST = 15;
/** Random rows of each moment that are compared cell by cell. */
const ROWS = 250;

afterAll(removeFolders);

/** A partition as it was published at a moment. */
interface Seen {
  readonly table: RegisteredTable;
  readonly date: GameDate;
  readonly rows: number;
  readonly fingerprint: string;
}

interface Moment {
  readonly at: string;
  readonly partitions: ReadonlyMap<string, Seen>;
  /** Partitions that were not built from what was known at that moment, for example because a run had failed. */
  readonly others: ReadonlySet<string>;
  /** The rows of some of the partitions, as text. */
  readonly drawn: ReadonlyMap<string, readonly string[]>;
}

async function rowsOf({ chunks }: Answer): Promise<string[]> {
  const rows: Cell[][] = [];
  for await (const chunk of chunks) rows.push(...chunk);
  return rows.map((row) => JSON.stringify(row));
}

function rowsSql({ definition }: RegisteredTable, date: GameDate): string {
  const columns = Object.keys(definition.columns).join(', ');
  return `SELECT ${columns} FROM ${qualifiedName(definition)} WHERE ${definition.partitionColumn} = '${date}' ORDER BY ${definition.key.join(', ')}`;
}

/** A home whose clock is set by `setNow`. */
async function openAt(now: string): Promise<Home & { readonly setNow: (at: string) => void }> {
  let time = new Date(now);
  const folder = newFolder();
  const client = openClient({ ...readConfig({}), home: folder }, { clock: () => time, log: () => undefined });
  const worker = await openWorker(client, 'test');
  if (worker === undefined) throw new Error('The home is in use');
  worker.dispatcher.start();
  return {
    ...{ folder, client, worker },
    setNow: (at) => {
      time = new Date(at);
    },
    close: async () => {
      await worker.close();
      client.close();
    },
  };
}

/** Builds everything of which the home knows enough. */
async function build(home: Home): Promise<void> {
  await backfill(home, { season: SEASON, from: 'phase2', only: 'stale' });
  await backfill(home, { season: SEASON, through: 'phase5' });
}

/** What the home has at this moment. */
async function momentOf({ client, worker }: Home, at: string): Promise<Moment> {
  const { registry } = client;
  const view = await loadView(client, registry, [SEASON]);
  const evaluation = evaluate(view);
  const partitions = new Map<string, Seen>();
  const others = new Set<string>();
  for (const table of registry.all) {
    const { name } = table.definition;
    const states = view.seasons.get(SEASON)?.states.get(name) ?? {};
    for (const [date, state] of Object.entries(states) as [GameDate, (typeof states)[string]][]) {
      if (state.status === 'skipped') continue;
      if (!isBuilt(state) || !isAnswered(state) || !evaluation.isCurrent(table, date))
        others.add(`${name}@${date}`);
      else {
        const { rows, outputFingerprint: fingerprint } = state;
        partitions.set(`${name}@${date}`, { table, date, rows, fingerprint });
      }
    }
  }
  const drawn = new Map<string, string[]>();
  let left = ROWS;
  for (const [key, { table, date, rows }] of shuffled(makeRandom(at), [...partitions])) {
    if (rows === 0 || left <= 0) continue;
    const found = await rowsOf(await worker.context.ports.warehouse.ask(rowsSql(table, date)));
    drawn.set(key, found);
    left -= found.length;
  }
  return { at, partitions, others, drawn };
}

/** Reads a home as it was known at a moment, and holds every partition and the drawn rows against what there was then. */
async function compare(
  { client, worker }: Home,
  { at, partitions, others, drawn }: Moment,
): Promise<Record<'rows' | 'partitions' | 'rowsInThem' | 'made' | 'looked' | 'others', number>> {
  const { registry } = client;
  const { calendar } = (await loadView(client, registry, [SEASON])).seasons.get(SEASON) ?? {};
  const then = await openKnownThen(
    { ...client, warehouse: worker.context.ports.warehouse, scratch: memoryStore() },
    { at, dates: calendar?.dates ?? [] },
    registry.all.map(({ definition }) => definition.name),
  );
  const told = { rows: 0, partitions: 0, rowsInThem: 0, others: others.size };
  const found = new Map<string, string>();
  for (const table of registry.all) {
    const answer = await then.overlay.shown(table, then.shown.get(table.definition.name) ?? []);
    if (!answer.ok) throw new Error(answer.failure.detail);
    for (const { date, rows, fingerprint } of answer.value) {
      if (rows === 0) continue;
      found.set(`${table.definition.name}@${date}`, fingerprint);
      told.rowsInThem += rows;
    }
  }
  const expected = new Map(
    [...partitions].flatMap(([key, { rows, fingerprint }]) => (rows > 0 ? [[key, fingerprint]] : [])),
  );
  const differing = [...new Set([...expected.keys(), ...found.keys()])]
    .filter((key) => expected.get(key) !== found.get(key) && !others.has(key))
    .map((key) => {
      const why = then.absent.find(({ table, date }) => `${table}@${date}` === key)?.why ?? '';
      return `${key}: ${expected.has(key) ? (found.has(key) ? 'differs' : `is not there (${why})`) : 'was not there'}`;
    });
  expect(differing, `at ${at}`).toEqual([]);
  for (const [key, rows] of drawn) {
    const { table, date } = partitions.get(key) as Seen;
    expect(await rowsOf(await then.overlay.ask(rowsSql(table, date))), `${key} at ${at}`).toEqual(rows);
    told.rows += rows.length;
  }
  told.partitions += found.size;
  await then.assertUnchanged();
  await then.close();
  const { made, looked } = then;
  return { ...told, made, looked };
}

describe('reading as known then', () => {
  it(
    'gives the rows of a home that was fed only what was known by then',
    { timeout: byProof({ small: 600_000, ci: 1_200_000, all: 10_800_000 }) },
    async () => {
      const home = await openAt('2021-10-01T12:00:00Z');
      const moments: Moment[] = [];
      for (const { at, files, alias } of tellings({ seed: 5, first: FIRST, then: NIGHTS - 1 })) {
        home.setNow(at);
        await loadFiles(home.client, files, { observedAt: at, worker: home.worker });
        if (alias !== undefined) await aliasPlayer(home.client, alias);
        await build(home);
        moments.push(await momentOf(home, at));
      }
      const told = { rows: 0, partitions: 0, rowsInThem: 0, made: 0, looked: 0, others: 0 };
      for (const moment of moments) {
        const found = await compare(home, moment);
        for (const what of Object.keys(told) as (keyof typeof told)[]) told[what] += found[what];
      }
      console.log(`${moments.length} moments: ${JSON.stringify(told)}`);
      await home.close();
      expect(told.rows).toBeGreaterThanOrEqual(NIGHTS * ROWS * 0.9);
      // Nearly everything that a home has is built from what it knows.
      expect(told.others).toBeLessThan(0.02 * told.partitions);
      expect(told.made).toBeGreaterThan(0);
      expect(told.made).toBeLessThan(told.looked);
    },
  );

  it(
    'gives of historical files the rows of a home that has their first part only',
    { timeout: 600_000 },
    async () => {
      const at = '2021-11-05T16:30:00.000Z';
      const last = '2021-11-04';
      const whole = sourceFilesIn(tinyFiles({ through: '2021-11-10' }));
      const home = await openAt('2022-07-01T12:00:00Z');
      await loadFiles(home.client, whole, { worker: home.worker });
      await build(home);
      const first = await openAt(at);
      await loadFiles(
        first.client,
        whole.flatMap((file) => firstPart(file, last, at)),
        { worker: first.worker },
      );
      await build(first);
      const told = await compare(home, await momentOf(first, at));
      await first.close();
      await home.close();
      expect(told.partitions).toBeGreaterThan(100);
      expect(told.others).toBe(0);
    },
  );
});

function sourceFilesIn(folder: string): SourceFile[] {
  return readdirSync(folder).map((name) => sourceFile(name, readFileSync(join(folder, name), 'utf8')));
}

/** The lines of a file that count as known when the games of `last` are over and those of the next date are not. */
function firstPart({ name, bytes }: SourceFile, last: string, at: string): SourceFile[] {
  const [head = '', ...lines] = new TextDecoder().decode(bytes()).trimEnd().split('\n');
  const columns = head.split(',');
  const cell = (line: string, column: string): string => line.split(',')[columns.indexOf(column)] ?? '';
  const time = columns.find((column) => column === 'report_utc' || column === 'snapshot_utc');
  const kept = lines.flatMap((line) => {
    const isOver = cell(line, 'game_date') <= last;
    if (name.startsWith('schedule'))
      return [
        line
          .split(',')
          .map((text, i) =>
            isOver || !['home_pts', 'visitor_pts', 'winner'].includes(columns[i] ?? '') ? text : '',
          )
          .join(','),
      ];
    const isPast = time === undefined ? isOver : new Date(cell(line, time)) <= new Date(at);
    return isPast ? [line] : [];
  });
  return kept.length === 0 ? [] : [sourceFile(name, `${[head, ...kept].join('\n')}\n`)];
}
