/** A command of the command line in this process: what it prints and its exit code, without the start of another process. */
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { commandLine, type Ended } from './command-line.ts';

/** What the bundle of the command line exports. */
type CommandLine = typeof import('../../scripts/cli.ts');

/** The command that runs. All of them have the environment of this process, so that each one waits for the one before. */
let last: Promise<unknown> = Promise.resolve();

/** Runs `fullcourt <args>` with more variables in the environment, to its end. */
export function commandHere(env: Readonly<Record<string, string>>, args: readonly string[]): Promise<Ended> {
  const ended = last.then(() => runHere(env, args));
  last = ended.catch(() => undefined);
  return ended;
}

async function runHere(env: Readonly<Record<string, string>>, args: readonly string[]): Promise<Ended> {
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  const { argv } = process;
  const [stdout, stderr] = [replaced('stdout'), replaced('stderr')];
  Object.assign(process.env, env);
  const [program, ...others] = commandLine();
  const script = others.at(-1) ?? '';
  process.argv = [program, script, ...args];
  try {
    const { run } = (await import(pathToFileURL(script).href)) as CommandLine;
    const code = await run(args);
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.argv = argv;
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    stdout.putBack();
    stderr.putBack();
  }
}

/** Puts a stream without a terminal in the place of one of this process. It keeps what is written. */
function replaced(name: 'stdout' | 'stderr'): { readonly text: () => string; readonly putBack: () => void } {
  const own = Object.getOwnPropertyDescriptor(process, name);
  if (own === undefined) throw new Error(`This process has no ${name}`);
  const written: Buffer[] = [];
  const stream = new Writable({
    decodeStrings: true,
    write: (chunk: Buffer, _encoding, done) => {
      written.push(chunk);
      done();
    },
  });
  Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => stream });
  return {
    text: () => Buffer.concat(written).toString('utf8'),
    putBack: () => Object.defineProperty(process, name, own),
  };
}
