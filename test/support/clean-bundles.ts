/** Bundles where only they and what their lock files name can be found, and functions served from there. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Bundle } from '../../infra/bundle/bundle.ts';
import type { Service } from '../../shared/derive/services.ts';
import { copyOfBundle } from './run-bundles.ts';
import { removeFolder } from './remove-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface CleanFolder {
  /** A copy of the bundle of the run. */
  readonly bundle: (service: Service) => Promise<Bundle>;
  readonly serve: (bundle: Bundle, env: Readonly<Record<string, string>>) => Promise<ServedBundle>;
  readonly remove: () => void;
}

export interface ServedBundle {
  /** Sends a push of Pub/Sub. @returns the status of the answer */
  readonly push: (subscription: string, body: string, messageId: string) => Promise<number>;
  readonly post: (body: unknown) => Promise<number>;
  /** What the function has logged so far. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** An empty folder outside of the project; `node_modules` appears in it with the first bundle. */
export function cleanFolder(): CleanFolder {
  const folder = mkdtempSync(join(tmpdir(), 'fullcourt-clean-'));
  const children = new Set<ChildProcess>();
  const linked = new Set<string>();
  return {
    bundle: async (service) => {
      const bundle = await copyOfBundle(service, folder);
      for (const path of lockedIn(bundle)) {
        if (linked.has(path)) continue;
        linked.add(path);
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        symlinkSync(join(root, path), join(folder, path));
      }
      return bundle;
    },
    serve: async (bundle, env) => {
      const child = spawn(
        process.execPath,
        [join(root, 'test', 'support', 'serve-bundle.mjs'), bundle.folder, bundle.name],
        { cwd: folder, env: { ...env }, stdio: ['pipe', 'pipe', 'pipe'] },
      );
      children.add(child);
      let log = '';
      child.stderr.on('data', (data: Buffer) => (log += data.toString('utf8')));
      const ended = new Promise<void>((resolve) => {
        child.once('exit', () => resolve());
      });
      const port = await new Promise<number>((resolve, reject) => {
        createInterface(child.stdout).on('line', (line) => {
          const found = /^port (\d+)$/.exec(line)?.[1];
          if (found !== undefined) resolve(Number(found));
        });
        child.once('exit', () => reject(new Error(`${bundle.name} does not start: ${log}`)));
      });
      const post = async (body: unknown): Promise<number> => {
        const response = await fetch(`http://127.0.0.1:${port}/`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        log += await response.text();
        return response.status;
      };
      return {
        post,
        push: (subscription, body, messageId) =>
          post({
            message: {
              data: Buffer.from(body).toString('base64'),
              messageId,
              publishTime: '2026-01-01T00:00:00Z',
            },
            subscription: `projects/${env['FULLCOURT_PROJECT']}/subscriptions/${subscription}`,
          }),
        log: () => log,
        stop: async () => {
          child.stdin.end();
          await ended;
          children.delete(child);
        },
      };
    },
    remove: () => {
      for (const child of children) child.kill('SIGKILL');
      removeFolder(folder);
    },
  };
}

/** Places of the packages that a bundle asks to be installed beside it, from the root of the project. */
function lockedIn({ folder }: Bundle): string[] {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, unknown>>;
  };
  // A package inside of another one comes along with it.
  return Object.keys(packages).filter((path) => path !== '' && path.lastIndexOf('node_modules/') === 0);
}
