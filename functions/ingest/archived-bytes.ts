/** The bytes of an archived file, held against the hash that they had when they were imported. */
import { hash } from 'node:crypto';
import type { ArchivedEntry } from '../../shared/domain/archive.ts';
import { FileLostError } from '../../shared/domain/failure.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';

/** Why an archived file cannot be used, as a part of a sentence that has named it. */
export const WHY_LOST: Readonly<Record<FileLostError['what'], string>> = {
  missing: 'it is not in the archive',
  damaged: 'the archive holds other bytes than were imported',
};

/**
 * The bytes of an archived file, or what has become of them.
 * @throws Error when the archive does not answer
 */
export async function archivedBytes(
  archive: Pick<ArchiveStore, 'get'>,
  { uri, sha256 }: Pick<ArchivedEntry, 'uri' | 'sha256'>,
): Promise<Uint8Array | FileLostError['what']> {
  try {
    const bytes = await archive.get(uri);
    return hash('sha256', bytes, 'hex') === sha256 ? bytes : 'damaged';
  } catch (error) {
    if (!(error instanceof FileLostError)) throw error;
    return error.what;
  }
}
