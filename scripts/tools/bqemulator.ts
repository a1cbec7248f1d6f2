/** Starts `bqemulator`, a local BigQuery server, on the loopback address. It ends with this process. */
import { fileURLToPath } from 'node:url';
import { freePort, type Emulator, type EmulatorOptions } from './emulators.ts';
import { findPythonTool, isMissing } from './find.ts';
import { environmentOf } from './install.ts';
import { startSupervised } from './supervised.ts';

/** How long a Python program may take to start on a busy machine. */
const START_MS = 60_000;
const PORT_TRIES = 3;

/** Starts the server. It holds everything in memory. @throws Error when it is not installed or does not start */
export async function startBqEmulator(project: string, options: EmulatorOptions = {}): Promise<Emulator> {
  const { running } = options;
  if (running !== undefined) {
    if (!(await answers(running, project, () => false)))
      throw new Error(`There is no BigQuery server at ${running}`);
    const nothing = (): Promise<void> => Promise.resolve();
    return { host: running, pid: undefined, stop: nothing, kill: nothing };
  }
  const found = findPythonTool('bqemulator');
  if (isMissing(found)) throw new Error(`The BigQuery server cannot be started: ${found.missing}`);
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const host = `127.0.0.1:${port}`;
    const server = await startSupervised(
      found.python,
      [
        ...[fileURLToPath(new URL('serve_bqemulator.py', import.meta.url)), 'start'],
        ...['--rest-host', '127.0.0.1', '--rest-port', String(port)],
        ...['--grpc-host', '127.0.0.1', '--grpc-port', '0'],
        ...['--project', project, '--ephemeral', '--log-level', 'error'],
      ],
      environmentOf(found.folder),
    );
    let isOver = false;
    const ended = server.ended.then((output) => {
      isOver = true;
      return output;
    });
    if (await answers(host, project, () => isOver))
      return { host, pid: server.pid, stop: server.stop, kill: server.kill };
    await server.kill();
    // Another program may have taken the port in the meantime.
    if (attempt >= PORT_TRIES) throw new Error(`The BigQuery server does not start: ${await ended}`);
  }
}

/** Whether a BigQuery server answers at `host` in time. */
async function answers(host: string, project: string, isOver: () => boolean): Promise<boolean> {
  const end = performance.now() + START_MS;
  while (performance.now() < end && !isOver()) {
    const response = await fetch(`http://${host}/bigquery/v2/projects/${project}/datasets`, {
      signal: AbortSignal.timeout(2000),
    }).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok === true) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
