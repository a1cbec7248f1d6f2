/** Tokens of GoogleSQL, as far as the server understands it. */
import { BigQueryError } from './errors.ts';

export type Token =
  | { readonly kind: 'word'; readonly text: string }
  /** A name in backticks, in its parts. */
  | { readonly kind: 'quoted'; readonly parts: readonly string[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'mark'; readonly text: string };

const TOKEN =
  /(\s+|--[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)|'((?:[^'\\\n]|\\[\s\S])*)'|"((?:[^"\\\n]|\\[\s\S])*)"|`([^`]+)`|@(\w+)|(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z_]\w*)|(<=|>=|<>|!=|\|\||[-+*/%=<>(),.;[\]&|])/y;

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\u0007',
};

function unescape(body: string): string {
  return body.replace(
    /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))/g,
    (_, u: string | undefined, x: string | undefined, other: string | undefined) =>
      u !== undefined || x !== undefined
        ? String.fromCharCode(parseInt(u ?? x ?? '0', 16))
        : (ESCAPES[other ?? ''] ?? other ?? ''),
  );
}

/** @throws BigQueryError for what is no token */
export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < sql.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(sql);
    if (match === null)
      throw new BigQueryError(
        'invalidQuery',
        `Syntax error: Unexpected ${JSON.stringify(sql.slice(at, at + 10))}`,
      );
    const [, space, single, double, quoted, parameter, number, word, mark] = match;
    if (space !== undefined) continue;
    if (single !== undefined || double !== undefined)
      tokens.push({ kind: 'string', value: unescape(single ?? double ?? '') });
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', parts: quoted.split('.') });
    else if (parameter !== undefined) tokens.push({ kind: 'parameter', name: parameter });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else tokens.push({ kind: 'mark', text: mark ?? '' });
  }
  return tokens;
}

export const isMark = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'mark' && token.text === text;
export const isWord = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'word' && token.text.toUpperCase() === text;

/** Index of the mark that closes the one at `open`. @throws BigQueryError when there is none */
export function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i += 1) {
    const token = tokens[i];
    if (token?.kind !== 'mark') continue;
    if (token.text === '(' || token.text === '[') depth += 1;
    if (token.text === ')' || token.text === ']') depth -= 1;
    if (depth === 0) return i;
  }
  throw new BigQueryError('invalidQuery', 'Syntax error: Expected ")" but got end of script');
}

/** `tokens` at the marks `separator` that are in no brackets. */
export function split(tokens: readonly Token[], separator: string): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (isMark(token, '(') || isMark(token, '[')) depth += 1;
    if (isMark(token, ')') || isMark(token, ']')) depth -= 1;
    if (depth === 0 && isMark(token, separator)) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}
