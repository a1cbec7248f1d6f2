/** Which later dates of which tables can change when some dates of some tables change, and through which inputs. */
import { tableNamed } from '../../shared/domain/table-named.ts';
import { windowText } from '../../shared/domain/window-text.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { reachOf } from '../../shared/domain/reach.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { Phase } from '../../shared/domain/table.ts';
import { loadReached } from '../../shared/state/views.ts';
import { datesBetween } from './date-range.ts';
import type { ReadingPorts } from './ports.ts';

export interface RestatementQuestion {
  readonly start: GameDate;
  readonly end: GameDate;
  readonly through: Phase;
  /** The tables that change; by default the box scores. */
  readonly tables?: readonly string[] | undefined;
}

export interface Restatements {
  /** The game dates from `start` to `end`. */
  readonly dates: readonly GameDate[];
  /** Seasons of the range of which no game is known. */
  readonly unknownSeasons: readonly Season[];
  /** The tables that change. */
  readonly tables: readonly string[];
  readonly affected: readonly {
    readonly table: string;
    readonly dates: readonly GameDate[];
    /** The inputs of the table that change, each with its window. */
    readonly because: string;
  }[];
}

/** @throws RequestError when there is no such table */
export async function restatements(
  ports: ReadingPorts,
  { start, end, through, tables: asked }: RestatementQuestion,
): Promise<Restatements> {
  const { registry } = ports;
  const { dates, unknownSeasons } = await datesBetween(ports, start, end);
  const tables = asked?.map((name) => tableNamed(registry, name)) ?? registry.resultSources;
  const view = await loadReached(ports, registry, dates, tables);
  const changed = tables.flatMap((name) => dates.map((date) => ({ table: name, date })));
  const reach = reachOf(view, changed, through);
  const sources = new Set([...tables, ...reach.keys()]);
  const affected = [...reach].map(([name, ofTable]) => ({
    table: name,
    dates: ofTable,
    because: registry
      .get(name)
      .definition.inputs.filter((input) => sources.has(input.table))
      .map((input) => `${input.table} (${windowText(input.window)})`)
      .join(', '),
  }));
  return { dates, unknownSeasons, tables, affected };
}
