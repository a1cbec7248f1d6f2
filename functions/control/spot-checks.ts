/** Draws rows of computed tables and recomputes each from raw rows by the spot of its table. */
import { gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { makeRandom } from '../../shared/domain/seeded-random.ts';
import { stalenessOf } from '../../shared/domain/staleness.ts';
import { isComputed, qualifiedName, type TableDefinition } from '../../shared/domain/table.ts';
import { isTrusted, spotFindings, type Finding } from '../../shared/domain/validation.ts';
import type { View } from '../../shared/domain/view.ts';
import type { Cell, Row, Warehouse } from '../../shared/ports/warehouse.ts';
import type { Raw, RawRow } from '../processors/_shared/spot.ts';
import { SPOTS } from '../processors/spots.ts';
import { rowsAnswering } from './query.ts';
import type { DateRange } from './row-checks.ts';

/** How many rows of each table are drawn, and by what. */
export interface SpotsAsked {
  readonly rows: number;
  /** The same seed draws the same rows while the same rows are there. */
  readonly seed: number;
}

/** What became of the drawn rows. */
export interface SpotChecks {
  readonly findings: readonly Finding[];
  /** Rows that were recomputed, and values of them that were compared. */
  readonly compared: { readonly rows: number; readonly values: number };
  /** Drawn rows that cannot be told in a plain way, by table and reason. */
  readonly leftOut: readonly { readonly table: string; readonly why: string; readonly rows: number }[];
  /** Asked tables of phases 3 and 4 that have no spot. */
  readonly without: readonly string[];
}

/** Only dates are drawn from whose cells have all rows and are not stale: what is stale differs rightly. */
export async function spotChecks(
  view: View,
  warehouse: Pick<Warehouse, 'ask'>,
  tables: readonly string[],
  range: DateRange,
  { rows, seed }: SpotsAsked,
): Promise<SpotChecks> {
  const raw = rawOf(view, warehouse);
  const staleness = stalenessOf(view);
  const findings: Finding[] = [];
  const leftOut = new Map<string, { readonly table: string; readonly why: string; rows: number }>();
  const total = { rows: 0, values: 0 };
  const without: string[] = [];
  for (const name of tables) {
    const registered = view.registry.get(name);
    const { definition } = registered;
    if (!isComputed(definition) || !['phase3', 'phase4'].includes(definition.phase)) continue;
    const load = SPOTS[name];
    if (load === undefined) {
      without.push(name);
      continue;
    }
    const spot = await load();
    const isDrawn = (date: GameDate): boolean =>
      isTrusted(view, name, date) && staleness(registered, date) === undefined;
    const random = makeRandom('spot', seed, name);
    for (const row of await drawnRows(warehouse, definition, range, rows, isDrawn, random.below)) {
      const date = gameDate(String(row[definition.partitionColumn]));
      const key = Object.fromEntries(
        definition.key.map((column): [string, Cell] => [column, row[column] ?? null]),
      );
      const told = await spot(raw, { date, key });
      if ('why' in told) {
        const known = leftOut.get(`${name} ${told.why}`) ?? { table: name, why: told.why, rows: 0 };
        leftOut.set(`${name} ${told.why}`, { ...known, rows: known.rows + 1 });
        continue;
      }
      total.rows += 1;
      total.values += Object.keys(told.values).length;
      findings.push(...spotFindings(definition, date, row, told.values));
    }
  }
  return { findings, compared: total, leftOut: [...leftOut.values()], without };
}

/** Some rows of a table, with all of their columns. */
async function drawnRows(
  warehouse: Pick<Warehouse, 'ask'>,
  definition: TableDefinition,
  { start, end }: DateRange,
  n: number,
  isDrawn: (date: GameDate) => boolean,
  pick: (below: number) => number,
): Promise<Row[]> {
  const part = definition.partitionColumn;
  const [table, within] = [qualifiedName(definition), `t.${part} BETWEEN DATE '${start}' AND DATE '${end}'`];
  const keys = definition.key.filter((column) => column !== part);
  const order = [part, ...keys].map((column) => `t.${column}`).join(', ');
  const counts = await rowsAnswering(
    warehouse,
    `SELECT CAST(t.${part} AS STRING) AS date, COUNT(*) AS n FROM ${table} AS t WHERE ${within} GROUP BY t.${part} ORDER BY t.${part}`,
  );
  const places = counts.flatMap((row) => {
    const date = gameDate(String(row['date']));
    return isDrawn(date) ? Array.from({ length: Number(row['n']) }, (_, i) => ({ date, i })) : [];
  });
  const chosen = new Map<GameDate, Set<number>>();
  for (let left = Math.min(n, places.length); left > 0; left -= 1) {
    const [place] = places.splice(pick(places.length), 1);
    if (place !== undefined) chosen.set(place.date, (chosen.get(place.date) ?? new Set()).add(place.i));
  }
  const found: Row[] = [];
  for (const [date, at] of chosen) {
    const all = await rowsAnswering(
      warehouse,
      `SELECT * FROM ${table} AS t WHERE t.${part} = DATE '${date}' ORDER BY ${order}`,
    );
    found.push(...all.filter((_, i) => at.has(i)));
  }
  return found;
}

/** Values that questions are made of: ids and lookups. */
const PLAIN = /^[A-Za-z0-9_]+$/;

/** The raw tables. What was asked once is kept. */
function rawOf({ registry }: View, warehouse: Pick<Warehouse, 'ask'>): Raw {
  const known = new Map<string, Promise<readonly RawRow[]>>();
  return {
    rows: (table, [first, last], where) => {
      const { definition } = registry.get(table);
      const conditions = Object.entries(where).map(([column, values]) => {
        const other = values.find((value) => !PLAIN.test(value));
        if (other !== undefined) throw new Error(`${table}.${column}: "${other}" is no id`);
        return `${column} IN (${values.map((value) => `'${value}'`).join(', ')})`;
      });
      const part = definition.partitionColumn;
      const order = [...new Set([part, ...definition.key])].join(', ');
      const sql = `SELECT * FROM ${qualifiedName(definition)} WHERE ${[`${part} BETWEEN DATE '${first}' AND DATE '${last}'`, ...conditions].join(' AND ')} ORDER BY ${order}`;
      const asked = known.get(sql) ?? rowsAnswering(warehouse, sql);
      known.set(sql, asked);
      return asked;
    },
  };
}
