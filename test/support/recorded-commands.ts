/** Reads what gcloud has sent and what the APIs keep of it. */
import { inflateRawSync } from 'node:zlib';
import type { FakeGoogle } from './fake-google/server.ts';
import { fieldsOf, textOf, type Fields, type Json, type Recorded } from './fake-google/world.ts';

/** Requests that only look. Policies are asked for by POST. */
export function isLook({ method, path }: Recorded): boolean {
  return method === 'GET' || /:(?:getIamPolicy|testIamPermissions)$/.test(path);
}

/** Requests that make or change something, other than uploads. */
export function changes({ requests }: FakeGoogle): Recorded[] {
  return requests.filter((request) => !isLook(request));
}

export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** What is inside, one name after the other. */
export function at(value: Json | undefined, ...names: readonly string[]): Json | undefined {
  return names.reduce<Json | undefined>((found, name) => fieldsOf(found)[name], value);
}

/** The only one of the requests whose path ends so. @throws Error when there is none, or more than one */
export function onlyRequest(google: FakeGoogle, method: string, api: string, end: RegExp): Recorded {
  const found = google.requests.filter(
    (request) => request.method === method && request.api === api && end.test(request.path),
  );
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new Error(`${found.length} requests ${method} ${api} ${end.source}`);
  return only;
}

/**
 * Every right that somebody has, as `on name  role  member  [condition]`, in the words of the reviewed list and with the
 * project's names in place of the real ones.
 */
export function rightsKept({ world }: FakeGoogle): string[] {
  const found: string[] = [];
  for (const [key, policy] of world.policies) {
    const thing = thingOf(key);
    for (const binding of listOf(fieldsOf(policy)['bindings'])) {
      const expression = textOf(at(binding, 'condition', 'expression'));
      for (const member of listOf(at(binding, 'members')))
        found.push(
          [
            thing,
            textOf(at(binding, 'role')),
            textOf(member),
            ...(expression === '' ? [] : [expression]),
          ].join('  '),
        );
    }
  }
  for (const [key, dataset] of world.resources) {
    if (at(dataset, 'kind') !== 'bigquery#dataset') continue;
    for (const access of listOf(at(dataset, 'access'))) {
      const email = textOf(at(access, 'userByEmail'));
      if (email !== '')
        found.push(
          [
            `dataset ${key.replace('bigquery ', '')}`,
            DATASET_ROLES[textOf(at(access, 'role'))] ?? 'unknown',
            `serviceAccount:${email}`,
          ].join('  '),
        );
    }
  }
  return found
    .map((line) =>
      line.replaceAll(world.project, 'PROJECT').replaceAll(world.projectNumber, 'PROJECT_NUMBER'),
    )
    .sort();
}

const DATASET_ROLES: Readonly<Record<string, string>> = {
  READER: 'roles/bigquery.dataViewer',
  WRITER: 'roles/bigquery.dataEditor',
};

/** `topic nba-sweep` of the key of its policy. */
function thingOf(key: string): string {
  const [api = '', name = ''] = key.split(' ');
  const last = name.split('/').at(-1) ?? '';
  if (api === 'cloudresourcemanager') return `project ${last}`;
  if (api === 'iam') return `account ${last}`;
  if (api === 'run') return `${name.includes('/jobs/') ? 'job' : 'function'} ${last}`;
  if (api === 'storage') return `bucket ${last}`;
  return name.includes('/topics/') ? `topic ${last}` : `subscription ${last}`;
}

/** Names and contents of the files in a zip archive. */
export function unzipped(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const end = archive.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'));
  const count = archive.readUInt16LE(end + 10);
  let place = archive.readUInt32LE(end + 16);
  for (let i = 0; i < count; i += 1) {
    const [method, packed] = [archive.readUInt16LE(place + 10), archive.readUInt32LE(place + 20)];
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) =>
      archive.readUInt16LE(place + offset),
    ) as [number, number, number];
    const local = archive.readUInt32LE(place + 42);
    const name = archive.subarray(place + 46, place + 46 + nameLength).toString('utf8');
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const content = archive.subarray(start, start + packed);
    if (!name.endsWith('/')) files.set(name, method === 0 ? Buffer.from(content) : inflateRawSync(content));
    place += 46 + nameLength + extra + comment;
  }
  return files;
}

/** The service as Cloud Run keeps it. */
export function serviceKept({ world }: FakeGoogle, name: string): Fields {
  const found = [...world.resources].find(([key]) => key.startsWith('run ') && key.endsWith(` ${name}`));
  if (found === undefined) throw new Error(`There is no service ${name}`);
  return fieldsOf(found[1]);
}
