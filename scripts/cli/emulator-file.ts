/** `emulator.json` in the home: where the local emulators and functions listen, for other processes on the same home. */
import { readFileSync, rmSync, writeFileSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Config } from '../../shared/config.ts';
import { RequestError } from '../../shared/domain/failure.ts';

const host = z.string().regex(/^127\.0\.0\.1:\d{1,5}$/);
const emulatorFile = z.object({
  /** Process id of `fullcourt serve`. */
  pid: z.int().min(1),
  project: z.string(),
  hosts: z.object({ pubsub: host, firestore: host, bigquery: host }),
  /** The address at which each service takes pushes, by the name of the service. */
  functions: z.record(z.string(), z.url()),
});
export type EmulatorFile = z.infer<typeof emulatorFile>;

function fileOf(home: string): string {
  return join(home, 'emulator.json');
}

export function writeEmulatorFile(home: string, content: EmulatorFile): void {
  mkdirSync(home, { recursive: true });
  const file = fileOf(home);
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

export function removeEmulatorFile(home: string): void {
  rmSync(fileOf(home), { force: true });
}

/** The emulators that run on this home; undefined when none do. */
export function readEmulatorFile(home: string): EmulatorFile | undefined {
  let text: string;
  try {
    text = readFileSync(fileOf(home), 'utf8');
  } catch {
    return undefined;
  }
  const found = emulatorFile.safeParse(JSON.parse(text));
  return found.success && isAlive(found.data.pid) ? found.data : undefined;
}

/** Whether a process with this id runs, of whomever it is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * The configuration with the addresses of the emulators: from the environment, else those that run on this home.
 * @throws RequestError when no emulators run
 */
export function withFoundHosts(config: Config): Config {
  const { hosts } = config.cloud;
  const given = [hosts.pubsub, hosts.firestore, hosts.bigquery].filter((each) => each !== undefined);
  if (given.length === 3) return config;
  const found = readEmulatorFile(config.home);
  if (found === undefined)
    throw new RequestError(
      `No emulators run on ${config.home}; start them with: fullcourt serve --target emulator (or set PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST and FULLCOURT_BIGQUERY_HOST)`,
    );
  return {
    ...config,
    cloud: {
      ...config.cloud,
      project: found.project,
      hosts: {
        pubsub: hosts.pubsub ?? found.hosts.pubsub,
        firestore: hosts.firestore ?? found.hosts.firestore,
        bigquery: hosts.bigquery ?? found.hosts.bigquery,
      },
    },
  };
}
