/** Reads the schedule of a season, with its results, from the archived files. */
import { archivedDates, type Archive } from '../../shared/domain/archive.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import type { PartsOfDate } from '../ingest/archived-lines.ts';
import { loadTable } from '../ingest/load-table.ts';
import { loadContextOf, type LoadContext, type Schedule } from '../ingest/schedule.ts';
import { RAW_LOADS } from '../processors/loads.ts';

/** Whether a raw table tells of the games of a season: which there are, or how they ended. */
export function isOfSchedule(table: string): boolean {
  return table === 'nbac_schedule' || table === 'nbac_game_results';
}

/**
 * Reads the schedule, and the results with what the schedule has told.
 * @param archives of the tables of the schedule, in loading order
 */
export async function archivedSchedule(
  parts: PartsOfDate,
  archives: readonly (Archive | undefined)[],
  season: Season,
): Promise<Schedule> {
  const rows = new Map<string, Row[]>();
  const contextNow = (): LoadContext => loadContextOf((table) => rows.get(table));
  for (const archive of archives) {
    if (archive === undefined) continue;
    const ofTable: Row[] = [];
    const [load, context] = [RAW_LOADS.of(archive.table), contextNow()];
    for (const date of archivedDates(archive))
      for (const row of loadTable(load, season, await parts(archive, date), context, date).rows)
        ofTable.push(row);
    rows.set(archive.table, ofTable);
  }
  return contextNow().schedule;
}
