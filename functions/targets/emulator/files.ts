/** Source files of a machine that runs everything itself: in its home. */
import { join } from 'node:path';
import { fileArchive } from '../../../shared/adapters/embedded/file-archive.ts';
import type { Config } from '../../../shared/config.ts';
import type { ArchiveStore } from '../../../shared/ports/archive.ts';

export function localArchive({ home }: Config): ArchiveStore {
  return fileArchive(join(home, 'archive'));
}
