/** A slate on a terminal with colours: only what is painted has colours, and no control characters are printed as text. */
import { expect, it, vi } from 'vitest';
import { paint } from '../../scripts/cli/colours.ts';
import { slateText } from '../../scripts/cli/predictions.ts';
import { shownLines } from '../../scripts/cli/shown.ts';
import { textWidth } from '../../scripts/cli/text-width.ts';
import { gameDate } from '../../shared/domain/game-date.ts';

vi.mock('picocolors', async (original) => {
  const { createColors } = await original<typeof import('picocolors')>();
  return { default: createColors(true) };
});

it('an estimated line is dim and in brackets', () => {
  const date = gameDate('2024-01-26');
  const row = {
    ...{ game_id: 'g', player_lookup: 'somebody', system_id: 'ensemble_v1', team_abbr: 'BOS' },
    ...{ predicted_points: 10.5, predicted_p10: 4, predicted_p90: 17, estimated_line_value: 9.5 },
  };
  const text = shownLines(slateText(date, date, [row], true));
  expect(text).toContain('\u001b[2m(9.5)\u001b[22m');
  expect(text).not.toContain('\\u001b');
});

it('a text from outside has no colours, also where it stands in a painted one', () => {
  const outside = 'a\u001b[32mb\u001b[39mc';
  expect(textWidth(paint.red('four'))).toBe(4);
  expect(shownLines(`${paint.red(outside)}\n${outside}`)).toBe(
    '\u001b[31ma\\u001b[32mb\\u001b[39mc\u001b[39m\na\\u001b[32mb\\u001b[39mc',
  );
});
