/** How the columns of a result are called when a query gives them no name: as they were written. Pure. */
import { isSign, isWord, type Word } from './words.ts';

const ENDS_LIST = [
  'FROM',
  'WHERE',
  'GROUP',
  'HAVING',
  'QUALIFY',
  'WINDOW',
  'ORDER',
  'LIMIT',
  'UNION',
  'INTERSECT',
  'EXCEPT',
];
/** A last word that is part of the expression and no alias. */
const NO_ALIAS = /^(?:END|NULL|TRUE|FALSE|CURRENT_DATE|CURRENT_TIMESTAMP)$/i;
/** A word after which the last word is still part of the expression. */
const GOES_ON = /^(?:AND|OR|NOT|IS|LIKE|IN|BETWEEN|THEN|ELSE|WHEN|ZONE|DISTINCT|ALL|CASE|FROM|INTERVAL)$/i;

/**
 * The columns of the outermost SELECT that are neither a plain column nor have a name.
 * @param closing the place of the closing bracket of each opening one
 * @returns the place of the last word of such a column -> its text
 */
export function columnNames(
  sql: string,
  words: readonly Word[],
  closing: ReadonlyMap<number, number>,
): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  const next = (at: number): number => (closing.get(at) ?? at) + 1;
  let at = 0;
  while (at < words.length && !isWord(words[at], 'SELECT')) at = next(at);
  at += 1;
  if (isWord(words[at], 'DISTINCT', 'ALL')) at += 1;
  let begin = at;
  for (; at <= words.length; at = next(at)) {
    const word = words[at];
    const isStar = isSign(words[at - 1], '*') || isSign(words[begin], '*') || isSign(words[begin + 2], '*');
    const isEnd =
      word === undefined ||
      (isWord(word, ...ENDS_LIST) &&
        !(isStar && isWord(word, 'EXCEPT')) &&
        !isWord(words[at - 1], 'DISTINCT'));
    if (!isEnd && !isSign(word, ',')) continue;
    const text = nameOf(sql, words, begin, at, closing);
    if (text !== undefined) names.set(at - 1, text);
    if (isEnd) break;
    begin = at + 1;
  }
  return names;
}

/** The text of a column without a name; undefined for a plain column, for all columns, and for one that has a name. */
function nameOf(
  sql: string,
  words: readonly Word[],
  begin: number,
  end: number,
  closing: ReadonlyMap<number, number>,
): string | undefined {
  const [first, last] = [words[begin], words[end - 1]];
  if (first === undefined || last === undefined || end <= begin) return undefined;
  const isPath = words
    .slice(begin, end)
    .every((word, i) =>
      i % 2 === 0 ? word.kind === 'word' || word.kind === 'name' || isSign(word, '*') : isSign(word, '.'),
    );
  if (isPath && !(end - begin === 1 && NO_ALIAS.test(last.text))) return undefined;
  for (let at = begin; at < end; at = (closing.get(at) ?? at) + 1) {
    if (isWord(words[at], 'AS')) return undefined;
    // `* EXCEPT (a)` and `t.* REPLACE (a AS b)`.
    if (isSign(words[at], '*') && isWord(words[at + 1], 'EXCEPT', 'REPLACE')) return undefined;
  }
  const before = words[end - 2];
  const mayBeAlias = (last.kind === 'word' && !NO_ALIAS.test(last.text)) || last.kind === 'name';
  const follows =
    before !== undefined &&
    end - 2 >= begin &&
    (before.kind !== 'sign'
      ? !(before.kind === 'word' && GOES_ON.test(before.text))
      : isSign(before, ')', ']'));
  if (mayBeAlias && follows) return undefined;
  return sql.slice(first.at, last.end).replace(/\s+/g, ' ');
}
