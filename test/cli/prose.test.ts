/** Sentences are broken between words on a terminal, and what is copied from it stays whole. */
import { expect, it } from 'vitest';
import { wrappedProse } from '../../scripts/cli/prose.ts';
import { textWidth } from '../../scripts/cli/text-width.ts';

const FILL = '`fullcourt backfill --start 2022-01-05 --end 2022-01-09 --from phase3`';
const SENTENCE = `NO-GO team_offense_game_summary is missing on 3 dates (2022-01-05 to 2022-01-09), needed by team_defense_zone_analysis; fill it with ${FILL}`;

it.each([40, 80, 120])('breaks a sentence between words at %d columns, and loses none of it', (width) => {
  const lines = wrappedProse(SENTENCE, width).split('\n');
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.join(' ')).toBe(SENTENCE);
  for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
});

it.each([80, 120])('keeps a command in one line at %d columns', (width) => {
  expect(wrappedProse(SENTENCE, width).split('\n')).toContainEqual(expect.stringContaining(FILL));
  const told =
    'The request is published; see how far it is, whoever works on it, with: fullcourt backfills show bf-1';
  expect(wrappedProse(told, width).split('\n').at(-1)).toMatch(/(?:^|: )fullcourt backfills show bf-1$/);
});

it('lets the lines of an indented sentence hang, and measures letters by their columns', () => {
  expect(wrappedProse('  player_daily_cache: 姚明姚明 is not there', 24)).toBe(
    '  player_daily_cache:\n    姚明姚明 is not\n    there',
  );
});

it.each([
  'table  dates  a row of a table that is wider than the terminal',
  '{"dates":["2022-01-05"],"requestId":"a message that is copied as it is"}',
  'gcloud pubsub topics publish nba-backfill-request --message MESSAGE',
  `https://example.org/${'x'.repeat(60)}`,
])('leaves as it is: %s', (line) => expect(wrappedProse(line, 40)).toBe(line));

it('counts no colours, and leaves a text without a terminal alone', () => {
  const red = '\u001b[31mone two three\u001b[39m';
  expect(wrappedProse(red, 13)).toBe(red);
  expect(wrappedProse(red, 9)).toBe('\u001b[31mone two\nthree\u001b[39m');
  expect(wrappedProse(SENTENCE, Infinity)).toBe(SENTENCE);
});
