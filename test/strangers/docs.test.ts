/** The ways to read a completion document that `docs/deploy.md` shows, against the emulator, in the database of a deployment. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findGoogleEmulators, findPythonTool, isMissing, onPath } from '../../scripts/tools/find.ts';
import { firestoreStore, type FirestoreStore } from '../../shared/adapters/gcp/firestore-store.ts';
import { namesOf } from '../../shared/derive/names.ts';
import { ownProject, sharedEmulator } from '../support/run-emulators.ts';
import { removeFolder } from '../support/remove-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/deploy.md'), 'utf8');
const clients = findPythonTool('clients');
const PROJECT = ownProject('docs');
const run = promisify(execFile);

/** The block of the page in this language that names the document, with the test's project. */
function shown(language: string): string {
  const blocks = [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))];
  const block = blocks.map(([, text]) => text ?? '').find((text) => text.includes('phase3_completion/'));
  if (block === undefined) throw new Error(`The page shows nothing in ${language}`);
  return block.replaceAll('my-project', PROJECT);
}

describe.skipIf(isMissing(findGoogleEmulators()))('a completion document is read as the page says', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fullcourt-docs-'));
  let host = '';
  let store: FirestoreStore;

  beforeAll(async () => {
    host = await sharedEmulator('firestore');
    store = firestoreStore({
      project: PROJECT,
      database: namesOf('').database,
      hosts: { firestore: host, pubsub: undefined, bigquery: undefined },
    });
    await store.transaction((tx) =>
      Promise.resolve(tx.set('phase3_completion/2024-10-22', { phase: 'phase3', date: '2024-10-22' })),
    );
  });
  afterAll(async () => {
    await store.close();
    removeFolder(folder);
  });

  it('with Node', async () => {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const file = join(folder, 'read.mjs');
    writeFileSync(file, shown('js'));
    const { stdout } = await run(process.execPath, [file], {
      env: { PATH: process.env['PATH'] ?? '', FIRESTORE_EMULATOR_HOST: host },
    });
    expect(stdout).toMatch(/date: '2024-10-22'|phase: 'phase3'/);
  });

  it.skipIf(onPath('curl') === undefined)('with curl', async () => {
    const command = shown('sh')
      .split('\n')
      .find((line) => line.startsWith('curl'))
      ?.replace('$(gcloud auth print-access-token)', 'owner')
      .replace('https://firestore.googleapis.com', `http://${host}`);
    const { stdout } = await run('sh', ['-c', `${command} --noproxy '*'`]);
    expect(JSON.parse(stdout)).toMatchObject({ fields: { date: { stringValue: '2024-10-22' } } });
  });

  it.skipIf(isMissing(clients))('with Python', async () => {
    if (isMissing(clients)) return;
    const { stdout } = await run(clients.python, ['-c', shown('python')], {
      env: { PATH: process.env['PATH'] ?? '', FIRESTORE_EMULATOR_HOST: host },
    });
    expect(stdout).toContain("'date': '2024-10-22'");
  });
});
