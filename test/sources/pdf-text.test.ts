/** The text of a PDF is read with its places; whatever else comes in the place of one is refused by name, in time and in bounds. */
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pdfTextOf } from '../../functions/sources/pdf-text.ts';
import { PayloadFault } from '../../functions/sources/source.ts';
import { pdfOf, pdfOfObjects, tinyPdf } from '../support/tiny-pdf.ts';

const whole = tinyPdf([
  [
    [24, 500.5, 'Out (knee)'],
    [120, 480, 'of 3'],
  ],
  [[24, 500, 'second page']],
]);

/** So much text that what is read of it does not fit into 24 MiB. */
const MUCH = Array.from({ length: 60_000 }, (_, i) => [i % 500, i % 700, `word ${i}`] as const);

/** A page that draws a form twelve times, which draws another one twelve times, and so on: 12 to the power of 9 words. */
function drawsForEver(): Uint8Array {
  const draw = '/X Do '.repeat(12);
  const resources = (next: number): string =>
    `/Resources << /Font << /F1 3 0 R >> /XObject << /X ${next} 0 R >> >>`;
  const stream = (dictionary: string, text: string): string =>
    `<< ${dictionary} /Length ${text.length} >>\nstream\n${text}\nendstream`;
  return pdfOfObjects([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Count 1 /Kids [4 0 R] >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] ${resources(6)} /Contents 5 0 R >>`,
    stream('', draw),
    ...Array.from({ length: 9 }, (_, i) =>
      stream(
        `/Type /XObject /Subtype /Form /BBox [0 0 9 9] ${resources(7 + i)}`,
        i === 8 ? 'BT /F1 8 Tf (a) Tj ET' : draw,
      ),
    ),
  ]);
}

function packedTimes(times: number): Uint8Array {
  return times === 0 ? Buffer.from('BT (a) Tj ET') : deflateSync(packedTimes(times - 1));
}

/** A million pages, which are all the list of pages itself. */
function pagesInPages(): Uint8Array {
  return pdfOfObjects([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Count 1000000 /Kids [2 0 R] >>',
  ]);
}

describe('the text of a PDF', () => {
  it.each([
    ['packed', whole],
    [
      'not packed',
      tinyPdf(
        [
          [
            [24, 500.5, 'Out (knee)'],
            [120, 480, 'of 3'],
          ],
          [[24, 500, 'second page']],
        ],
        false,
      ),
    ],
  ])('%s has its places, page by page, and the PDF is left as it was', async (_, bytes) => {
    const before = Buffer.from(bytes);
    expect(await pdfTextOf(bytes)).toEqual({
      pages: [
        [
          { x: 24, y: 500.5, width: expect.any(Number) as number, text: 'Out (knee)' },
          { x: 120, y: 480, width: expect.any(Number) as number, text: 'of 3' },
        ],
        [{ x: 24, y: 500, width: expect.any(Number) as number, text: 'second page' }],
      ],
    });
    expect(Buffer.from(bytes).equals(before)).toBe(true);
  });

  it.each<[string, Uint8Array, Parameters<typeof pdfTextOf>[1], RegExp]>([
    ['a page of the web', Buffer.from('<html>no</html>'), {}, /^is a web page, no PDF$/],
    ['nothing', new Uint8Array(), {}, /^is no PDF$/],
    ['a PDF that broke off', whole.subarray(0, 300), {}, /^is a damaged PDF/],
    ['a PDF without text', tinyPdf([[]]), {}, /^is a PDF without text, or a damaged one$/],
    ['a PDF with a damaged page', pdfOf([Buffer.from('no zlib')], true), {}, /damaged/],
    ['a large PDF', whole, { bytes: 100 }, /^is larger than any such PDF may be$/],
    ['a PDF of many pages', whole, { pages: 1 }, /^has 2 pages, more than any such PDF$/],
    ['a PDF of much text', whole, { runs: 2 }, /^has more text than any such PDF$/],
    ['a PDF that takes long', whole, { milliseconds: 0 }, /^takes longer to read than any such PDF may$/],
    [
      'a PDF that draws for ever',
      drawsForEver(),
      { milliseconds: 1500 },
      /^takes longer to read than any such PDF may$/,
    ],
    [
      'a PDF that needs much memory',
      tinyPdf([MUCH]),
      { memory: 24 },
      /^takes more memory to read than any such PDF may$/,
    ],
    ['a PDF whose pages are its pages', pagesInPages(), {}, /^is a damaged PDF/],
    [
      'a PDF that unpacks to 100 MiB',
      pdfOf([deflateSync(Buffer.alloc(100 * 2 ** 20))], true),
      {},
      /^unpacks to more than any such PDF may$/,
    ],
    [
      'a PDF that unpacks to 100 MiB when it is unpacked twice',
      pdfOf([deflateSync(deflateSync(Buffer.alloc(100 * 2 ** 20)))], true),
      {},
      /^unpacks to more than any such PDF may$/,
    ],
    [
      'a PDF that is packed nine times',
      pdfOf([packedTimes(9)], true),
      {},
      /^unpacks to more than any such PDF may$/,
    ],
    [
      'a PDF whose parts unpack to 100 MiB together',
      pdfOf(
        Array.from({ length: 50 }, () => deflateSync(Buffer.alloc(2 * 2 ** 20))),
        true,
      ),
      {},
      /^unpacks to more than any such PDF may$/,
    ],
  ])('is refused by name in the place of %s', async (_, bytes, bounds, fault) => {
    const error: unknown = await pdfTextOf(bytes, bounds).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PayloadFault);
    expect((error as PayloadFault).message).toMatch(fault);
  });

  it('of a PDF with any damage is refused, or is the text of what is left', async () => {
    for (let at = 9; at < whole.length; at += 97) {
      const damaged = Uint8Array.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x55;
      const found: unknown = await pdfTextOf(damaged).catch((error: unknown) => error);
      if (found instanceof Error) expect(found).toBeInstanceOf(PayloadFault);
      else expect(found).toHaveProperty('pages');
    }
  });
});
