/**
 * The simulated pipeline of the product with the toy league in it: a dozen tables on the model of the warehouse, and
 * source rows that are archived as JSON.
 */
import { archiveOf, rememberImports } from '../../shared/state/archives.ts';
import type { Policy } from '../../functions/control/policy.ts';
import type { HandlerContext, LoadedDate } from '../../functions/steps/context.ts';
import type { SimulatedPorts } from '../../functions/targets/simulated/faulty-ports.ts';
import { modelWarehouse, type ModelWarehouse } from '../../functions/targets/simulated/model-warehouse.ts';
import {
  makeSimulatedWorld,
  type SimulatedOptions,
  type SimulatedWorld,
} from '../../functions/targets/simulated/world.ts';
import { ok } from '../../shared/domain/failure.ts';
import { digest } from '../../shared/domain/hash.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { PLAYERS_PER_TEAM, SEASON, type Sources } from './toy-league.ts';
import { IGNORES_NOTES, toyRegistry } from './toy-tables.ts';

export interface WorldOptions extends Pick<
  SimulatedOptions<ModelWarehouse>,
  'seed' | 'faults' | 'workers' | 'tracer' | 'codeOf'
> {
  readonly policy?: Partial<Policy>;
  readonly registry?: Registry;
  readonly start?: string;
  /** A world to begin with: its documents, files and tables. */
  readonly from?: World;
}

export interface World extends SimulatedWorld<ModelWarehouse> {
  /** Puts source rows into the archive, as an import or a scraper does; nothing is loaded yet. */
  readonly archiveRows: (sources: Sources) => Promise<void>;
}

export function makeWorld(options: WorldOptions = {}): World {
  const { from, policy, registry, start = '2024-06-01T12:00:00Z', ...others } = options;
  const begin = new Date(start);
  const world = makeSimulatedWorld({
    ...others,
    registry: registry ?? from?.registry ?? toyRegistry(),
    warehouse:
      from?.warehouse.copy() ??
      modelWarehouse({ playersPerTeam: PLAYERS_PER_TEAM, ignoreNotes: IGNORES_NOTES }),
    ...(from === undefined ? {} : { documents: from.store.dump(), archive: from.archive }),
    start: from === undefined || begin > from.now() ? begin : from.now(),
    policy: {
      batchSize: () => 3,
      maxInFlight: 2,
      leaseSeconds: 120,
      gateRetrySeconds: 30,
      tellAgainSeconds: 900,
      ...policy,
    },
    loaderOf: jsonLoader,
    tracing: process.env['FULLCOURT_TRACE'] === '1',
  });
  const { store, archive } = world;
  return {
    ...world,
    archiveRows: async (sources) => {
      for (const [table, rows] of Object.entries(sources)) {
        const name = `${table}.json`;
        const file = await archive.put(name, new TextEncoder().encode(JSON.stringify(rows)));
        const ofDates = Map.groupBy(rows, (row) => String(row['game_date']) as GameDate);
        const incoming = {
          entries: {
            [file.sha256]: {
              ...file,
              name,
              kind: table,
              source: 'files',
              observedAt: start,
              observedKind: 'assumed' as const,
            },
          },
          slices: new Map(
            [...ofDates].map(([date, ofDate]) => [
              date,
              [{ entry: file.sha256, digest: digest(JSON.stringify(ofDate)), subjects: [date] }],
            ]),
          ),
          wholeSeason: [table],
          movable: [],
        };
        await rememberImports({ store }, SEASON, [{ table, incoming }]);
      }
    },
  };
}

/** Reads the rows of a toy table from its archived files. */
function jsonLoader(ports: SimulatedPorts): HandlerContext['load'] {
  return async (table, dates) => {
    const first = dates[0];
    const none = { rows: [], dates: new Map<GameDate, LoadedDate>() };
    if (first === undefined) return ok(none);
    const found = await archiveOf(ports, table.definition.name, seasonOf(first));
    const rows: Row[] = [];
    for (const date of dates) {
      for (const { entry } of found?.slices[date] ?? []) {
        const { uri = '' } = found?.entries[entry] ?? {};
        const ofFile = JSON.parse(new TextDecoder().decode(await ports.archive.get(uri))) as Row[];
        rows.push(...ofFile.filter((row) => row['game_date'] === date));
      }
    }
    return ok({
      rows,
      dates: new Map(
        dates.map((date) => [
          date,
          {
            expectedGames: 0,
            lackingRows: 0,
            lacking: [],
            accepted: null,
            outOfRange: { rows: 0, games: 0 },
            held: null,
            hasLostGames: false,
            isArchived: found?.slices[date] !== undefined,
          },
        ]),
      ),
    });
  };
}
