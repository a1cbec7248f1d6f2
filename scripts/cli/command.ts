/** What all commands do alike: open a home, print the answer, print a failure. */
import { stripVTControlCharacters } from 'node:util';
import { environment, readConfig, TARGETS, type Config, type Environment } from '../../shared/config.ts';
import { lackOf, RequestError } from '../../shared/domain/failure.ts';
import { redacted } from '../../shared/observe/log-line.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { Client } from '../../functions/targets/client.ts';
import { paint } from './colours.ts';
import { instantOption } from './dates.ts';
import { chosenOption } from './options.ts';
import { wrappedProse } from './prose.ts';
import { shownJson, shownLines } from './shown.ts';
import { targetOf, withTarget } from './target-flag.ts';
import { terminalWidth } from './text-table.ts';

/** Exit codes of every command. */
export const EXIT = { done: 0, failed: 1, wrong: 2 } as const;

export interface GlobalOptions {
  readonly json?: boolean;
  readonly target?: string;
  /** What counts as now when the command begins, for commands that have the flag. */
  readonly now?: string;
}

/**
 * The configuration of a command. `--target` is used instead of `FULLCOURT_TARGET` where both are given. With `--now` the business
 * clock shows that time when the command begins, and goes on from there.
 */
export function configOf(options: GlobalOptions, env: Environment = environment): Config {
  chosenOption('--target', options.target, TARGETS);
  return readConfig({
    ...env,
    ...(options.target === undefined ? {} : { FULLCOURT_TARGET: options.target }),
    ...(options.now === undefined
      ? {}
      : { FULLCOURT_CLOCK_AHEAD_SECONDS: String(secondsAhead(options.now)) }),
  });
}

function secondsAhead(now: string): number {
  return (instantOption('--now', now).getTime() - Date.now()) / 1000;
}

/** What takes the place of parts of an embedded home. */
export interface HomeParts {
  /** The time by which it is decided what is due and what is today. */
  readonly businessClock?: Clock;
}

/**
 * Opens the client of the configured target.
 * @throws RequestError when the target is `emulator` and no emulators run, or `gcp` and nobody is logged in
 */
async function openHome(options: GlobalOptions, parts: HomeParts): Promise<Client> {
  const config = configOf(options);
  if (config.target === 'embedded') {
    const { isGuestOf } = await import('../../functions/targets/embedded/home.ts');
    if (isGuestOf(config))
      return (await import('../../functions/targets/embedded/guest.ts')).openGuest(config, tell);
    return (await import('../../functions/targets/embedded/client.ts')).openClient(config, {
      say: tell,
      ...parts,
    });
  }
  const { openCloudClient } = await import('../../functions/targets/cloud/client.ts');
  if (config.target === 'gcp') {
    const { assertLogin } = await import('../../functions/targets/cloud/login.ts');
    await assertLogin();
    return openCloudClient(config);
  }
  const { localArchive } = await import('../../functions/targets/emulator/files.ts');
  const { withFoundHosts } = await import('./emulator-file.ts');
  return openCloudClient(withFoundHosts(config), localArchive(config));
}

/**
 * Runs `work` on the home. The home is closed afterwards, also when `work` fails.
 * @param accepts `any format`: the home may have the format of an earlier version. `any loss`: its stores may not belong together
 * @throws RequestError or StoreLostError when the home is otherwise
 */
export async function withHome<T>(
  options: GlobalOptions,
  work: (client: Client) => Promise<T>,
  accepts: 'whole' | 'any format' | 'any loss' = 'whole',
  parts: HomeParts = {},
): Promise<T> {
  const client = await openHome(options, parts);
  try {
    const { hasFormerFormat } = await import('../../shared/state/former-format.ts');
    if (accepts !== 'any format' && (await hasFormerFormat(client)))
      throw new RequestError(
        `${client.config.target === 'embedded' ? client.config.home : 'The project'} was written by an earlier version: run \`fullcourt migrate\` (with --dry-run to see what it does)`,
      );
    if (accepts !== 'any loss') await client.assertWhole();
    return await work(client);
  } catch (error) {
    if (client.config.target !== 'gcp') throw error;
    const { advised } = await import('../../functions/targets/cloud/login.ts');
    throw await advised(error, client.config);
  } finally {
    await client.close();
  }
}

