/** The bundles of the deployed functions, each built once in a run of the tests. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleService, type Bundle } from '../../infra/bundle/bundle.ts';
import type { Service } from '../../shared/derive/services.ts';
import { onceInARun } from './once-in-a-run.ts';

/** What is known of a bundle beside its service and its place. */
type BundleRecord = Omit<Bundle, 'service' | 'folder'>;
const RECORD = 'bundle.json';

/** The bundle of a service in the folder of the run, to be read only. */
export async function bundleOfRun(service: Service): Promise<Bundle> {
  const built = await onceInARun(`bundle-${service.name}`, async (building) => {
    const { files, bytes, digest, packages, modules } = await bundleService(service, building);
    const record: BundleRecord = { files, bytes, digest, packages, modules };
    writeFileSync(join(building, RECORD), JSON.stringify(record));
  });
  const record = JSON.parse(readFileSync(join(built, RECORD), 'utf8')) as BundleRecord;
  return { ...record, service, folder: join(built, service.name) };
}

/** A copy of the bundle in the folder `outDir/<name of the service>`, as `bundleService` would write it there. */
export async function copyOfBundle(service: Service, outDir: string): Promise<Bundle> {
  const bundle = await bundleOfRun(service);
  const folder = join(outDir, service.name);
  cpSync(bundle.folder, folder, { recursive: true });
  return { ...bundle, folder };
}
