import { describe, expect, it } from 'vitest';
import { declaredColumnsCheck } from '../../functions/ingest/declared-columns.ts';
import { loadTable } from '../../functions/ingest/load-table.ts';
import { formatNotes, formatRejects } from '../../functions/ingest/reject-report.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import {
  boxLine,
  context,
  csv,
  loadRows,
  reasonFor,
  samples,
  SEASON,
  shot,
} from '../support/source-lines.ts';

const TABLES = RAW_LOADS.all.map(({ definition }) => definition.name);

describe.each(TABLES)('%s', (table) => {
  it('gets every declared column and no other', () => {
    const { rows, rejects } = loadRows(table, {});
    expect(rejects).toEqual([]);
    const { definition } = RAW_LOADS.of(table);
    for (const row of rows) {
      expect(Object.keys(row).sort()).toEqual(Object.keys(definition.columns).sort());
      expect(declaredColumnsCheck(definition)(row)).toBeUndefined();
    }
    expect(rows.length).toBeGreaterThan(0);
  });

  it('F-19 refuses a file that lacks any column it needs, by name', () => {
    const sample = samples[table];
    const needed = Object.values(RAW_LOADS.of(table).layouts)[0]?.needed ?? [];
    expect(needed.length).toBeGreaterThan(0);
    for (const column of needed) {
      const row = Object.fromEntries(Object.entries(sample?.row ?? {}).filter(([name]) => name !== column));
      const loaded = loadTable(RAW_LOADS.of(table), SEASON, [csv(sample?.file ?? '', [row])], context);
      expect(loaded.rows).toEqual([]);
      expect(loaded.rejects).toMatchObject([
        { line: 1, reason: `the file is refused: it lacks the column ${column}` },
      ]);
    }
  });
});

describe('a file', () => {
  it('with unknown columns loads, and they are named', () => {
    const loaded = loadRows('nbac_shot_chart', { shot_clock: 7, mood: 'good' });
    expect(loaded.rows).toHaveLength(1);
    expect(formatNotes(loaded.notes)).toContain(
      'shots_2023-24.csv: 2 unknown columns not used: shot_clock, mood',
    );
  });

  it('that is empty, or has a column twice, or another name, is refused', () => {
    const refused = (name: string, text: string) =>
      loadTable(RAW_LOADS.of('nbac_shot_chart'), SEASON, [{ name, text }], context).rejects.map(
        ({ reason }) => reason,
      );
    expect(refused('shots_2023-24.csv', '')).toEqual(['the file is refused: it is empty']);
    expect(refused('shots_2023-24.csv', `${Object.keys(shot).join(',')},made\n`)).toEqual([
      'the file is refused: it has the column made twice',
    ]);
    expect(refused('schedule_2023-24.csv', 'x\n')).toEqual([
      'the file is refused: its name is not one of a file of nbac_shot_chart',
    ]);
    expect(() => loadTable(RAW_LOADS.of('nbac_weather'), SEASON, [], context)).toThrow(
      'nbac_weather is not a raw table',
    );
  });

  it('with quoted cells and Windows line ends loads like any other', () => {
    const { text } = csv('shots_2023-24.csv', [shot]);
    const quoted = text
      .replaceAll('\n', '\r\n')
      .replace('Driving Floating Jump Shot', '"Jump Shot, ""fading"""');
    const { rows, rejects } = loadTable(
      RAW_LOADS.of('nbac_shot_chart'),
      SEASON,
      [{ name: 'shots_2023-24.csv', text: quoted }],
      context,
    );
    expect(rejects).toEqual([]);
    expect(rows).toMatchObject([{ action: 'Jump Shot, "fading"' }]);
  });

  it('F-40 loses nothing but the damaged lines', () => {
    const { text } = csv('shots_2023-24.csv', [shot, shot, shot, shot, shot]);
    const lines = text.split('\n');
    lines[2] = `"${lines[2]}`;
    lines[4] = `${lines[4]},7`;
    const { rows, rejects } = loadTable(
      RAW_LOADS.of('nbac_shot_chart'),
      SEASON,
      [{ name: 'shots_2023-24.csv', text: lines.join('\n') }],
      context,
    );
    expect(rows.map((row) => row['shot_number'])).toHaveLength(3);
    expect(rejects).toMatchObject([
      { file: 'shots_2023-24.csv', line: 3, reason: 'bad quoting (Quoted field unterminated)' },
      { file: 'shots_2023-24.csv', line: 5, reason: 'the row has 16 cells, the header 15' },
    ]);
  });
});

describe('rows with the same key', () => {
  it('load once, and the second names the first', () => {
    const { rows, rejects } = loadRows('nbac_player_boxscores', {}, { player_name: 'Lebron James' });
    expect(rows).toMatchObject([{ player_name: 'LeBron James' }]);
    expect(rejects).toMatchObject([
      { line: 3, reason: 'same game_id, player_lookup as line 2 of player_box_2023-24.csv' },
    ]);
  });

  it('are found across files', () => {
    const { rejects } = loadTable(
      RAW_LOADS.of('nbac_player_boxscores'),
      SEASON,
      [csv('player_box_partial_2023-24.csv', [boxLine]), csv('player_box_2023-24.csv', [boxLine])],
      context,
    );
    expect(rejects).toMatchObject([
      {
        file: 'player_box_partial_2023-24.csv',
        line: 2,
        reason: 'same game_id, player_lookup as line 2 of player_box_2023-24.csv',
      },
    ]);
  });
});

