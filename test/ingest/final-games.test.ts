/** Which lines of a schedule say that a game was played: only those that can be loaded. */
import { describe, expect, it } from 'vitest';
import { sliceFile } from '../../functions/ingest/file-slices.ts';
import { sourceFileOf } from '../../functions/ingest/source-files.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import { csv, game, secondGame, type Cells } from '../support/source-lines.ts';

/** The games with a final score in a schedule that has `game` with other cells, and another game. */
function finals(changed: Cells): readonly string[] {
  const name = 'schedule_2023-24.csv';
  const file = sourceFileOf(name);
  if (file === undefined) throw new Error(`${name} is no source file`);
  const sliced = sliceFile(file, csv(name, [{ ...game, ...changed }, secondGame]).text, RAW_LOADS);
  if ('fault' in sliced) throw new Error(sliced.fault);
  return [...(sliced.seasons.get('2023-24')?.values() ?? [])].flatMap(({ finals: found = [] }) => found);
}

describe('a line of a schedule', () => {
  it.each([
    ['as it should be', {}],
    ['with a season and a kind in other words', { season: '2023-2024', season_type: 'Regular Season' }],
    ['with a decorated id, score and team', { game_id: '22300061.0', home_pts: ' 119 ', home_team: 'den' }],
    ['without a winner', { winner: '' }],
  ])('%s says that the game was played', (_what, changed) => {
    expect(finals(changed)).toContain('0022300061');
  });

  it.each([
    ['no score', { home_pts: '', visitor_pts: '' }],
    ['half a score', { visitor_pts: '' }],
    ['a draw', { visitor_pts: 119 }],
    ['another season', { season: '2022-23' }],
    ['another kind of game', { season_type: 'playoffs' }],
    ['a team that is none', { visitor_team: 'XYZ' }],
    ['one team twice', { visitor_team: 'DEN' }],
    ['another winner than its score', { winner: 'LAL' }],
  ])('with %s does not, so that what was known of the game stays', (_what, changed) => {
    expect(finals(changed)).not.toContain('0022300061');
    expect(finals(changed)).toContain('0022300062');
  });
});
