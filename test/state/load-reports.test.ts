/** A load report counts every refused line, also where it does not name each of them. */
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { loadReportOf, totalsOf, writeLoadReport, writeUndated } from '../../shared/state/load-reports.ts';

const DATE = gameDate('2024-01-26');
const ports = () => ({ store: memoryStore(), clock: () => new Date('2024-06-01T12:00:00Z') });
const season = { table: 'nbac_player_boxscores', season: '2023-24' } as const;
/** 60 refused lines with 30 different reasons. */
const REJECTS = Array.from({ length: 60 }, (_, i) => ({
  file: 'player_box_2023-24.csv',
  line: i + 2,
  reason: `${'abcdefghij'[i % 10]}${'klm'[i % 3]} is wrong`,
  excerpt: '',
}));

describe('a load report', () => {
  it('names the first refused lines and counts all by their cause, the rare ones together', async () => {
    const at = ports();
    const report = { read: 60, rows: 0, rejected: 60, notUsed: 0, rejects: REJECTS, notes: [], files: [] };
    await writeLoadReport(at, season, new Map([[DATE, report]]));
    const written = (await loadReportOf(at, season.table, season.season))?.dates[DATE];

    expect(written?.rejects).toEqual(REJECTS.slice(0, 10));
    expect(written?.causes).toHaveLength(12);
    expect(written?.causes.at(-1)).toMatchObject({ cause: 'other causes', rows: 38 });
    expect(written?.causes.reduce((sum, { rows }) => sum + rows, 0)).toBe(60);
  });

  it('counts lines without a date by their file: read and refused', async () => {
    const at = ports();
    await writeUndated(at, season, REJECTS.slice(0, 3));
    const written = await loadReportOf(at, season.table, season.season);

    expect(totalsOf(written)).toEqual({ read: 3, rows: 0, rejected: 3, notUsed: 0 });
    expect(written?.dates['undated']?.files).toEqual([
      { file: 'player_box_2023-24.csv', read: 3, loaded: 0, refused: 3, notUsed: 0 },
    ]);
  });
});
