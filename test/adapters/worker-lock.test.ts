/** The lock of a home: who holds it is told, and a lock that cannot be written is not taken for one that is held. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { heldBy, takeWorkerLock } from '../../shared/adapters/embedded/worker-lock.ts';
import { forgetHome } from '../../functions/targets/embedded/reset.ts';
import { removeFolder } from '../support/remove-folder.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => removeFolder(home));

it('a lock that another connection holds is not taken, and its holder is told', () => {
  const other = new DatabaseSync(join(home, 'engine.lock'));
  other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  writeFileSync(join(home, 'engine.holder'), '4711 serve');
  expect(takeWorkerLock(home, 'backfill')).toBeUndefined();
  expect(heldBy(home)).toBe('process 4711 (serve)');
  expect(() => forgetHome(home, 'reset')).toThrow('is in use by process 4711 (serve)');
  other.close();
  const lock = takeWorkerLock(home, 'backfill');
  expect(heldBy(home)).toBe(`process ${process.pid} (backfill)`);
  lock?.release();
  expect(heldBy(home)).toBeUndefined();
});

it('a lock that cannot be written is held by nobody', () => {
  writeFileSync(join(home, 'engine.lock'), 'no database'.repeat(100));
  writeFileSync(join(home, 'engine.holder'), '4711 serve');
  expect(() => takeWorkerLock(home, 'backfill')).toThrow(
    `The lock of ${home} cannot be taken: file is not a database`,
  );
  expect(heldBy(home)).toBeUndefined();
  expect(() => forgetHome(home, 'reset')).toThrow('cannot be taken');
});
