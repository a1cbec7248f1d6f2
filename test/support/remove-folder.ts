/** Removes the folders that tests have made. */
import { rmSync } from 'node:fs';

/** Removes a folder and all that is in it, also when a process that is about to end still writes a file into it. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
}
