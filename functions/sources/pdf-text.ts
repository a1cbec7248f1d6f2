/**
 * Reads the positioned text of a PDF. A PDF may come from anybody, so its size, its pages, what it unpacks to, its text, and the time
 * and the memory that it takes are bounded. The library is loaded with the first PDF, in a thread of its own.
 */
import { Worker } from 'node:worker_threads';
import { inflateSync } from 'node:zlib';
import { z } from 'zod';
import type { PdfJob, PdfReply } from './pdf-thread.ts';
import { shaped } from './shape.ts';
import { PayloadFault } from './source.ts';

const run = z.object({ x: z.number(), y: z.number(), width: z.number(), text: z.string() });
const document = z.object({ pages: z.array(z.array(run)).min(1) });

/** A piece of text without a break: its left end and its line in points from the left and from the bottom of the page, and its width. */
export type TextRun = z.infer<typeof run>;

/** The text of a PDF, page by page. It is what the archive keeps beside the PDF, as JSON. */
export type PdfText = z.infer<typeof document>;

/** Bounds of a PDF. */
export interface PdfBounds {
  readonly bytes: number;
  /** Bytes of all its streams together when they are unpacked. */
  readonly unpacked: number;
  readonly pages: number;
  readonly runs: number;
  readonly milliseconds: number;
  /** MiB of memory of the thread that reads it. */
  readonly memory: number;
}

const BOUNDS: PdfBounds = {
  bytes: 8 * 2 ** 20,
  unpacked: 64 * 2 ** 20,
  pages: 60,
  runs: 60_000,
  milliseconds: 20_000,
  memory: 256,
};

/** The text of a PDF as JSON has it. @throws PayloadFault when it has another shape */
export function asPdfText(json: unknown): PdfText {
  return shaped(document, json);
}

/** Runs of one line that are nearer to each other than this, in points, are one word. */
const WITHIN_WORD = 0.8;
/** The same for the height of runs of one line. */
const WITHIN_LINE = 2;

/** The lines of a page from the top, each with its height and its runs from the left. */
export function linesOfPage(
  page: readonly TextRun[],
): { readonly y: number; readonly runs: readonly TextRun[] }[] {
  const lines: { y: number; runs: TextRun[] }[] = [];
  for (const each of page.toSorted((a, b) => b.y - a.y || a.x - b.x)) {
    const last = lines.at(-1);
    if (last !== undefined && last.y - each.y <= WITHIN_LINE) last.runs.push(each);
    else lines.push({ y: each.y, runs: [each] });
  }
  return lines.map(({ y, runs }) => ({ y, runs: runs.toSorted((a, b) => a.x - b.x) }));
}

/** The text of runs in their order. A word that the end of a line tears after its hyphen is whole again. */
export function textOfRuns(runs: readonly TextRun[]): string {
  let text = '';
  let before: TextRun | undefined;
  for (const each of runs) {
    if (before !== undefined && !isOneWord(before, each)) text += ' ';
    text += each.text;
    before = each;
  }
  return text;
}

function isOneWord(left: TextRun, right: TextRun): boolean {
  if (Math.abs(left.y - right.y) > WITHIN_LINE) return /\S-$/.test(left.text);
  const gap = right.x - left.x - left.width;
  return gap < WITHIN_WORD && gap > -left.width;
}

/** @throws PayloadFault when it is no PDF, is damaged, has no text, or goes out of bounds */
export async function pdfTextOf(bytes: Uint8Array, changed: Partial<PdfBounds> = {}): Promise<PdfText> {
  const bounds = { ...BOUNDS, ...changed };
  if (Buffer.from(bytes.subarray(0, 1024)).indexOf('%PDF-') < 0) throw new PayloadFault(NO_PDF(bytes));
  if (bytes.length > bounds.bytes) throw new PayloadFault('is larger than any such PDF may be');
  checkUnpacked(bytes, bounds.unpacked);
  const { fault, pages } = await readInThread(bytes, bounds);
  if (fault !== undefined) throw new PayloadFault(fault);
  if (pages.every((page) => page.length === 0))
    throw new PayloadFault('is a PDF without text, or a damaged one');
  return { pages };
}

async function readInThread(bytes: Uint8Array, bounds: PdfBounds): Promise<PdfReply> {
  const { PDF_THREAD } = await import('./pdf-thread.ts');
  const { pages, runs, memory, milliseconds } = bounds;
  const thread = new Worker(new URL(PDF_THREAD), {
    // It needs nothing of the environment, and gets none of its secrets.
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: memory, maxYoungGenerationSizeMb: memory / 4 },
    workerData: { work: 'text of a PDF', bytes, pages, runs } satisfies PdfJob,
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<PdfReply>((resolve) => {
      timer = setTimeout(
        () => resolve({ fault: 'takes longer to read than any such PDF may' }),
        milliseconds,
      );
      thread.once('message', resolve);
      thread.once('error', (error: NodeJS.ErrnoException) =>
        resolve({
          fault:
            error.code === 'ERR_WORKER_OUT_OF_MEMORY'
              ? 'takes more memory to read than any such PDF may'
              : `cannot be read (${error.message})`,
        }),
      );
      thread.once('exit', () => resolve({ fault: 'cannot be read: its reader ended' }));
    });
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}

const NO_PDF = (bytes: Uint8Array): string =>
  /^\s*</.test(Buffer.from(bytes.subarray(0, 100)).toString('latin1'))
    ? 'is a web page, no PDF'
    : 'is no PDF';

/** Unpacks every stream by itself, and stops at the bound: a small PDF may unpack to more than there is memory. */
function checkUnpacked(bytes: Uint8Array, most: number): void {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let left = most;
  for (let at = all.indexOf('stream'); at >= 0; at = all.indexOf('stream', at + 6)) {
    if (all.subarray(at - 3, at).equals(END)) continue;
    let from = at + 6;
    while (all[from] === 0x0d || all[from] === 0x0a) from++;
    const to = all.indexOf('endstream', from);
    const packed = all.subarray(from, to < 0 ? undefined : to);
    left -= unpackedSize(packed, left);
    if (left < 0) throw new PayloadFault('unpacks to more than any such PDF may');
  }
}

const END = Buffer.from('end');

/** How often a stream may be packed one in the other. */
const LAYERS = 4;

/**
 * Bytes of a stream when it is unpacked, and of what it holds that is packed again; more than `most` for one that is larger or has more
 * layers than any PDF. What is not packed, or damaged, counts as nothing.
 */
function unpackedSize(packed: Uint8Array, most: number): number {
  let size = 0;
  let inside = packed;
  for (let layer = 0; layer <= LAYERS && size <= most; layer++) {
    const [first = 0, second = 0] = inside;
    if (first % 16 !== 8 || (first * 256 + second) % 31 !== 0) return size;
    try {
      inside = inflateSync(inside, { maxOutputLength: Math.max(1, most - size), finishFlush: 2 });
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? most + 1 : size;
    }
    size += inside.length;
  }
  return most + 1;
}
