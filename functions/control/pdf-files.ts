/** Files that a person has of live sources may be PDFs: their text is imported, and the PDFs are kept beside it. */
import { RequestError } from '../../shared/domain/failure.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import { textNameOfPdf } from '../sources/payload-files.ts';
import { pdfTextOf } from '../sources/pdf-text.ts';
import { PayloadFault } from '../sources/source.ts';
import type { SourceFile } from './archive-files.ts';

/**
 * The files with the texts of PDFs in their place. The text of a PDF that is among the files goes before an older one of its name.
 * @param keep keeps a PDF; nothing is kept without it
 * @throws RequestError that names a PDF that cannot be read
 */
export async function withTextsOfPdfs(
  files: readonly SourceFile[],
  keep?: ArchiveStore['put'],
): Promise<SourceFile[]> {
  const read = new Map<string, SourceFile>();
  for (const { name, bytes } of files) {
    const textName = textNameOfPdf(name);
    if (textName === undefined) continue;
    const pdf = bytes();
    const text = Buffer.from(JSON.stringify(await textOf(name, pdf)));
    read.set(textName, { name: textName, bytes: () => text });
    await keep?.(name, pdf);
  }
  const others = files.filter(({ name }) => textNameOfPdf(name) === undefined && !read.has(name));
  return [...others, ...read.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function textOf(name: string, bytes: Uint8Array) {
  try {
    return await pdfTextOf(bytes);
  } catch (error) {
    if (!(error instanceof PayloadFault)) throw error;
    throw new RequestError(
      `${name} ${error.message}; nothing was imported. Get the file again, then repeat the import`,
    );
  }
}
