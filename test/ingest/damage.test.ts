/** Whatever happens to a line of a file: nothing crashes, no other line suffers, and what loads keeps its promises. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { declaredColumnsCheck } from '../../functions/ingest/declared-columns.ts';
import { loadTable, type LoadedFiles } from '../../functions/ingest/load-table.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import {
  boxLine,
  closingOdds,
  context,
  csv,
  loadRows,
  samples,
  SEASON,
  type Cells,
} from '../support/source-lines.ts';

const TABLES = RAW_LOADS.all.map(({ definition }) => definition.name);

/** Cells that differ from line to line, so that no two rows of a file share their key; one line where none are given. */
const VARIETY: Readonly<Record<string, readonly Cells[]>> = {
  nbac_schedule: [
    {},
    { game_id: '0022300062', home_team: 'GSW', visitor_team: 'PHX', winner: 'GSW' },
    { game_id: '0022300063', home_team: 'BOS', visitor_team: 'NYK', winner: 'BOS' },
  ],
  nbac_player_boxscores: [{}, { player_id: 1, player_name: 'A B' }, { player_id: 2, player_name: 'C D' }],
  bdl_player_boxscores: [{}, { player_name: 'A B' }, { player_name: 'C D' }],
  nbac_team_boxscore: [{}, { team: 'DEN', opponent: 'LAL', is_home: true }],
  nbac_shot_chart: [{}, {}, {}, {}],
  nbac_play_by_play: [{}, { action_number: 18 }, { action_number: 19, action_type: 'rebound' }],
  odds_api_player_points_props: [{}, { line: 25.5, is_main_line: false }, { bookmaker: 'fanduel' }],
  nbac_injury_report: [{}, { player_id: 1, player_name: 'A B' }],
  espn_team_rosters: [{}, { player_id: 1, player_name: 'A B' }],
};

const soundText = (table: string): string => {
  const sample = samples[table];
  return csv(
    '',
    (VARIETY[table] ?? [{}]).map((change) => ({ ...sample?.row, ...change })),
  ).text;
};
const load = (table: string, text: string): LoadedFiles =>
  loadTable(RAW_LOADS.of(table), SEASON, [{ name: samples[table]?.file ?? '', text }], context);

const damage = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '"',
    '""',
    ',',
    '\n',
    '\r\n',
    '\0',
    '-',
    '-1',
    'NaN',
    '1e99',
    '9'.repeat(30),
    'null',
    '٣',
    '\uFEFF',
  ),
);

describe.each(TABLES)('a damaged file of %s', (table) => {
  const { definition } = RAW_LOADS.of(table);
  const sound = soundText(table);
  const clean = load(table, sound);

  it('is sound to begin with', () => {
    expect(clean.rejects).toEqual([]);
    expect(clean.rows.length).toBeGreaterThan(0);
  });

  it('never crashes the load, and what loads keeps to the declared columns', () => {
    if (definition === undefined) throw new Error(`There is no ${table}`);
    const faultOf = declaredColumnsCheck(definition);
    fc.assert(
      fc.property(fc.nat({ max: sound.length }), fc.nat({ max: 6 }), damage, (at, removed, inserted) => {
        const loaded = load(table, sound.slice(0, at) + inserted + sound.slice(at + removed));
        for (const row of loaded.rows) expect(faultOf(row)).toBeUndefined();
        for (const { line, reason } of loaded.rejects) {
          expect(line).toBeGreaterThan(0);
          expect(reason).not.toBe('');
        }
      }),
      { numRuns: 300 },
    );
  });

  it('loses at most the damaged line', () => {
    const lines = sound.trimEnd().split('\n');
    const oneLine = damage.filter((text) => !text.includes('\n'));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: lines.length - 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        oneLine,
        (hit, where, inserted) => {
          const line = lines[hit] ?? '';
          const at = Math.floor(where * line.length);
          const damaged = lines.with(hit, line.slice(0, at) + inserted + line.slice(at + 1));
          const loaded = load(table, damaged.join('\n'));
          expect(loaded.rejects.length).toBeLessThanOrEqual(1);
          const rowsOfLine = clean.rows.length / (lines.length - 1);
          const untouched = clean.rows.filter((_row, i) => Math.floor(i / rowsOfLine) !== hit - 1);
          // A damaged id of a game may shift the numbers of the shots after it, and only these.
          const identity = ({ shot_number: _number, ...row }: Readonly<Record<string, unknown>>) =>
            JSON.stringify(row);
          const present = loaded.rows.map(identity);
          const missing = untouched.map(identity).filter((row) => !present.includes(row));
          // Unless the damage makes a line claim the key of another: then the first of the two is kept.
          if (!loaded.rejects.some(({ reason }) => /^same |already/.test(reason)))
            expect(missing).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('one wrong number', () => {
  const otherThan = (value: number) => fc.integer({ min: -5, max: 200 }).filter((other) => other !== value);

  it.each(['fgm', 'fg3m', 'ftm', 'pts', 'oreb', 'dreb', 'reb'])('in %s always shows', (column) => {
    fc.assert(
      fc.property(otherThan(Number(boxLine[column])), (value) => {
        const { rows, rejects, notes } = loadRows('nbac_player_boxscores', { [column]: value });
        // A number that can't be one is left NULL, with a code and a note; one that contradicts others costs the row.
        if (rows.length > 0) {
          expect(rows[0]?.['data_quality_issues']).toMatch(/_unknown/);
          expect(notes.filter(({ text }) => text.endsWith('left NULL'))).toHaveLength(1);
        } else expect(rejects).toHaveLength(1);
      }),
    );
  });

  it.each(['q1_home', 'q2_home', 'q3_home', 'q4_home', 'ot_home', 'q1_visitor', 'ot_visitor'])(
    'in %s always shows',
    (column) => {
      fc.assert(
        fc.property(otherThan(Number(closingOdds[column])), (value) => {
          const { rows, rejects } = loadTable(
            RAW_LOADS.of('nbac_game_results'),
            SEASON,
            [
              csv('schedule_2023-24.csv', [samples['nbac_schedule']?.row ?? {}]),
              csv('game_odds_2023-24.csv', [{ ...closingOdds, [column]: value }]),
            ],
            context,
          );
          expect(rows).toMatchObject([{ home_points: 119, home_q1: null, away_q1: null }]);
          expect(rejects).toHaveLength(1);
        }),
      );
    },
  );
});
