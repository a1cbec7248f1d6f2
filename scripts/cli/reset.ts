/** `reset`: forgets the state of an embedded home, after asking. */
import { createInterface } from 'node:readline/promises';
import { originOf } from '../../functions/control/origins.ts';
import { overview } from '../../functions/control/status.ts';
import { forgetHome, holdsState } from '../../functions/targets/embedded/reset.ts';
import { counted } from '../../shared/domain/counted.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { originText } from '../../shared/domain/origin.ts';
import { answer, configOf, EXIT, withHome, type GlobalOptions } from './command.ts';
import { readEmulatorFile } from './emulator-file.ts';

export interface ResetFlags extends GlobalOptions {
  readonly yes?: boolean;
}

/** @throws RequestError when the home is not embedded, is in use, or nobody said yes */
export async function resetCommand(flags: ResetFlags): Promise<number> {
  const { target, home } = configOf(flags);
  if (target !== 'embedded')
    throw new RequestError(`reset forgets an embedded home; it does nothing on the target ${target}`);
  if (!holdsState(home)) {
    answer(flags, { home, forgotten: null }, () => `Nothing is loaded in ${home}`);
    return EXIT.done;
  }
  refuseIfServed(home);
  const holds = await contentsOf(flags);
  if (flags.yes !== true) await askToForget(home, holds);
  forgetHome(home, 'reset');
  answer(flags, { home, forgotten: holds }, () => `Forgotten: ${holds}. ${home} is empty`);
  return EXIT.done;
}

/** @throws RequestError when local emulators work with the files of the home */
export function refuseIfServed(home: string): void {
  const emulators = readEmulatorFile(home);
  if (emulators === undefined) return;
  throw new RequestError(
    `${home} is in use by process ${emulators.pid} (serve --target emulator); end it first. Nothing was forgotten`,
  );
}

/** What a home holds, in words. A home that cannot be read any more can still be forgotten. */
async function contentsOf(flags: ResetFlags): Promise<string> {
  try {
    return await withHome(flags, async (client) => {
      const [{ seasons, backfills }, origin] = [await overview(client), await originOf(client)];
      const games = seasons.reduce((sum, each) => sum + each.games, 0);
      const source = origin === undefined ? 'no rows' : originText(origin);
      return `${source}: ${counted(seasons.length, 'season')} with ${counted(games, 'game')}, ${counted(backfills.total, 'backfill')}, and every table that was built`;
    });
  } catch (error) {
    return `a state that cannot be read (${error instanceof Error ? error.message : String(error)})`;
  }
}

/** Asks the person at the terminal. @throws RequestError without a terminal, or when the answer is not yes */
async function askToForget(home: string, holds: string): Promise<void> {
  if (!process.stdin.isTTY)
    throw new RequestError(`reset would forget what ${home} holds (${holds}). Say so with --yes`);
  const person = createInterface({ input: process.stdin, output: process.stderr });
  const said = await person.question(`Forget what ${home} holds (${holds})? Type yes: `);
  person.close();
  if (said.trim().toLowerCase() !== 'yes') throw new RequestError('Nothing was forgotten');
}
