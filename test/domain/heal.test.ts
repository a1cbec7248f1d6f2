/** Which holes are asked for without a person. */
import { describe, expect, it } from 'vitest';
import { decideHealing } from '../../shared/domain/decide/heal.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import type { Hole } from '../../shared/domain/holes.ts';
import { HEAL } from '../../shared/domain/trust-limits.ts';
import { viewOf } from '../support/view-of.ts';

const FIRST = gameDate('2023-10-24');
const DAYS = Array.from({ length: 150 }, (_, i) => addDays(FIRST, i));
const view = viewOf({ dates: DAYS, differently: () => null });

const hole = (table: string, date: GameDate, of: Partial<Hole> = {}): Hole => ({
  ...{ table, date, cause: { table, date, kind: 'missing', detail: 'gone' } },
  ...{
    blocks: { cells: 0, predictions: 0 },
    cure: 'fullcourt backfill',
    price: { runs: 1, seconds: 1, usd: 0 },
  },
  ...of,
});
const on = (table: string, from: number, count: number, step = 1): Hole[] =>
  Array.from({ length: count }, (_, i) => hole(table, DAYS[from + i * step] ?? FIRST));
const never = (): boolean => false;

describe('holes that are asked for', () => {
  it('are those of at most so many dates of a table in a row', () => {
    const small = on('team_offense', 0, HEAL.datesInARow);
    const large = on('team_defense', 0, HEAL.datesInARow + 1);
    const { asked, left } = decideHealing(view, [...small, ...large], never);
    expect(asked).toEqual(small);
    expect(new Set(left.map(({ table, why }) => `${table} ${why}`))).toEqual(new Set(['team_defense large']));
    expect(left).toHaveLength(large.length);
  });

  it('can be many where they do not lie in a row, up to the limit of one look', () => {
    const apart = [...on('team_offense', 0, 75, 2), ...on('team_defense', 0, 75, 2)];
    const { asked, left } = decideHealing(view, apart, never);
    expect(asked).toEqual(apart.slice(0, HEAL.cells));
    expect(left.map(({ why }) => why)).toEqual(apart.slice(HEAL.cells).map(() => 'for the next look'));
  });

  it('are not those that were asked for, that need files, or that wait for one that is left', () => {
    const again = hole('team_offense', FIRST);
    const files = hole('nbac_player_boxscores', FIRST, { price: null });
    const short = hole('shot_zones', FIRST, {
      cause: { table: 'shot_zones', date: FIRST, kind: 'partial', detail: 'rows_missing: 1 row' },
    });
    const behind = hole('team_defense', FIRST, { cause: { ...again.cause } });
    const large = on('player_summary', 20, 30);
    const late = hole('daily_cache', DAYS[60] ?? FIRST, { cause: { ...(large[0]?.cause ?? again.cause) } });
    const { asked, left } = decideHealing(
      view,
      [behind, files, again, late, short, ...large],
      ({ table }) => table === 'team_offense',
    );
    expect(asked).toEqual([]);
    expect(left.slice(0, 5).map(({ table, why }) => [table, why])).toEqual([
      ['team_defense', 'asked before'],
      ['nbac_player_boxscores', 'files'],
      ['team_offense', 'asked before'],
      ['daily_cache', 'behind a large one'],
      ['shot_zones', 'files'],
    ]);
  });

  it('are all that runs can close when a person says so', () => {
    const large = on('player_summary', 0, 140);
    expect(decideHealing(view, large, never, true).asked).toEqual(large);
  });
});
