/**
 * What the witnesses of a raw table say of a date: the totals of each team, by the rows that their own loads make of their
 * archived files. Of the two tables of box scores each needs the totals of the other, so they are remembered.
 */
import type { GameDate } from '../../shared/domain/game-date.ts';
import { witnessesOf } from '../../shared/domain/table.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { loadTable } from '../ingest/load-table.ts';
import type { RawLoad } from '../ingest/raw-load.ts';
import { teamTotals, type TeamTotals } from '../ingest/team-box-witnesses.ts';
import { RAW_LOADS } from '../processors/loads.ts';
import type { ReadGames } from './archived-schedule.ts';
import { contextOfDate, revisionsOf, tablesToKnow, type KnownArchive } from './date-context.ts';

/** Dates that are remembered at once: two tables of four seasons. */
const MAX_DATES = 2000;

export interface WitnessTotals {
  /**
   * The totals of the rows of a load, followed by those of its witnesses; none for a load whose table has no box scores.
   * @throws ArchiveDamage when an archived file of a witness is not what was imported
   */
  readonly of: (
    known: KnownArchive,
    load: RawLoad,
    date: GameDate,
    rows: readonly Row[],
  ) => Promise<readonly TeamTotals[]>;
}

/** @param games where games that were read are kept for later calls */
export function witnessTotals(games: ReadGames): WitnessTotals {
  const remembered = new Map<string, readonly TeamTotals[]>();
  const remember = (key: string, rows: readonly Row[]): readonly TeamTotals[] => {
    const totals = teamTotals(rows);
    if (remembered.size >= MAX_DATES) remembered.clear();
    remembered.set(key, totals);
    return totals;
  };
  const ofWitness = async (known: KnownArchive, table: string, date: GameDate) => {
    const archive = known.archives.get(table);
    if (archive?.slices[date] === undefined) return [];
    const load = RAW_LOADS.of(table);
    const key = keyOf(known, load, date);
    const found = remembered.get(key);
    if (found !== undefined) return found;
    const context = await contextOfDate(known, load, date, games);
    return remember(key, loadTable(load, known.season, await known.parts(archive, date), context, date).rows);
  };
  return {
    of: async (known, load, date, rows) => {
      const witnesses = load.definition.tells === 'box_scores' ? witnessesOf(load.definition) : [];
      if (witnesses.length === 0) return [];
      const own = remember(keyOf(known, load, date), rows);
      const others = await Promise.all(witnesses.map((table) => ofWitness(known, table, date)));
      return [own, ...others].flat();
    },
  };
}

/** Everything that the totals of a date depend on. */
function keyOf(known: KnownArchive, load: RawLoad, date: GameDate): string {
  const { name } = load.definition;
  return `${name} ${date} ${revisionsOf(known, [name, ...tablesToKnow(load)])} ${known.players.size}`;
}
