/** A folder of its own for each test file, removed when its tests have ended. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { removeFolder } from './remove-folder.ts';

export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fullcourt-test-'));
  afterAll(() => removeFolder(folder));
  return folder;
}
