/** What every command shares: how it answers, how it fails, how it opens a home. */
import pc from 'picocolors';
import { readConfig } from '../../shared/config.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { openDesk, type Desk } from '../../functions/embedded.ts';

/** Exit codes of every command. */
export const EXIT = { done: 0, failed: 1, wrong: 2 } as const;

export interface GlobalOptions {
  readonly json?: boolean;
  readonly target?: string;
}

/** Opens the home of the configured target. @throws RequestError for a target that cannot be used from here */
export function openHome(options: GlobalOptions): Desk {
  const config = readConfig({
    ...process.env,
    ...(options.target === undefined ? {} : { FULLCOURT_TARGET: options.target }),
  });
  if (config.target !== 'embedded')
    throw new RequestError(`The target ${config.target} is not available in this version; use embedded`);
  return openDesk(config);
}

/** Runs `work` on the home and closes it however it ends. */
export async function withHome<T>(options: GlobalOptions, work: (desk: Desk) => Promise<T>): Promise<T> {
  const desk = openHome(options);
  try {
    return await work(desk);
  } finally {
    desk.close();
  }
}

/** One answer: a JSON document on stdout with `--json`, else text for a person. */
export function answer(options: GlobalOptions, document: unknown, text: () => string): void {
  process.stdout.write(options.json === true ? `${JSON.stringify(document)}\n` : `${text()}\n`);
}

/** A remark for the person watching; never part of the answer. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Prints what went wrong in one clear line. @returns the exit code it means */
export function explain(error: unknown): number {
  if (error instanceof RequestError) {
    tell(`${pc.red('error:')} ${error.message}`);
    return EXIT.wrong;
  }
  tell(
    `${pc.red('error:')} ${error instanceof Error ? (process.env['FULLCOURT_LOG'] === 'debug' ? error.stack : error.message) : String(error)}`,
  );
  return EXIT.failed;
}
