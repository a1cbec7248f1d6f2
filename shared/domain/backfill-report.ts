/**
 * What a report of a backfill concludes from what is there: what is still lacking by first cause, how the pace was beside the forecast,
 * and what to do next. Pure.
 */
import type { Cause } from './cause.ts';
import { refName, type PartitionRef } from './partition.ts';
import type { CellWhy } from './why.ts';

/** A cell that should have rows and has too few, with the first of its causes; null where no cause is known. */
export interface Gap extends PartitionRef {
  readonly status: CellWhy['status'];
  readonly cause: Cause | null;
}

/** Gaps with the first cause of each. Cells that are still to be built are none. */
export function gapsOf(cells: readonly CellWhy[], isOpen: (cell: PartitionRef) => boolean): Gap[] {
  return cells
    .filter((cell) => !isOpen(cell))
    .map(({ table, date, status, causes: [cause = null] }) => ({ table, date, status, cause }));
}

/** Gaps that have one first cause, that with the most cells first. */
export interface GapGroup {
  readonly cause: Cause | null;
  readonly gaps: readonly Gap[];
}

export function gapsByCause(gaps: readonly Gap[]): GapGroup[] {
  return [...Map.groupBy(gaps, ({ cause }) => (cause === null ? '' : refName(cause))).values()]
    .map((group) => ({ cause: group[0]?.cause ?? null, gaps: group }))
    .sort((a, b) => b.gaps.length - a.gaps.length);
}

/** Dates an hour, rounded; null where nothing was built or no time has passed. */
export function datesAnHour(dates: number, seconds: number): number | null {
  return dates > 0 && seconds > 0 ? Math.round((dates / seconds) * 3600) : null;
}

/** Where a duration lies in the band that was forecast. */
export type Beside = 'under p50' | 'p50 to p90' | 'over p90';

/** @returns null where nothing was forecast */
export function besideForecast(
  seconds: number,
  forecast: { readonly p50: number; readonly p90: number } | null,
): Beside | null {
  if (forecast === null) return null;
  if (seconds <= forecast.p50) return 'under p50';
  return seconds <= forecast.p90 ? 'p50 to p90' : 'over p90';
}

/** A command and what it is good for. */
export interface NextCommand {
  readonly command: string;
  readonly why: string;
}

/** What is known when it is said what to do next. */
export interface Stands {
  readonly id: string;
  readonly state:
    'running' | 'interrupted' | 'paused' | 'done' | 'done_with_failures' | 'cancelled' | 'refused';
  /** Criteria without which nothing was started, with their cures. */
  readonly noGo: readonly { readonly name: string; readonly cure: string | null }[];
  readonly gaps: readonly GapGroup[];
  /** The first and last of the dates that were asked for; undefined without any. */
  readonly range: { readonly start: string; readonly end: string } | undefined;
  /** Stale cells of the dates that were asked for. */
  readonly stale: number;
}

/** Cures that are named at most. */
const MAX_CURES = 5;

/** The commands that a person types next, in their order; none where nothing is left to do. */
export function nextCommands({ id, state, noGo, gaps, range, stale }: Stands): NextCommand[] {
  const on = `--start ${range?.start ?? ''} --end ${range?.end ?? ''}`;
  switch (state) {
    case 'running':
      return [{ command: `fullcourt backfills watch ${id}`, why: 'it runs: see how far it is' }];
    case 'interrupted':
      return [{ command: `fullcourt backfills watch ${id}`, why: 'nobody works on the home: go on with it' }];
    case 'paused':
      return [{ command: `fullcourt backfills resume ${id}`, why: 'a person has paused it: go on with it' }];
    case 'refused':
      return [
        ...distinct(
          noGo.flatMap(({ name, cure }) => (cure === null ? [] : [{ command: cure, why: `NO-GO: ${name}` }])),
        ),
        { command: `fullcourt backfills retry ${id}`, why: 'then ask again' },
      ];
    case 'done':
    case 'done_with_failures':
    case 'cancelled': {
      const cures = distinct(
        gaps.flatMap(({ cause, gaps: { length } }) =>
          cause?.cure == null
            ? []
            : [{ command: cause.cure, why: `${refName(cause)}: first cause of ${length} of the gaps` }],
        ),
      );
      return [
        ...cures.slice(0, MAX_CURES),
        ...(cures.length > MAX_CURES && range !== undefined
          ? [{ command: `fullcourt why ${on}`, why: `the other ${cures.length - MAX_CURES} cures` }]
          : []),
        ...(state === 'done'
          ? []
          : [{ command: `fullcourt backfills retry ${id}`, why: 'ask again for what it has not built' }]),
        ...(stale > 0 && range !== undefined
          ? [
              {
                command: `fullcourt backfill ${on} --only stale`,
                why: `${stale} cells of its dates are stale`,
              },
            ]
          : []),
      ];
    }
    default:
      return state satisfies never;
  }
}

/** Commands, each once. */
function distinct(all: readonly NextCommand[]): NextCommand[] {
  return [...new Map(all.toReversed().map((each) => [each.command, each])).values()].toReversed();
}
