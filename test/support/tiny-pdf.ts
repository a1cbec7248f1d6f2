/** Writes a small PDF: text at places on pages, as the library that reads PDFs must find it. */
import { deflateSync } from 'node:zlib';

/** Points from the left and from the bottom of the page, and the text there. */
export type PlacedText = readonly [x: number, y: number, text: string];

/** @param packed whether the texts are packed, as most programs do it */
export function tinyPdf(pages: readonly (readonly PlacedText[])[], packed = true): Uint8Array {
  const contents = pages.map((texts) =>
    texts.map(([x, y, text]) => `BT /F1 8 Tf 1 0 0 1 ${x} ${y} Tm (${escaped(text)}) Tj ET`).join('\n'),
  );
  return pdfOf(
    contents.map((text) => (packed ? deflateSync(text) : Buffer.from(text, 'latin1'))),
    packed,
  );
}

/** @param streams what is drawn on each page */
export function pdfOf(streams: readonly Uint8Array[], packed: boolean): Uint8Array {
  const first = 4;
  return pdfOfObjects([
    Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'),
    Buffer.from(
      `<< /Type /Pages /Count ${streams.length} /Kids [${streams.map((_, i) => `${first + 2 * i} 0 R`).join(' ')}] >>`,
    ),
    Buffer.from('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>'),
    ...streams.flatMap((stream, i) => [
      Buffer.from(
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 842 595] /Resources << /Font << /F1 3 0 R >> >> /Contents ${first + 2 * i + 1} 0 R >>`,
      ),
      Buffer.concat([
        Buffer.from(`<< /Length ${stream.length}${packed ? ' /Filter /FlateDecode' : ''} >>\nstream\n`),
        stream,
        Buffer.from('\nendstream'),
      ]),
    ]),
  ]);
}

/** @param objects the objects of the PDF; the first is its catalog */
export function pdfOfObjects(objects: readonly (string | Buffer<ArrayBuffer>)[]): Uint8Array {
  const parts = [Buffer.from('%PDF-1.4\n')];
  const places: number[] = [];
  let length = parts[0]?.length ?? 0;
  const add = (part: Buffer<ArrayBuffer>): void => {
    parts.push(part);
    length += part.length;
  };
  for (const [i, object] of objects.entries()) {
    places.push(length);
    add(Buffer.concat([Buffer.from(`${i + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n')]));
  }
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  const count = objects.length + 1;
  const end = `xref\n0 ${count}\n0000000000 65535 f \n${table}trailer\n<< /Size ${count} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`;
  add(Buffer.from(end));
  return Buffer.concat(parts);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\()]/g, String.raw`\$&`);
}
