/**
 * The emulators that all test files of a run share, as a file uses them: it asks for an address, and works in a project of
 * its own.
 */
import { randomUUID } from 'node:crypto';
import { KEEPER, type SharedEmulator } from './emulator-keeper.ts';

/**
 * The address of an emulator, `127.0.0.1:port`. It is started when the first file of the run asks for it, and it is never
 * ended by a file.
 * @throws Error when it does not start, with what it printed
 */
export async function sharedEmulator(name: SharedEmulator): Promise<string> {
  const keeper = process.env[KEEPER];
  if (keeper === undefined)
    throw new Error(`${KEEPER} is not set: run the tests by npm test, which starts who keeps the emulators`);
  const response = await fetch(`http://${keeper}/${name}`);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

/**
 * An id of a project in which nothing is: the documents, messages and tables of one project are not seen from another one.
 * @param name at most 16 lower-case letters, for whoever reads a log
 */
export function ownProject(name: string): string {
  return `demo-${name}-${randomUUID().slice(0, 8)}`;
}
