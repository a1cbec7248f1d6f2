/** Reads the text of a query in GoogleSQL as words, strings, numbers and signs. Pure. */
import { RequestError } from '../../../domain/failure.ts';

export type Word =
  /** A keyword or a name without quotes. */
  | { readonly kind: 'word'; readonly text: string; readonly at: number; readonly end: number }
  /** A name in backticks; `text` is what is inside. */
  | { readonly kind: 'name'; readonly text: string; readonly at: number; readonly end: number }
  /** A string; `text` is its value, with escapes resolved. */
  | { readonly kind: 'string'; readonly text: string; readonly at: number; readonly end: number }
  | { readonly kind: 'number'; readonly text: string; readonly at: number; readonly end: number }
  | { readonly kind: 'sign'; readonly text: string; readonly at: number; readonly end: number };

const BLANK = /(?:\s|--[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const NAME = /`((?:[^`\\]|\\.)*)`/y;
const WORD = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const STRING =
  /([rRbB]{0,2})("""[\s\S]*?(?<!\\)"""|'''[\s\S]*?(?<!\\)'''|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')/y;
const SIGN = /<=|>=|<>|!=|\|\||<<|>>|=>|@@?[A-Za-z_]\w*|[-+*/%=<>(),.;:[\]{}?&|^~!$@]/y;

/**
 * The words of a query, without blanks and comments.
 * @throws RequestError for a character that begins nothing, such as a quotation mark that is never closed
 */
export function wordsOf(sql: string): Word[] {
  const words: Word[] = [];
  let at = 0;
  const matched = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(sql);
  };
  while (at < sql.length) {
    const blank = matched(BLANK);
    if (blank !== null) {
      at += blank[0].length;
      continue;
    }
    const string = matched(STRING);
    if (string !== null) {
      const end = at + string[0].length;
      words.push({ kind: 'string', text: valueOf(string[1] ?? '', string[2] ?? ''), at, end });
      at = end;
      continue;
    }
    const [kind, found] = (
      [
        ['name', matched(NAME)],
        ['word', matched(WORD)],
        ['number', matched(NUMBER)],
        ['sign', matched(SIGN)],
      ] as const
    ).find(([, each]) => each !== null) ?? ['sign', null];
    if (found === null) throw new RequestError(unreadable(sql, at));
    const end = at + found[0].length;
    if (kind === 'number') refuseGlued(sql.slice(at, end), sql.slice(end));
    words.push({ kind, text: kind === 'name' ? (found[1] ?? '') : found[0], at, end });
    at = end;
  }
  return words;
}

/** @throws RequestError for a number with letters behind it, such as `1_000`, which would be read as an alias */
function refuseGlued(number: string, rest: string): void {
  const glued = /^[\p{L}_][\p{L}\p{N}_]*/u.exec(rest)?.[0];
  if (glued !== undefined)
    throw new RequestError(`${number}${glued} is no number: write ${number} AS ${glued} for an alias`);
}

function unreadable(sql: string, at: number): string {
  const line = sql.slice(0, at).split('\n').length;
  const near = sql.slice(at, at + 20).split('\n')[0] ?? '';
  return `Line ${line} of the query cannot be read at ${near}: a quotation mark, a backtick or a comment may not be closed`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
  ...{ '\\': '\\', "'": "'", '"': '"', '`': '`', '?': '?' },
};

/** The value of a string with its prefix and its quotation marks. */
function valueOf(prefix: string, quoted: string): string {
  const kind = prefix.toLowerCase();
  if (kind.includes('b')) throw new RequestError('Strings of bytes, such as b"…", cannot be asked for');
  const marks = quoted.startsWith('"""') || quoted.startsWith("'''") ? 3 : 1;
  const inside = quoted.slice(marks, -marks);
  if (kind.includes('r')) return inside;
  return inside.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]))/g,
    (all, x?: string, u?: string, long?: string, octal?: string, letter?: string) => {
      const hex = x ?? u ?? long;
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      const value = ESCAPES[letter ?? ''];
      if (value === undefined) throw new RequestError(`${all} in a string is no escape of BigQuery`);
      return value;
    },
  );
}

/** Whether a word is one of these, written in capitals. */
export const isWord = (word: Word | undefined, ...texts: readonly string[]): boolean =>
  word?.kind === 'word' && texts.includes(word.text.toUpperCase());
/** Whether a word is one of these signs. */
export const isSign = (word: Word | undefined, ...texts: readonly string[]): boolean =>
  word?.kind === 'sign' && texts.includes(word.text);

/** The place of the closing bracket of each opening one. @throws RequestError when one is lacking */
export function closingOf(words: readonly Word[]): ReadonlyMap<number, number> {
  const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
  const open: number[] = [];
  const closing = new Map<number, number>();
  for (const [at, { kind, text }] of words.entries()) {
    if (kind !== 'sign') continue;
    if (text === '(' || text === '[' || text === '{') open.push(at);
    const opening = pairs[text];
    if (opening === undefined) continue;
    const begin = open.pop();
    if (begin === undefined || words[begin]?.text !== opening)
      throw new RequestError(`The query has a ${text} that nothing opens`);
    closing.set(begin, at);
  }
  const left = open.at(-1);
  if (left !== undefined) throw new RequestError(`The query has a ${words[left]?.text} that nothing closes`);
  return closing;
}

/** A text as a string of SQL. */
export const textLiteral = (value: string): string => `'${value.replaceAll("'", "''")}'`;
