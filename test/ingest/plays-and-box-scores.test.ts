/** The play-by-play of a game beside its box score: which games add up, and what is said of those that do not. */
import { describe, expect, it } from 'vitest';
import { loadTable } from '../../functions/ingest/load-table.ts';
import { creditsIn } from '../../functions/ingest/plays-and-box-scores.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import { boxLine, context, csv, liteLine, samples, SEASON, type Cells } from '../support/source-lines.ts';

const three: Cells = { ...samples['nbac_play_by_play']?.row };
const miss: Cells = {
  ...three,
  ...{
    action_number: 18,
    action_type: '2pt',
    shot_result: 'Missed',
    assist_player_id: '',
    block_player_id: '',
  },
};
const free: Cells = { ...miss, action_number: 19, action_type: 'freethrow', shot_result: 'Made' };
const jokic: Cells = {
  ...{ ...boxLine, team: 'DEN', opponent: 'LAL', player_id: 203999, player_name: 'Nikola Jokić' },
  ...{ pts: 4, fgm: 1, fg3m: 1, ast: 0, blk: 0 },
};
const james: Cells = { ...boxLine, team: 'DEN', opponent: 'LAL', pts: 0, fgm: 0, fg3m: 0, ast: 1, blk: 0 };

/** The lines of a file as the archive has them of a date. */
function part(rows: readonly Cells[], file = 'player_box_2023-24.csv') {
  const [header = '', ...lines] = csv(file, rows).text.trim().split('\n');
  return { name: file, header, lines: lines.map((text, i) => ({ number: i + 2, text })) };
}

/** What the plays say beside box scores; in the reverse order they must say the same. */
function beside(parts: readonly ReturnType<typeof part>[], plays: readonly Cells[] = [three, miss, free]) {
  const [forth, back] = [plays, plays.toReversed()].map((rows) =>
    loadTable(RAW_LOADS.of('nbac_play_by_play'), SEASON, [csv('play_by_play_2023-24.csv', rows)], {
      ...context,
      credits: creditsIn(parts),
    }),
  );
  const said = (loaded: typeof forth) => ({
    verdicts: [...new Set(loaded?.rows.map((row) => row['adds_up']))],
    lacks: loaded?.lacks,
  });
  expect(said(back)).toEqual(said(forth));
  return said(forth);
}

const differs = (detail: string) => ({
  verdicts: [false],
  lacks: [{ code: 'plays_do_not_add_up', detail: `20231024_LAL_DEN (${detail})`, rows: 0 }],
});
const SOUND = { verdicts: [true], lacks: [] };

describe('the plays of a game', () => {
  it('add up when every player has the numbers of his box score', () => {
    expect(beside([part([jokic, james])])).toEqual(SOUND);
  });

  it('are not judged while no box score of the game is known', () => {
    const other = { game_id: '0022300062' };
    expect(beside([])).toEqual({ verdicts: [null], lacks: [] });
    expect(beside([part([{ ...jokic, ...other }])])).toEqual({ verdicts: [null], lacks: [] });
  });

  it.each<[string, Cells, string]>([
    ['points', { pts: 5 }, 'nikolajokic has 4 of 5 points'],
    ['makes', { fgm: 2 }, 'nikolajokic has 1 of 2 makes'],
    ['threes', { fg3m: 0 }, 'nikolajokic has 1 of 0 threes'],
    ['assists', { ast: 1 }, 'nikolajokic has 0 of 1 assists'],
    ['blocks', { blk: 1 }, 'nikolajokic has 0 of 1 blocks'],
    ['a team', { team: 'LAL' }, 'nikolajokic shoots for DEN, by his box score he plays for LAL'],
  ])('do not add up by %s', (_, change, detail) => {
    expect(beside([part([{ ...jokic, ...change }, james])])).toEqual(differs(detail));
  });

  it('do not add up when somebody acts whom the box score lacks, or it has points of somebody who does not act', () => {
    expect(beside([part([jokic])])).toEqual(differs('lebronjames is in no box score'));
    expect(beside([part([jokic, james, { ...boxLine, player_id: 3_000_000, pts: 2 }])])).toEqual(
      differs('player 3000000 has 0 of 2 points'),
    );
  });

  it('are not contradicted by a number that the box score does not have', () => {
    const lite = { ...liteLine, ast: 1, blk: 0, pts: 0, team: 'DEN' };
    expect(beside([part([{ ...jokic, ast: '', fgm: '' }, james])])).toEqual(SOUND);
    expect(
      beside([part([lite, { ...lite, player_id: 203999, pts: 4, ast: 0 }], 'player_box_lite_2023-24.csv')]),
    ).toEqual(SOUND);
  });

  it('are compared with the line that has more numbers, wherever it stands', () => {
    const lite = part(
      [{ ...liteLine, player_id: 203999, team: 'DEN', pts: 9 }],
      'player_box_lite_2023-24.csv',
    );
    for (const parts of [
      [lite, part([jokic, james])],
      [part([jokic, james]), lite],
    ])
      expect(beside(parts)).toEqual(SOUND);
  });

  it('of several games are judged one by one', () => {
    const other = { game_id: '0022300062', team: 'GSW' };
    const { verdicts, lacks } = beside(
      [part([jokic, james, { ...jokic, ...other, pts: 3 }])],
      [three, miss, free, { ...three, ...other, assist_player_id: '' }],
    );
    expect(new Set(verdicts)).toEqual(new Set([true]));
    expect(lacks).toEqual([]);
  });
});