/** A text for the person who runs this command: the commands in it name the target that this one works on. */
export function copyable(text: string): string {
  return withTarget(text, targetOf(process.argv.slice(2), environment), environment);
}

/** Prints the answer of a command on stdout: one JSON document with `--json`, else text. */
export function answer(options: GlobalOptions, document: unknown, text: () => string): void {
  const printed =
    options.json === true
      ? shownJson(JSON.stringify(document))
      : wrappedProse(shownLines(copyable(text())), terminalWidth());
  if (printed !== '') process.stdout.write(`${printed}\n`);
}

/**
 * Says something to the person who runs the command, on stderr. It is not part of the answer. Where a log is written, each
 * line of stderr is a JSON document, this one too.
 */
export function tell(text: string): void {
  say(text, 'INFO');
}

/** Whether log lines are written to stderr, so that nothing else may be. */
export function isLogging(): boolean {
  const level = environment['FULLCOURT_LOG'];
  return level !== undefined && level !== 'off';
}

function say(told: string, severity: 'INFO' | 'ERROR'): void {
  const text = copyable(told);
  if (!isLogging()) {
    const width = process.stderr.isTTY ? terminalWidth(process.stderr) : Infinity;
    process.stderr.write(`${wrappedProse(shownLines(text), width)}\n`);
    return;
  }
  const plain = stripVTControlCharacters(text).trim();
  const level = environment['FULLCOURT_LOG'];
  if (plain === '' || (severity === 'INFO' && level !== 'debug' && level !== 'info')) return;
  const line = { severity, time: new Date().toISOString(), event: 'told', message: redacted(plain) };
  process.stderr.write(`${shownJson(JSON.stringify(line))}\n`);
}

/** What went wrong, as scripts read it. */
export interface Wrong {
  /** Short name of the kind of error, such as `request_refused`. */
  readonly code: string;
  readonly message: string;
  /** The flag that is wrong; null when it is none. */
  readonly flag: string | null;
}

/**
 * Prints what went wrong: one line on stderr and, with `--json`, a document on stdout.
 * @returns the exit code of the failure
 */
export function explain(error: unknown, options: GlobalOptions): number {
  if (error instanceof RequestError) {
    return refuse(
      { code: 'request_refused', message: error.message, flag: error.flag ?? flagIn(error.message) },
      options,
    );
  }
  const wrong = { code: codeOf(error), message: `${lackText(error)}${detailOf(error)}`, flag: null };
  print(wrong, options);
  return EXIT.failed;
}

/** Prints why a command cannot be carried out as it was typed. @returns the exit code */
export function refuse(wrong: Wrong, options: GlobalOptions): number {
  print(wrong, options);
  return EXIT.wrong;
}

function print(found: Wrong, options: GlobalOptions): void {
  const wrong = { ...found, message: copyable(found.message) };
  if (options.json === true) answer(options, { error: wrong }, () => '');
  say(`${paint.red('error:')} ${wrong.message}`, 'ERROR');
}

/** The flag that a message begins with, such as `--end 2024-01-01 is before --start 2024-02-01`. */
function flagIn(message: string): string | null {
  return /^--[a-z][a-z-]*/.exec(message)?.[0] ?? null;
}

/** The code of an unexpected error: that of the operating system in small letters, else `failed`. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code.toLowerCase() : 'failed';
}

/** A sentence for an error that the machine is the cause of; empty for any other. */
function lackText(error: unknown): string {
  const text =
    error instanceof Error ? `${error.message} ${String((error as { code?: unknown }).code)}` : String(error);
  const lack = lackOf(text);
  return lack === undefined ? '' : `${lack}: `;
}

/** The message of an unexpected error; with `FULLCOURT_LOG=debug`, also where it was thrown. */
function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (environment['FULLCOURT_LOG'] === 'debug') return error.stack ?? error.message;
  return error.message.replaceAll(/\s*\n\s*/g, ' ');
}
