/** A command at a real terminal: util-linux's `script` makes it. */
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { commandLine, COMPILED } from './command-line.ts';

/** The command line, as a shell calls it. */
export const FULLCOURT = commandLine()
  .map((word) => `'${word}'`)
  .join(' ');

/** Whether there is a program that makes a terminal. A file whose tests need one says what it leaves out. */
export const hasTerminal = spawnSync('script', ['--version']).status === 0;

/** What was shown, line by line, without colours and movements of the cursor. */
export interface Shown {
  readonly lines: readonly string[];
  /** Null when it took too long and was ended. */
  readonly code: number | null;
}

/** A command that is under way at a terminal. */
export interface AtTerminal {
  /** All that was shown so far, as it came. */
  readonly raw: () => string;
  readonly lines: () => readonly string[];
  /** Waits until this was shown. @throws Error when the command ends before or takes too long */
  readonly shows: (what: string | RegExp, ms?: number) => Promise<void>;
  readonly press: (keys: string) => void;
  readonly ended: Promise<Shown>;
}

export interface TerminalOptions {
  readonly columns: number;
  readonly home: string;
  readonly cwd?: string;
  /** Milliseconds after which a command is ended. */
  readonly ms?: number;
}

/** Types a line into a shell at a terminal. */
export function typed(line: string, { columns, home, cwd, ms }: TerminalOptions): AtTerminal {
  const text = `stty cols ${columns} rows 40; ${line}`;
  const child = spawn('script', ['--quiet', '--return', '--command', `bash -c "$TYPED"`, '/dev/null'], {
    ...(cwd === undefined ? {} : { cwd }),
    env: {
      ...process.env,
      FULLCOURT_HOME: home,
      NODE_COMPILE_CACHE: COMPILED,
      TERM: 'xterm-256color',
      TYPED: text,
    },
  });
  let raw = '';
  child.stdout.on('data', (chunk: Buffer) => (raw += chunk.toString()));
  const timer = ms === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), ms);
  const ended = new Promise<Shown>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ lines: linesIn(raw), code });
    });
  });
  return {
    raw: () => raw,
    lines: () => linesIn(raw),
    shows: async (what, limit = 200_000) => {
      for (const started = Date.now(); ; await sleep(20)) {
        if (typeof what === 'string' ? raw.includes(what) : what.test(raw)) return;
        if (child.exitCode !== null || Date.now() - started > limit)
          throw new Error(`It never showed ${String(what)}: ${stripVTControlCharacters(raw)}`);
      }
    },
    press: (keys) => child.stdin.write(keys),
    ended,
  };
}

/** Moves of the cursor to the begin of a line or to a line above: what comes after them stands in a line of its own. */
// oxlint-disable-next-line no-control-regex -- these are what a terminal is told
const MOVES = /\r(?!\n)|\u001b\[\d*[AFGH]/g;

function linesIn(raw: string): string[] {
  return stripVTControlCharacters(raw.replaceAll(/\r+\n/g, '\n').replaceAll(MOVES, '\n')).split('\n');
}

/** Lines that are too long: of tables, flags and bars, and sentences, which the terminal would break inside of a word. */
export const tooLong = (lines: readonly string[], columns: number): string[] =>
  lines.filter((line) => stringWidth(line) > columns);
