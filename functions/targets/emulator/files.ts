/** The archive of the emulator target: source files in the home folder. */
import { join } from 'node:path';
import { fileArchive } from '../../../shared/adapters/embedded/file-archive.ts';
import type { Config } from '../../../shared/config.ts';
import type { ArchiveStore } from '../../../shared/ports/archive.ts';

/** Opens the archive of a home. */
export function localArchive({ home }: Config): ArchiveStore {
  return fileArchive(join(home, 'archive'));
}
