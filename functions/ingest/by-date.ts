/**
 * The form by date of an archived file: the lines of one season, sorted by date and compressed date by date. It lies beside
 * the original, so that one date is loaded without parsing the rest, and it can always be made again from the original.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Season } from '../../shared/domain/season.ts';
import { payloadFileOf } from '../sources/payload-files.ts';
import type { DatedLines } from './source-lines.ts';
import type { Line } from './source-text.ts';

/** The name of the form by date in the archive. An answer of a live source has one for each kind of lines. */
export function byDatePath(
  { name, sha256 }: { readonly name: string; readonly sha256: string },
  season: Season,
): string {
  const kind = payloadFileOf(name)?.kind;
  return `by-date/${sha256}-${season}${kind === undefined ? '' : `-${kind.replaceAll('_', '-')}`}`;
}

/** Date -> first byte and length of its compressed lines, counted from the end of the index. */
type Index = Readonly<Record<string, readonly [number, number]>>;

/** The form by date of the lines of one season. */
export function encodeByDate(header: string, dates: ReadonlyMap<GameDate, DatedLines>): Uint8Array {
  const index: Record<string, readonly [number, number]> = {};
  const blocks: Uint8Array[] = [];
  let start = 0;
  for (const [date, { lines }] of dates) {
    const text = [numbersText(lines), header, ...lines.map((line) => line.text)].join('\n');
    const block = deflateRawSync(text, { level: 1 });
    index[date] = [start, block.length];
    start += block.length;
    blocks.push(block);
  }
  return Buffer.concat([Buffer.from(`${JSON.stringify(index)}\n`), ...blocks]);
}

/** The header and the lines that a file has about one date. */
export interface LinesOfDate {
  readonly header: string;
  readonly lines: readonly Line[];
}

/**
 * Opens a form by date.
 * @returns a function that reads one date; it gives undefined for a date that the form does not have
 * @throws Error when the form is damaged
 */
export function openByDate(bytes: Uint8Array): (date: GameDate) => LinesOfDate | undefined {
  const end = bytes.indexOf(10);
  const index = JSON.parse(Buffer.from(bytes.subarray(0, end)).toString()) as Index;
  return (date) => {
    const found = index[date];
    if (found === undefined) return undefined;
    const [start, length] = found;
    const text = inflateRawSync(bytes.subarray(end + 1 + start, end + 1 + start + length)).toString();
    const [numbers = '', header = '', ...lines] = text.split('\n');
    const numberOf = numbersIn(numbers);
    return { header, lines: lines.map((line, i) => ({ number: numberOf[i] ?? 0, text: line })) };
  };
}

/** The numbers of lines as runs: `2+120,400+3` stands for the lines 2 to 121 and 400 to 402. */
function numbersText(lines: readonly Line[]): string {
  const runs: { first: number; count: number }[] = [];
  for (const { number } of lines) {
    const last = runs.at(-1);
    if (last !== undefined && last.first + last.count === number) last.count += 1;
    else runs.push({ first: number, count: 1 });
  }
  return runs.map(({ first, count }) => `${first}+${count}`).join(',');
}

function numbersIn(text: string): number[] {
  return text.split(',').flatMap((run) => {
    const [first = 0, count = 0] = run.split('+').map(Number);
    return Array.from({ length: count }, (_, i) => first + i);
  });
}
