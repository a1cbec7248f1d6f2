/** The form of a player's name in which sources with different spellings agree. */

/**
 * Letters with a stroke and joined letters, which Unicode does not take apart; and the form of sigma at the
 * end of a word.
 */
const UNDIVIDED: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  ð: 'd',
  đ: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  ø: 'o',
  œ: 'oe',
  þ: 'th',
  ς: 'σ',
};

const SUFFIXES: Readonly<Record<string, string>> = { junior: 'jr', senior: 'sr' };

/**
 * The lookup form of a display name: NFKC, lower case, without diacritics, the last word Junior or Senior
 * shortened to jr or sr, and without every character that is neither letter nor digit. `LeBron James`
 * becomes `lebronjames`, `Tim Hardaway Jr.` becomes `timhardawayjr`. Empty when the name has neither letter
 * nor digit.
 */
export function playerLookup(name: string): string {
  const folded = name
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[ßæðđħıłøœþς]/g, (letter) => UNDIVIDED[letter] ?? letter);
  const words = folded
    .split(/\s+/)
    .map((word) => word.replace(/[^\p{L}\p{N}]+/gu, ''))
    .filter((word) => word !== '');
  const last = words.at(-1);
  const suffix = last !== undefined && words.length > 1 ? SUFFIXES[last] : undefined;
  return (suffix === undefined ? words : [...words.slice(0, -1), suffix]).join('');
}
