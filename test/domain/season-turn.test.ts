/** One answer about a season is asked for once, although the fetches of several dates come together. */
import { expect, it } from 'vitest';
import { seasonTurn, stateAt, withSeasonTold } from '../../shared/domain/source-state.ts';

const NAME = 'nba_cdn.schedule.2023-24.json';
const unknown = stateAt(undefined, 'nba_cdn', 'https://cdn.nba.com');
const now = new Date('2024-01-27T03:00:00Z');
const machine = new Date('2026-01-01T00:00:00Z');
const later = (date: Date, seconds: number): Date => new Date(date.getTime() + 1000 * seconds);

it('is asked for by the first, and the others wait until its turn ends, at most a minute', () => {
  const first = seasonTurn(unknown, NAME, { now, machine });
  expect(first.turn).toBe('ask');
  expect(seasonTurn(first.state, NAME, { now, machine: later(machine, 59) }).turn).toBe('wait');
  expect(seasonTurn(first.state, NAME, { now, machine: later(machine, 60) }).turn).toBe('ask');
  expect(seasonTurn(first.state, 'nba_cdn.schedule.2022-23.json', { now, machine }).turn).toBe('ask');
});

it('is told to everybody for three minutes after it came, and to nobody when it did not', () => {
  const { state } = seasonTurn(unknown, NAME, { now, machine });
  const told = withSeasonTold(state, NAME, now.toISOString());
  expect(seasonTurn(told, NAME, { now: later(now, 179), machine }).turn).toBe('told');
  expect(seasonTurn(told, NAME, { now: later(now, 180), machine }).turn).toBe('ask');
  // A day that is played again is asked about again.
  expect(seasonTurn(told, NAME, { now: later(now, -1), machine }).turn).toBe('ask');
  expect(seasonTurn(withSeasonTold(state, NAME, null), NAME, { now, machine }).turn).toBe('ask');
});
