/** The games that a date is loaded with are those of the whole schedule, wherever imports have moved, doubled or dropped them. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { archiveFiles } from '../../functions/control/archive-files.ts';
import { gamesOfDate, type ArchivedSchedule } from '../../functions/control/archived-schedule.ts';
import { archivedParts } from '../../functions/ingest/archived-lines.ts';
import { loadTable } from '../../functions/ingest/load-table.ts';
import { loadContextOf, type Schedule } from '../../functions/ingest/schedule.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { archivedDates } from '../../shared/domain/archive.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import { csv, game, secondGame, SEASON, type Cells } from '../support/source-lines.ts';
import { sourceFile } from '../support/source-file.ts';

const DATES = ['2023-10-24', '2023-10-25', '2023-10-27'].map(gameDate);
const TEAMS: readonly Cells[] = [game, secondGame, { ...game, game_id: '0022300063', home_team: 'BOS' }];
const UNPLAYED: Cells = { home_pts: '', visitor_pts: '', winner: '' };
const TABLES = ['nbac_schedule', 'nbac_game_results'];

/** One line of a schedule: which game, on which date, whether it was played, and whether its teams are swapped. */
const line = fc.record({
  game: fc.nat(TEAMS.length - 1),
  date: fc.nat(DATES.length - 1),
  isPlayed: fc.boolean(),
  isSwapped: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
});
const imports = fc.array(fc.array(line, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 });
type Line = typeof line extends fc.Arbitrary<infer T> ? T : never;

function cellsOf({ game: at, date, isPlayed, isSwapped }: Line): Cells {
  const cells: Cells = {
    ...{ ...TEAMS[at], game_date: DATES[date] ?? '', tipoff_et: '' },
    ...(isPlayed ? {} : UNPLAYED),
  };
  const swapped = { home_team: cells['visitor_team'] ?? '', visitor_team: cells['home_team'] ?? '' };
  return { ...cells, ...(isSwapped ? { ...swapped, winner: '' } : {}) };
}

async function archived(lines: readonly (readonly Line[])[]): Promise<ArchivedSchedule> {
  const ports = {
    store: memoryStore(),
    archive: memoryArchive(),
    clock: () => new Date('2024-06-01T12:00:00Z'),
  };
  for (const ofImport of lines) {
    const { name, text } = csv(`schedule_${SEASON}.csv`, ofImport.map(cellsOf));
    // An import that takes final scores away is refused; the others count.
    await archiveFiles(ports, [sourceFile(name, text)]).catch((error: unknown) => {
      if (!(error instanceof RequestError)) throw error;
    });
  }
  return {
    season: SEASON,
    archives: await archivesOf(ports, TABLES, SEASON),
    parts: archivedParts(ports.archive),
  };
}

/** Every date of the season, read in their order. */
async function whole({ archives, parts, season }: ArchivedSchedule): Promise<Schedule> {
  const rows = new Map<string, Row[]>();
  for (const archive of archives) {
    if (archive === undefined) continue;
    const ofTable: Row[] = [];
    const [load, context] = [RAW_LOADS.of(archive.table), loadContextOf((table) => rows.get(table))];
    for (const date of archivedDates(archive))
      ofTable.push(...loadTable(load, season, await parts(archive, date), context, date).rows);
    rows.set(archive.table, ofTable);
  }
  return loadContextOf((table) => rows.get(table)).schedule;
}

describe('the games of a date', () => {
  it('are those of the whole schedule, as are the named games of other dates', async () => {
    await fc.assert(
      fc.asyncProperty(imports, async (lines) => {
        const schedule = await archived(lines);
        const all = await whole(schedule);
        const read = new Map();
        for (const date of DATES) {
          const games = await gamesOfDate(schedule, date, [], read);
          const onDate = (of: Schedule) => [...of.values()].filter((each) => each.date === date);
          expect(onDate(games)).toEqual(onDate(all));
          const named = TEAMS.map((cells) => String(cells['game_id']));
          const found = await gamesOfDate(schedule, date, [...named, 'BOS', '0022300999'], read);
          expect(new Set(found.values())).toEqual(new Set(all.values()));
          expect(onDate(found)).toEqual(onDate(all));
        }
      }),
      { numRuns: 150 },
    );
  });
});
