/** Reads names of players as sources write them: "Last, First", suffixes, initials, diacritics. Pure. */
import { playerLookup } from './player-lookup.ts';

const SUFFIX = /^(?:jr|sr|ii|iii|iv|v|junior|senior)$/;

function isSuffix(word: string): boolean {
  return SUFFIX.test(playerLookup(word));
}

/** The name with the first name first: "Example, Aaron" and "Hardaway Jr., Tim" become "Aaron Example" and "Tim Hardaway Jr.". */
export function firstNameFirst(name: string): string {
  const [last = '', ...rest] = name
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (rest.length === 0) return last;
  const words = rest.join(' ').split(/\s+/);
  const first = words.filter((word) => !isSuffix(word));
  const suffixes = words.filter(isSuffix);
  return [...first, last, ...suffixes].join(' ');
}

/** A name taken apart, each word in lookup form. */
interface NameParts {
  /** All words but the suffix, in the order in which a person says them. */
  readonly words: readonly string[];
  /** Such as `jr` or `iii`; empty when there is none. */
  readonly suffix: string;
}

function partsOf(name: string): NameParts {
  const words = firstNameFirst(name)
    .split(/\s+/)
    .map(playerLookup)
    .filter((word) => word !== '');
  const last = words.at(-1) ?? '';
  if (words.length < 2 || !SUFFIX.test(last)) return { words, suffix: '' };
  return { words: words.slice(0, -1), suffix: last.replace('junior', 'jr').replace('senior', 'sr') };
}

/**
 * How well two names agree. `same`: they differ at most in a suffix that one of them lacks, in spaces, dots, hyphens or
 * diacritics. `short`: the last names are equal, and the first name of one is the beginning of the other's, as in
 * "C. Johnson", "Cam Johnson" and "Cameron Johnson", or one is a last name alone, as in "Johnson". Names with different suffixes never
 * agree.
 */
export function agreement(a: string, b: string): 'same' | 'short' | undefined {
  const [one, other] = [partsOf(a), partsOf(b)];
  if (one.suffix !== '' && other.suffix !== '' && one.suffix !== other.suffix) return undefined;
  if (one.words.join('') === other.words.join('')) return 'same';
  for (const [first, last] of splits(one)) {
    for (const [otherFirst, otherLast] of splits(other)) {
      if (last === otherLast && (first.startsWith(otherFirst) || otherFirst.startsWith(first)))
        return 'short';
    }
  }
  return undefined;
}

/** Every way to divide the words into a first and a last name; one word alone is a last name. */
function splits({ words }: NameParts): [first: string, last: string][] {
  if (words.length === 1) return [['', words[0] ?? '']];
  return words.slice(1).map((_, i) => [words.slice(0, i + 1).join(''), words.slice(i + 1).join('')]);
}
