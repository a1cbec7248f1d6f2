/** Texts take as many columns as the package that measures every letter says, also where it is not asked. */
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { textWidth } from '../../scripts/cli/text-width.ts';

it('measures each letter below U+3000 as the package does', () => {
  const letters = Array.from({ length: 0x3000 }, (_, code) => `x${String.fromCodePoint(code)}x`);
  expect(letters.filter((text) => textWidth(text) !== stringWidth(text))).toEqual([]);
});

it.each([
  '',
  'Luka Dončić',
  '姚明',
  '\u001b[1;32mgreen\u001b[39m',
  '\u001b[31m姚明\u001b[0m …',
  'e\u0301',
  '👍🏽',
  '\u001b[2J',
  'a\tb\n',
])('measures %j as the package does', (text) => expect(textWidth(text)).toBe(stringWidth(text)));
