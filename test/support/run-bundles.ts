/** The bundles of the deployed functions and of the job, each built once in a run of the tests. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentsOf, writeBundle, type Bundle, type Contents } from '../../infra/bundle/bundle.ts';
import type { Service } from '../../shared/derive/services.ts';
import { onceInARun } from './once-in-a-run.ts';

/** What is known of a bundle beside its place. */
type BundleRecord = Omit<Bundle, 'folder'>;
const RECORD = 'bundle.json';

/** The bundle of a service in the folder of the run, to be read only. */
export function bundleOfRun(service: Service): Promise<Bundle> {
  return bundleWith(contentsOf(service));
}

/** The bundle with these contents in the folder of the run, to be read only. */
export async function bundleWith(what: Contents): Promise<Bundle> {
  const built = await onceInARun(`bundle-${what.name}`, async (building) => {
    const { folder: _, ...record }: Bundle = await writeBundle(what, building);
    writeFileSync(join(building, RECORD), JSON.stringify(record satisfies BundleRecord));
  });
  const record = JSON.parse(readFileSync(join(built, RECORD), 'utf8')) as BundleRecord;
  return { ...record, folder: join(built, what.name) };
}

/** A copy of the bundle in the folder `outDir/<name of the service>`, as `bundleService` would write it there. */
export async function copyOfBundle(service: Service, outDir: string): Promise<Bundle> {
  const bundle = await bundleOfRun(service);
  const folder = join(outDir, service.name);
  cpSync(bundle.folder, folder, { recursive: true });
  return { ...bundle, folder };
}
