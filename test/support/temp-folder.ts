/** A folder of its own for each test file, removed when its tests have ended. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fullcourt-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
