/** A release: the bundles of the functions and of the job, and the commit that they are built from. */
import { services } from '../../shared/derive/services.ts';
import type { Release } from '../declared/target.ts';
import { bundleService, TRAINING, writeBundle } from '../bundle/bundle.ts';
import { startBundle } from '../bundle/check.ts';
import type { Runner } from './runner.ts';

/** Longest value of a label in Google Cloud. */
const MAX_LABEL = 63;

/**
 * The commit of the sources, with `-dirty` when a tracked file was changed. Outside of a repository it is
 * `unversioned`.
 */
export async function commitOf(run: Runner): Promise<string> {
  const head = await run({ argv: ['git', 'rev-parse', 'HEAD'] });
  const commit = head.stdout.trim();
  if (head.code !== 0 || !/^[0-9a-f]{40,64}$/.test(commit)) return 'unversioned';
  const status = await run({ argv: ['git', 'status', '--porcelain', '--untracked-files=no'] });
  return status.stdout.trim() === '' ? commit : `${commit.slice(0, MAX_LABEL - 6)}-dirty`;
}

/**
 * Bundles every function, and the job that trains.
 * @param start whether the bundle of each function is also started once, as a test before a deployment
 * @throws Error that names the function whose bundle lacks something or does not start
 */
export async function releaseOf(run: Runner, tell: (text: string) => void, start = false): Promise<Release> {
  const commit = await commitOf(run);
  tell(`Bundling ${services().length} functions and a job of ${commit}`);
  const job = await writeBundle(TRAINING);
  const bundles = new Map([[job.name, job.digest.slice(0, MAX_LABEL)]]);
  for (const service of services()) {
    const bundle = await bundleService(service);
    if (start) await startBundle(bundle);
    bundles.set(service.name, bundle.digest.slice(0, MAX_LABEL));
  }
  return { commit, bundles };
}
