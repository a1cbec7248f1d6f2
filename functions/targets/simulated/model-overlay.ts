/** An overlay on the model of the warehouse. */
import type { GameDate } from '../../../shared/domain/game-date.ts';
import { ok, permanent, RequestError, transient, type Result } from '../../../shared/domain/failure.ts';
import type { Overlay, ShownDate, TableDates } from '../../../shared/ports/warehouse.ts';
import { modelRead } from './model-read.ts';
import {
  EMPTY_FINGERPRINT,
  measure,
  partitionOf,
  rowsOf,
  scheduleFactsIn,
  type ModelOptions,
  type ModelPartition,
  type ModelRow,
  type Tables,
} from './model-rows.ts';

interface Below {
  /** The published partitions. */
  readonly tables: Tables;
  readonly options: ModelOptions;
}

let opened = 0;

/** @param shows the only published dates that can be read through it; by default all */
export function modelOverlay({ tables, options }: Below, shows: TableDates | undefined): Overlay {
  const held = new Map<string, Map<GameDate, ModelPartition | undefined>>();
  const staging = new Map<string, ReadonlyMap<GameDate, readonly ModelRow[]>>();
  const revealed = new Map<string, readonly GameDate[]>();
  let narrowed: readonly TableDates[] = [];
  let isClosed = false;
  const name = `overlay_${(opened += 1)}`;

  const isShown = (table: string, date: GameDate): boolean =>
    narrowed.every((only) => only.get(table)?.includes(date) === true);
  const isReadThrough = (table: string, date: GameDate): boolean =>
    shows === undefined || [shows, revealed].some((dates) => dates.get(table)?.includes(date) === true);
  /** What the overlay shows at this moment. */
  const seen = (): Tables => {
    const found: Tables = new Map();
    for (const table of new Set([...tables.keys(), ...held.keys()])) {
      const own = held.get(table);
      const through = [...(tables.get(table) ?? [])].filter(
        ([date]) => own?.has(date) !== true && isReadThrough(table, date),
      );
      const all = [...through, ...(own ?? [])].flatMap(([date, partition]) =>
        partition !== undefined && isShown(table, date) ? [[date, partition] as const] : [],
      );
      found.set(table, new Map(all));
    }
    return found;
  };
  const unlessClosed = <T>(work: () => Result<T>): Promise<Result<T>> =>
    Promise.resolve(isClosed ? permanent('overlay_closed', `The overlay ${name} is closed`) : work());

  return {
    name,
    stage: (job) =>
      unlessClosed(() => {
        const now = seen();
        const rows = new Map(
          job.dates.map((date) => [
            date,
            rowsOf(job, date, now, options).filter(
              ({ broken }) => !broken || job.inRangeOnly?.includes(date) !== true,
            ),
          ]),
        );
        const handle = `${name}_${staging.size + 1}`;
        staging.set(handle, rows);
        const dates = job.dates.map((date) =>
          measure(job.table.definition, date, rows.get(date) ?? [], now, options),
        );
        return ok({ table: job.table, runId: job.runId, dates, handle });
      }),
    discard: ({ handle }) => {
      staging.delete(handle);
      return Promise.resolve();
    },
    hold: ({ handle, runId, table: { definition } }, dates) =>
      unlessClosed(() => {
        const rows = staging.get(handle);
        if (rows === undefined) return transient('staging_gone', `The staged rows of ${runId} are gone`);
        const own = held.get(definition.name) ?? new Map<GameDate, ModelPartition | undefined>();
        held.set(definition.name, own);
        for (const date of dates) {
          const ofDate = rows.get(date) ?? [];
          own.set(date, ofDate.length === 0 ? undefined : partitionOf(definition.name, ofDate, 0, options));
        }
        return ok(undefined);
      }),
    reveal: ({ definition: { name: table } }, dates) =>
      unlessClosed(() => {
        revealed.set(table, [...(revealed.get(table) ?? []), ...dates]);
        return ok(undefined);
      }),
    read: (asked) => unlessClosed(() => modelRead(seen(), asked)),
    shown: ({ definition }, dates) =>
      unlessClosed(() => {
        const partitions = seen().get(definition.name);
        return ok(
          dates.map((date): ShownDate => {
            const found = partitions?.get(date);
            return {
              date,
              rows: found?.rows.length ?? 0,
              fingerprint: found?.fingerprint ?? EMPTY_FINGERPRINT,
            };
          }),
        );
      }),
    scheduleFacts: (seasons) => unlessClosed(() => ok(scheduleFactsIn(seen(), seasons))),
    narrow: (only) =>
      unlessClosed(() => {
        narrowed = [...narrowed, only];
        return ok(undefined);
      }),
    ask: () => Promise.reject(new RequestError('The model of the warehouse runs no SQL')),
    close: () => {
      isClosed = true;
      held.clear();
      staging.clear();
      return Promise.resolve();
    },
  };
}
