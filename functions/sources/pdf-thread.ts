/**
 * Reads the text of a PDF in a thread of its own: a PDF can keep the thread that reads it busy for ever, and such a thread can be ended.
 * The library is loaded there alone. In any other thread this module does nothing.
 */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { getResolvedPDFJS } from 'unpdf';
import type { TextRun } from './pdf-text.ts';

/** What the thread is started with. */
export interface PdfJob {
  readonly work: 'text of a PDF';
  readonly bytes: Uint8Array;
  /** Pages and runs of text at most. */
  readonly pages: number;
  readonly runs: number;
}

/** What it answers: the text, or what is wrong with the PDF as a predicate that follows its name. */
export type PdfReply =
  | { readonly pages: TextRun[][]; readonly fault?: undefined }
  | { readonly fault: string; readonly pages?: undefined };

/** The address of this module, wherever it was bundled. */
export const PDF_THREAD = import.meta.url;

async function read({ bytes, pages: mostPages, runs: mostRuns }: PdfJob): Promise<PdfReply> {
  const { getDocument } = await getResolvedPDFJS();
  const pages: TextRun[][] = [];
  let runs = 0;
  try {
    const pdf = await getDocument({
      data: bytes,
      disableFontFace: true,
      enableXfa: false,
      maxImageSize: 0,
      stopAtErrors: true,
      useSystemFonts: false,
      verbosity: 0,
    }).promise;
    if (pdf.numPages > mostPages) return { fault: `has ${pdf.numPages} pages, more than any such PDF` };
    for (let each = 1; each <= pdf.numPages; each++) {
      const { items } = await (await pdf.getPage(each)).getTextContent();
      runs += items.length;
      if (runs > mostRuns) return { fault: 'has more text than any such PDF' };
      pages.push(items.flatMap(runIn));
    }
  } catch (error) {
    return { fault: `is a damaged PDF (${error instanceof Error ? error.message : String(error)})` };
  }
  return { pages };
}

function runIn(item: object): TextRun[] {
  if (!('str' in item && 'width' in item && 'transform' in item)) return [];
  const { str, width, transform } = item;
  if (typeof str !== 'string' || str.trim() === '' || !Array.isArray(transform)) return [];
  const [x, y] = transform.slice(4).map(Number);
  return [{ x: tenth(x), y: tenth(y), width: tenth(Number(width)), text: str.trim() }];
}

/** Rounded to a tenth of a point; 0 for what is no number. */
function tenth(value = 0): number {
  return Number.isFinite(value) ? Math.round(value * 10) / 10 : 0;
}

function isJob(data: unknown): data is PdfJob {
  return typeof data === 'object' && data !== null && 'work' in data && data.work === 'text of a PDF';
}

if (!isMainThread && isJob(workerData)) parentPort?.postMessage(await read(workerData));
