/** Tables read as they were known at a time are those of a home that was fed only what was known by then. */
import { afterAll, describe, expect, it } from 'vitest';
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

const SEASON = '2021-22';
/** Times at which the home is fed, each a moment that is looked at again in the end. */
const NIGHTS = byProof({ small: 3, ci: 6, all: 40 });
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

describe('reading as known then', () => {
  it(
    'gives the rows of a home that was fed only what was known by then',
    { timeout: 1_800_000 },
    async () => {
      let now = new Date('2021-10-01T12:00:00Z');
      const client = openClient(
        { ...readConfig({}), home: newFolder() },
        { clock: () => now, log: () => undefined },
      );
      const worker = await openWorker(client, 'test');
      if (worker === undefined) throw new Error('The home is in use');
      worker.dispatcher.start();
      const home: Home = { folder: '', client, worker, close: () => Promise.resolve() };
      const { registry } = client;
      const { warehouse } = worker.context.ports;
      const moments: Moment[] = [];
      for (const telling of tellings({ seed: 5, first: FIRST, then: NIGHTS - 1 })) {
        now = new Date(telling.at);
        await loadFiles(client, telling.files, { observedAt: telling.at, worker });
        if (telling.alias !== undefined) await aliasPlayer(client, telling.alias);
        await backfill(home, { season: SEASON, from: 'phase2', only: 'stale' });
        await backfill(home, { season: SEASON, through: 'phase4' });
        moments.push(await momentAt(telling.at));
      }

      async function momentAt(at: string): Promise<Moment> {
        const view = await loadView(client, registry, [SEASON]);
        const evaluation = evaluate(view);
        const partitions = new Map<string, Seen>();
        const others = new Set<string>();
        for (const table of registry.all) {
          const { name } = table.definition;
          const states = view.seasons.get(SEASON)?.states.get(name) ?? {};
          for (const [date, state] of Object.entries(states) as [GameDate, (typeof states)[string]][]) {
            if (!isBuilt(state) || !isAnswered(state) || !evaluation.isCurrent(table, date))
              others.add(`${name}@${date} ${state.status} ${state.reason ?? ''}`);
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
          const found = await rowsOf(await warehouse.ask(rowsSql(table, date)));
          drawn.set(key, found);
          left -= found.length;
        }
        return { at, partitions, others, drawn };
      }

      const told = { rows: 0, partitions: 0, made: 0, looked: 0, others: 0, seconds: 0 };
      const dates = Object.keys(
        (await loadView(client, registry, [SEASON])).seasons.get(SEASON)?.calendar.games ?? {},
      );
      for (const { at, partitions, others, drawn } of moments) {
        const started = Date.now();
        const tables = registry.all.map(({ definition }) => definition.name);
        const ports = { ...client, warehouse, scratch: memoryStore() };
        const { overlay, shown, absent, made, looked, assertUnchanged, close } = await openKnownThen(
          ports,
          { at, dates: dates as GameDate[] },
          tables,
        );
        const found = new Map<string, string>();
        for (const table of registry.all) {
          const answer = await overlay.shown(table, shown.get(table.definition.name) ?? []);
          if (!answer.ok) throw new Error(answer.failure.detail);
          for (const { date, rows, fingerprint } of answer.value)
            if (rows > 0) found.set(`${table.definition.name}@${date}`, fingerprint);
        }
        const expected = new Map(
          [...partitions].flatMap(([key, { rows, fingerprint }]) =>
            rows > 0 ? [[key, fingerprint] as const] : [],
          ),
        );
        const doubtful = new Set([...others].map((each) => each.split(' ')[0]));
        const differing = [...new Set([...expected.keys(), ...found.keys()])]
          .filter((key) => expected.get(key) !== found.get(key) && !doubtful.has(key))
          .map((key) => {
            const why = absent.find(({ table, date }) => `${table}@${date}` === key)?.why;
            return `${key}: ${expected.has(key) ? (found.has(key) ? 'differs' : `is not there (${why ?? ''})`) : 'was not there'}`;
          });
        expect(differing, `at ${at}`).toEqual([]);
        for (const [key, rows] of drawn) {
          const { table, date } = partitions.get(key) as Seen;
          expect(await rowsOf(await overlay.ask(rowsSql(table, date))), `${key} at ${at}`).toEqual(rows);
          told.rows += rows.length;
        }
        told.partitions += found.size;
        told.made += made;
        told.looked += looked;
        told.others += others.size;
        await assertUnchanged();
        await close();
        told.seconds += (Date.now() - started) / 1000;
      }
      console.log(`${moments.length} moments: ${JSON.stringify(told)}`);
      console.log([...(moments.at(-1)?.others ?? [])].slice(0, 10).join('\n'));
      await worker.close();
      client.close();
      expect(told.rows).toBeGreaterThanOrEqual(NIGHTS * ROWS * 0.9);
      expect(told.made).toBeGreaterThan(0);
      expect(told.made).toBeLessThan(told.looked);
    },
  );
});