describe('what every row of a game is held to', () => {
  it.each([
    [
      'a game the schedule does not have',
      { game_id: '0022300999' },
      'game 0022300999 is not in the schedule of 2023-24',
    ],
    [
      'no id of a game',
      { game_id: '223000611' },
      'game_id is "223000611", which is no ten-digit id of the NBA',
    ],
    ['an empty id', { game_id: '' }, 'game_id is empty'],
    [
      'another date',
      { game_date: '2023-10-25' },
      'game_date is 2023-10-25, the schedule has game 0022300061 on 2023-10-24',
    ],
    [
      'another kind of game',
      { season_type: 'playoffs' },
      'season_type is playoffs, game 0022300061 is regular',
    ],
    ['a season that is not the file’s', { season: '2022-23' }, 'season is "2022-23", the file is of 2023-24'],
    ['no season', { season: '2023' }, 'season is "2023", the file is of 2023-24'],
    ['an unknown team', { team: 'ABC' }, 'team is "ABC", which is no NBA team'],
    ['a team of another game', { team: 'BOS' }, 'BOS does not play in 20231024_LAL_DEN'],
    ['another opponent', { opponent: 'BOS' }, 'opponent is BOS, in 20231024_LAL_DEN LAL plays DEN'],
    ['the wrong side', { is_home: true }, 'is_home is true, in 20231024_LAL_DEN LAL plays away'],
    ['a side that is neither', { is_home: 'maybe' }, 'is_home is "maybe", which is neither true nor false'],
  ])('%s', (_name, change, reason) => {
    expect(reasonFor('nbac_player_boxscores', change)).toBe(reason);
  });

  it('knows teams by other codes, and writes them as the league does', () => {
    const { rows } = loadRows('odds_api_game_lines', { home_team: 'den', visitor_team: 'LAL' });
    expect(rows[0]).toMatchObject({ home_team_abbr: 'DEN', game_id: '20231024_LAL_DEN' });
  });

  it('leaves preseason and All-Star games out and counts them', () => {
    const { rows, rejects, notes } = loadRows('nbac_player_boxscores', { game_id: '0012300001' });
    expect([rows, rejects]).toEqual([[], []]);
    expect(notes).toContainEqual({
      file: 'player_box_2023-24.csv',
      text: 'rows of preseason games not used',
      count: 1,
      notUsed: true,
    });
  });
});

describe('a file of several seasons', () => {
  it('gives each season its rows and says nothing of the others', () => {
    const file = csv('player_box_lite_playoffs_2021-22_to_2023-24.csv', [
      { ...liteOf(boxLine), season: '2021-22', game_id: '0042100161' },
      liteOf(boxLine),
      { ...liteOf(boxLine), season: '2019-20' },
    ]);
    const { rows, rejects, notes } = loadTable(
      RAW_LOADS.of('nbac_player_boxscores'),
      SEASON,
      [file],
      context,
    );
    expect(rows).toMatchObject([{ game_id: '20231024_LAL_DEN', season: SEASON }]);
    expect(rejects).toMatchObject([
      { line: 4, reason: 'season is "2019-20", the file is of 2021-22 to 2023-24' },
    ]);
    expect(notes.filter(({ file }) => file !== null)).toEqual([]);
  });
});

function liteOf(line: typeof boxLine): typeof boxLine {
  const attempts = ['fgm', 'fga', 'fg3m', 'fg3a', 'ftm', 'fta', 'oreb', 'dreb', 'pf', 'position', 'team_id'];
  return Object.fromEntries(Object.entries(line).filter(([column]) => !attempts.includes(column)));
}

describe('notes on cells that are left NULL', () => {
  it('name a few values of a column, and count the rest', () => {
    const { rows, notes } = loadRows(
      'nbac_shot_chart',
      ...Array.from({ length: 9 }, (_, i) => ({ loc_x: `x${i}` })),
      { loc_x: 'x0' },
    );
    expect(rows).toHaveLength(10);
    expect(
      notes.filter(({ text }) => text.startsWith('loc_x')).map(({ text, count }) => [count, text]),
    ).toEqual([
      [2, 'loc_x is "x0", which is not a number: left NULL'],
      ...[1, 2, 3, 4].map((i) => [1, `loc_x is "x${i}", which is not a number: left NULL`]),
      [4, 'loc_x has other values that cannot be used: left NULL'],
    ]);
  });
});

describe('the report of rejects', () => {
  it('says file, line and reason, each fault once, with the line itself', () => {
    const faulty = loadRows('nbac_shot_chart', { period: 0 }, {}, { team: 'ABC' }).rejects;
    expect(formatRejects([...faulty, ...faulty])).toBe(
      [
        'shots_2023-24.csv: 2 rejected',
        '  line 2: period is 0, outside 1 to 10',
        '    0022300061,2023-10-24,DEN,203999,0,675,true,false,In The Paint (Non-RA),Center,Less Than 8 ft.,6,Driving Floating Jump Shot,-1.3,11.75',
        '  line 4: team is "ABC", which is no NBA team',
        '    0022300061,2023-10-24,ABC,203999,1,675,true,false,In The Paint (Non-RA),Center,Less Than 8 ft.,6,Driving Floating Jump Shot,-1.3,11.75',
      ].join('\n'),
    );
  });

  it('cuts a long list and counts the rest', () => {
    const rejects = Array.from({ length: 5 }, (_, i) => ({
      file: 'a.csv',
      line: i + 2,
      reason: 'bad',
      excerpt: '',
    }));
    expect(formatRejects(rejects, 2)).toBe('a.csv: 5 rejected\n  line 2: bad\n  line 3: bad\n  and 3 more');
    expect(formatRejects([])).toBe('');
  });
});
