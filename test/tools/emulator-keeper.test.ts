/** The emulators of a run of the tests: one for all who ask, left alone by whoever crashes, and gone when the run is. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findGoogleEmulators, isMissing } from '../../scripts/tools/find.ts';
import { KEEPER, keepEmulators } from '../support/emulator-keeper.ts';
import { tempFolder } from '../support/temp-folder.ts';

const folder = tempFolder();
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Runs a module in a process of its own. @returns it, and the first thing that it prints */
async function running(
  script: string,
  env: NodeJS.ProcessEnv = {},
): Promise<readonly [child: ChildProcess, printed: string]> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } },
  );
  children.push(child);
  const [printed] = (await once(child.stdout, 'data')) as [Buffer];
  return [child, printed.toString().trim()];
}

const module = (name: string): string => JSON.stringify(new URL(`../support/${name}`, import.meta.url).href);
const WAIT = 'setInterval(() => {}, 1000);';
/** Asks for an emulator as a test file does, prints what it is told, and stays. */
const ASK = (name: string): string => `
  const { sharedEmulator } = await import(${module('run-emulators.ts')});
  console.log(await sharedEmulator('${name}').catch(({ message }) => message));
  ${WAIT}`;
/** Begins a run of the tests as vitest does, and asks for an emulator in it. */
const RUN = (name: string): string => `
  const { default: setup } = await import(${module('run-folder.ts')});
  const log = console.log;
  console.log = () => {};
  await setup();
  console.log = log;
  ${ASK(name)}`;

async function answers(host: string): Promise<boolean> {
  return fetch(`http://${host}/`).then(
    ({ ok }) => ok,
    () => false,
  );
}

describe('who keeps the emulators of a run', () => {
  it('tells every file that asks why one cannot be started', async () => {
    const [, told] = await running(RUN('pubsub'), { FULLCOURT_TEST_RUN: folder, PATH: '' });

    expect(told).toMatch(/^The Pub\/Sub emulator cannot be started: gcloud is not on the PATH/);
  });

  it('knows no others', async () => {
    const keeper = await keepEmulators();
    const [, told] = await running(ASK('spanner'), { [KEEPER]: keeper.host });
    await keeper.stop();

    expect(told).toBe('There is no emulator spanner; there are pubsub, firestore, bigquery');
  });

  it('is missed where nobody is', async () => {
    const [, told] = await running(ASK('pubsub'), { [KEEPER]: undefined });

    expect(told).toMatch(/run the tests by npm test/);
  });
});

describe.skipIf(isMissing(findGoogleEmulators()))('an emulator of a run', () => {
  it('is one for all who ask at once, outlives a file that crashes, and ends with the run', async () => {
    const keeper = await keepEmulators();
    const asked = [1, 2].map(() => running(ASK('pubsub'), { [KEEPER]: keeper.host }));
    const [[first, host], [, other]] = (await Promise.all(asked)) as [
      [ChildProcess, string],
      [unknown, string],
    ];
    expect(host).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(other).toBe(host);
    first.kill('SIGKILL');
    await once(first, 'exit');
    expect(await answers(host)).toBe(true);
    const seconds = await keeper.stop();

    expect([...seconds.keys()]).toEqual(['the Pub/Sub emulator']);
    expect(await answers(host)).toBe(false);
  });

  it('that has died is said to have died, and is not started again without what was in it', async () => {
    const keeper = await keepEmulators();
    const emulator = await keeper.open('pubsub');
    await emulator.kill();
    const [, told] = await running(ASK('pubsub'), { [KEEPER]: keeper.host });
    await keeper.stop();

    expect(told).toMatch(/^the Pub\/Sub emulator of this run has died/);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('is gone when the run ends by %s', async (signal) => {
    const [run, host] = await running(RUN('pubsub'), { FULLCOURT_TEST_RUN: folder });
    expect(await answers(host)).toBe(true);
    run.kill(signal);

    await vi.waitFor(async () => expect(await answers(host)).toBe(false), { timeout: 60_000, interval: 50 });
  });
});
