/**
 * Programs that are started for a while: they answer, they end when they are told to, and with whoever started them. Each
 * test starts emulators of its own, because it ends them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { startFirestore, startPubSub } from '../../scripts/tools/emulators.ts';
import { findGoogleEmulators, isMissing } from '../../scripts/tools/find.ts';
import { startSupervised } from '../../scripts/tools/supervised.ts';

const hasEmulators = !isMissing(findGoogleEmulators());
const node = process.execPath;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 60_000, interval: 20 });
}

/** Runs a module in a process of its own that is killed as soon as it has printed a process id. @returns that id */
async function startedByOneThatDies(script: string): Promise<number> {
  const parent = spawn(
    node,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(printed.toString());
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  return pid;
}

const module = (name: string): string =>
  JSON.stringify(new URL(`../../scripts/tools/${name}`, import.meta.url).href);
const STUBBORN = "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)";

describe('a supervised command', () => {
  it('ends when it is told to, even if it does not want to', async () => {
    const command = await startSupervised(node, ['--eval', STUBBORN]);
    expect(isAlive(command.pid)).toBe(true);
    await command.stop(50);

    expect(isAlive(command.pid)).toBe(false);
  });

  it('is killed at once where a crash is wanted', async () => {
    const command = await startSupervised(node, ['--eval', STUBBORN]);
    await command.kill();

    expect(isAlive(command.pid)).toBe(false);
  });

  it('says what it printed when it ends by itself', async () => {
    const command = await startSupervised(node, ['--eval', "console.error('no such port'); process.exit(3)"]);

    expect(await command.ended).toContain('no such port');
    await command.stop();
    await command.kill();
  });

  it('is refused when there is no such command', async () => {
    await expect(startSupervised('/no/such/command', [])).rejects.toThrow(/\/no\/such\/command/);
  });

  it('is gone when whoever started it is killed', async () => {
    const pid = await startedByOneThatDies(`
      const { startSupervised } = await import(${module('supervised.ts')});
      const command = await startSupervised(process.execPath, ['--eval', ${JSON.stringify(STUBBORN)}]);
      console.log(command.pid);
    `);

    await untilGone(pid);
  });
});

describe.skipIf(!hasEmulators).each([
  ['Pub/Sub', startPubSub, 'startPubSub'],
  ['Firestore', startFirestore, 'startFirestore'],
] as const)('the %s emulator', (_name, start, exported) => {
  it('answers on the loopback address, comes back under its old one, and is left alone by whoever found it', async () => {
    const first = await start();
    expect(first.host).toMatch(/^127\.0\.0\.1:\d+$/);
    const found = await start({ running: first.host });
    await found.stop();
    expect((await fetch(`http://${first.host}/`)).ok).toBe(true);
    await first.kill();
    expect(isAlive(first.pid ?? 0)).toBe(false);
    await expect(fetch(`http://${first.host}/`)).rejects.toThrow(/fetch failed/);
    const again = await start({ port: Number(first.host.split(':')[1]) });

    expect(again.host).toBe(first.host);
    await again.stop();
    expect(isAlive(again.pid ?? 0)).toBe(false);
  });

  it('is gone when whoever started it is killed', async () => {
    const pid = await startedByOneThatDies(`
      const { ${exported} } = await import(${module('emulators.ts')});
      console.log((await ${exported}()).pid);
    `);

    await untilGone(pid);
  });
});
