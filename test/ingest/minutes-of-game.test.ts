/** Minutes whose form only the length of the game tells: seconds, and minutes and seconds with a point between them. */
import { describe, expect, it } from 'vitest';
import { loadRows, type Cells } from '../support/source-lines.ts';

/** Minutes and seconds of the players of each team: 240 minutes. */
const PLAYED = [
  [34, 30],
  [38, 17],
  [41, 9],
  [33, 56],
  [29, 41],
  [24, 13],
  [20, 5],
  [18, 9],
] as const;
const written = (form: (minutes: number, seconds: number) => string): string[] =>
  PLAYED.map(([minutes, seconds]) => form(minutes, seconds));
const two = (seconds: number): string => String(seconds).padStart(2, '0');

function loaded(minutes: readonly string[], first = minutes[0] ?? '') {
  const lines = (team: string, own: readonly string[]): Cells[] =>
    own.map((cell, i) => ({
      team,
      opponent: team === 'LAL' ? 'DEN' : 'LAL',
      is_home: team === 'DEN',
      player_id: 100 * team.charCodeAt(0) + i,
      player_name: `${team} ${'abcdefgh'[i]}`,
      minutes: cell,
    }));
  return loadRows(
    'nbac_player_boxscores',
    ...lines('LAL', [first, ...minutes.slice(1)]),
    ...lines('DEN', minutes),
  );
}

const minutesOf = ({ rows }: ReturnType<typeof loaded>): unknown[] => rows.map(({ minutes }) => minutes);
const EXACT = PLAYED.map(([minutes, seconds]) => Math.round((minutes + seconds / 60) * 100) / 100);

describe('the minutes of a game', () => {
  it('are 240 for each team of the example', () => {
    expect(PLAYED.reduce((sum, [minutes, seconds]) => sum + 60 * minutes + seconds, 0)).toBe(240 * 60);
  });

  it.each([
    ['with a point before the seconds', written((minutes, seconds) => `${minutes}.${two(seconds)}`)],
    ['with a comma before the seconds', written((minutes, seconds) => `"${minutes},${two(seconds)}"`)],
    ['in seconds', written((minutes, seconds) => String(60 * minutes + seconds))],
    ['in seconds with a decimal', written((minutes, seconds) => `${60 * minutes + seconds}.0`)],
  ])('are read %s where both teams have those of a game', (_, cells) => {
    const result = loaded(cells);
    expect(minutesOf(result)).toEqual([...EXACT, ...EXACT]);
    expect(result.rows.map((row) => row['data_quality_issues'])).not.toContain('minutes_unknown');
    expect(result.notes.map(({ text }) => text)).toContainEqual(
      expect.stringContaining('read by the length of the game'),
    );
  });

  it('are read for a player of a few seconds, too', () => {
    const cells = ['2058', '12', ...written((minutes, seconds) => String(60 * minutes + seconds)).slice(1)];
    expect(minutesOf(loaded(cells)).slice(0, 2)).toEqual([34.3, 0.2]);
  });

  it('stay decimals where these are those of a game', () => {
    const cells = ['48.00', '47.50', '47.25', '47.75', '48.00', '1.50'];
    expect(minutesOf(loaded(cells)).slice(0, 6)).toEqual([48, 47.5, 47.25, 47.75, 48, 1.5]);
  });

  it('stay what they are where a point makes no game of them either', () => {
    const cells = written((minutes, seconds) => `${minutes}.${two(seconds)}`);
    expect(minutesOf(loaded(cells, '30.30'))[0]).toBe(30.3);
  });

  it('are unknown where they are seconds that make no game', () => {
    const cells = written((minutes, seconds) => String(60 * minutes + seconds));
    const result = loaded([...cells.slice(0, 7), '45'], '1200');
    expect(minutesOf(result)).toEqual(Array.from({ length: 16 }, () => null));
    expect(result.rows[0]).toMatchObject({
      data_quality_issues: expect.stringContaining('minutes_unknown') as string,
    });
  });

  it('are unknown for the one player who has seconds', () => {
    const cells = ['2880', '48', '48', '48', '48'];
    expect(minutesOf(loaded(cells, '48'))).toEqual([48, 48, 48, 48, 48, null, 48, 48, 48, 48]);
  });
});
