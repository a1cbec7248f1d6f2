/** What passes through the socket of a home: one JSON document on each line. */
import type { Cell } from '../../../shared/ports/warehouse.ts';

/** A line of an answer. The last one is `value`, `end` or `error`. */
export type Line =
  | { readonly value: unknown }
  | { readonly head: unknown }
  | { readonly rows: readonly (readonly Cell[])[] }
  | { readonly end: true }
  | { readonly error: string; readonly isRefusal: boolean };

/** Numbers that JSON does not have, by the text that stands for them. */
const NOT_FINITE: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

/** A document as one line, with its line break. */
export function lineOf(document: object): string {
  return `${hasPlainRows(document) ? JSON.stringify(document) : JSON.stringify(document, finite)}\n`;
}

function finite(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? { notFinite: String(value) } : value;
}

/** Whether a document is rows, and JSON has every number in them. The numbers of other documents are not looked at. */
function hasPlainRows(document: object): boolean {
  return (
    'rows' in document &&
    (document as { rows: readonly (readonly Cell[])[] }).rows.every((row) =>
      row.every((cell) => typeof cell !== 'number' || Number.isFinite(cell)),
    )
  );
}

/** The document of a line. @throws SyntaxError when it is no JSON */
export function documentOf(line: string): unknown {
  if (!line.includes('"notFinite"')) return JSON.parse(line) as unknown;
  return JSON.parse(line, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('notFinite' in value)) return value;
    return NOT_FINITE.get(String(value.notFinite)) ?? value;
  }) as unknown;
}

/** Lines of a stream of bytes, no faster than they are read. */
export async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  for await (const chunk of stream) {
    const texts = decoder.decode(chunk, { stream: true }).split('\n');
    for (const text of texts.slice(0, -1)) {
      yield [...parts, text].join('');
      parts = [];
    }
    parts.push(texts.at(-1) ?? '');
  }
  const rest = parts.join('');
  if (rest !== '') yield rest;
}
