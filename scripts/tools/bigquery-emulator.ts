/** A BigQuery server that others wrote, on the loopback address, gone with this process. What it holds is in memory. */
import { findPythonTool, isMissing } from './find.ts';
import { freePort, type Emulator, type EmulatorOptions } from './emulators.ts';
import { environmentOf } from './install.ts';
import { startSupervised } from './supervised.ts';

const START_MS = 60_000;

/** @throws Error when it is not installed or does not start */
export async function startBigQuery(project: string, options: EmulatorOptions = {}): Promise<Emulator> {
  if (options.running !== undefined) {
    const nothing = (): Promise<void> => Promise.resolve();
    return { host: options.running, pid: undefined, stop: nothing, kill: nothing };
  }
  const found = findPythonTool('bqemulator');
  if (isMissing(found)) throw new Error(`The BigQuery server cannot be started: ${found.missing}`);
  const [rest, grpc] = [options.port ?? (await freePort()), await freePort()];
  const host = `127.0.0.1:${rest}`;
  const server = await startSupervised(
    found.python,
    [
      '-m',
      'bqemulator',
      'start',
      '--rest-port',
      String(rest),
      '--grpc-port',
      String(grpc),
      '--project',
      project,
    ],
    environmentOf(found.folder),
  );
  let isOver = false;
  const ended = server.ended.then((output) => {
    isOver = true;
    return output;
  });
  if (await answers(`http://${host}/bigquery/v2/projects/${project}/datasets`, () => isOver))
    return { host, pid: server.pid, stop: server.stop, kill: server.kill };
  await server.kill();
  throw new Error(`The BigQuery server does not start: ${await ended}`);
}

async function answers(url: string, isOver: () => boolean): Promise<boolean> {
  for (const end = performance.now() + START_MS; performance.now() < end && !isOver();) {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok === true) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
