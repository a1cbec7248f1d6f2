/**
 * Builds the bundles: a complete folder for each deployed function, and one for the job that trains. A bundle holds the code of the
 * function in one file, parts that the code loads at their first use, the manifest for the builder, the lock file of
 * the one package that is not inside, and the licences of all packages that are. The job needs no package, and has the file of its image
 * instead. The same sources give the same bytes. So a bundle does not hold its commit; the deployment knows it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHash } from 'node:crypto';
import { build, type BuildResult, type Plugin } from 'esbuild';
import type { Needs } from '../../shared/derive/service-kinds.ts';
import type { Service } from '../../shared/derive/services.ts';
import { TRAINING_JOB } from '../../shared/derive/training-job.ts';
import { licencesOf, packagesOf, type Output, type PackageInside } from './licences.ts';
import { lockOf } from './lock.ts';
import { FOR_COMMONJS, jsonAsText, namedExports, sqlInside, withoutSqlite } from './plugins.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Folder of the bundles, from the root of the project. */
const BUNDLES_FOLDER = 'dist';

/** This package is not bundled: the platform's server and the function must share one copy of it. */
const FRAMEWORK = '@google-cloud/functions-framework';

/** Google's clients. A bundle holds only those that its function uses. */
const CLIENTS = ['firestore', 'pubsub', 'bigquery', 'storage'] as const;
type Client = (typeof CLIENTS)[number];

/** The clients that a handler uses, by what its context holds. */
const CLIENTS_OF: Readonly<Record<Needs, readonly Client[]>> = {
  documents: ['firestore', 'pubsub'],
  tables: ['firestore', 'pubsub', 'bigquery'],
  files: CLIENTS,
  sources: CLIENTS,
};

/** The clients that the handler of a service uses. */
export function clientsOf({ kind, phase }: Service): readonly Client[] {
  return CLIENTS_OF[kind.needs(phase)];
}

/** What is put into a bundle. */
export interface Contents {
  /** Its name, and that of its folder. */
  readonly name: string;
  /** The first module, as text. Its imports begin in the folder `functions`. */
  readonly entry: readonly string[];
  readonly clients: readonly Client[];
  /** Whether it may hold what trains and judges models. */
  readonly mayTrain: boolean;
  /** The package that is installed beside it; undefined when it needs none. */
  readonly package?: typeof FRAMEWORK;
  /** Further files, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** The bundle of a function. Its first module imports one service and the modules of its consumer, in the place of `functions/index.ts`. */
export function contentsOf(service: Service): Contents {
  return {
    name: service.name,
    entry: [
      "import { openService, registerService } from './targets/cloud/function.ts';",
      `registerService(${JSON.stringify(service.name)}, (config) => openService(config,`,
      `  import('./services/${service.consumer}.ts'), import('./targets/cloud/${service.kind.needs(service.phase)}.ts')));`,
    ],
    clients: clientsOf(service),
    mayTrain: false,
    package: FRAMEWORK,
    files: {},
  };
}

/** The bundle of the job that trains. An image is made of it, because a job is no function that a platform could build. */
export const TRAINING: Contents = {
  name: TRAINING_JOB.name,
  entry: ["import { runTrainingJob } from './targets/cloud/training-job.ts';", 'await runTrainingJob();'],
  clients: ['firestore', 'bigquery', 'storage'],
  mayTrain: true,
  files: {
    Dockerfile: [
      'FROM mirror.gcr.io/library/node:24-slim',
      'WORKDIR /job',
      'COPY . .',
      'USER node',
      'CMD ["node", "index.js"]',
      '',
    ].join('\n'),
  },
};

/** A bundle that was written. */
export interface Bundle {
  readonly name: string;
  readonly folder: string;
  /** Files of the bundle by name, with their sizes in bytes. */
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly bytes: number;
  /** Hash of all names and contents, without this hash itself. It is short enough for a label. */
  readonly digest: string;
  /** The npm packages whose code is in the bundle, with their bytes there, largest first. */
  readonly packages: readonly PackageInside[];
  /** The files of the project whose code is in the bundle, such as `shared/learn/model.ts`, ascending. */
  readonly modules: readonly string[];
}

/** What trains and judges models. It runs where a person asks for it, in the job that trains, and in no deployed function. */
export const TRAINERS = [
  'shared/learn/train/',
  ...['fit', 'train', 'predecessor'].map((name) => `shared/modeling/${name}.ts`),
  ...['train-model', 'evaluate-model', 'predecessor', 'retrain'].map(
    (name) => `functions/control/${name}.ts`,
  ),
];

/** Writes the bundle of a function. @throws Error as {@link writeBundle} */
export function bundleService(service: Service, outDir?: string): Promise<Bundle> {
  return writeBundle(contentsOf(service), outDir);
}

/**
 * Writes a bundle to the folder `outDir/<its name>`, after deleting the folder.
 * @throws Error when a module cannot be found or compiled, or the bundle holds a package that it must not
 */
export async function writeBundle(
  what: Contents,
  outDir: string = join(root, BUNDLES_FOLDER),
): Promise<Bundle> {
  const folder = join(outDir, what.name);
  const result = await build({
    absWorkingDir: root,
    stdin: {
      contents: what.entry.join('\n'),
      resolveDir: join(root, 'functions'),
      sourcefile: 'index.ts',
    },
    entryNames: 'index',
    outdir: folder,
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: what.package === undefined ? [] : [what.package],
    // Names of functions are not shortened, so that people can read the stacks of errors in the logs. Shorter syntax would take
    // as long as all the rest, for 2 % of the bytes.
    minifyWhitespace: true,
    legalComments: 'linked',
    chunkNames: 'parts/[name]-[hash]',
    banner: { js: FOR_COMMONJS },
    metafile: true,
    logLevel: 'silent',
    plugins: [sqlInside, jsonAsText, identityInside, namedExports, withoutSqlite],
  });
  const outputs = reachable(result, join(folder, 'index.js'));
  refuseForeign(
    what,
    [...outputs.values()].flatMap(({ inputs, imports }) => [
      ...Object.keys(inputs),
      ...imports.map(({ path }) => path),
    ]),
  );
  const packages = packagesOf(outputs.values(), root);
  const contents = new Map<string, string | Uint8Array>(
    result.outputFiles
      .filter(({ path }) => outputs.has(path.replace(/\.LEGAL\.txt$/, '')))
      .map(({ path, contents }) => [path.slice(folder.length + 1), contents]),
  );
  contents.set('package.json', manifestOf(what));
  if (what.package !== undefined) contents.set('package-lock.json', lockOf(what.name, what.package, root));
  for (const [name, text] of Object.entries(what.files)) contents.set(name, text);
  // Without this file, gcloud leaves out all files that the repository's .gitignore names.
  contents.set('.gcloudignore', '.gcloudignore\nnode_modules/\n');
  contents.set('THIRD-PARTY-LICENSES.txt', licencesOf(packages, root));
  const names = [...contents.keys()].sort();
  const hash = createHash('sha256');
  for (const name of names) {
    const content = Buffer.from(contents.get(name) ?? '');
    hash.update(`${name} ${content.length}\n`).update(content);
  }
  const digest = hash.digest('hex').slice(0, UNKNOWN_DIGEST.length);
  rmSync(folder, { recursive: true, force: true });
  const files = names.map((name) => {
    const content = withDigest(Buffer.from(contents.get(name) ?? ''), digest);
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
    return { name, bytes: content.length };
  });
  return {
    name: what.name,
    folder,
    files,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    digest,
    packages,
    modules: modulesOf(outputs.values()),
  };
}

/** The files of the project whose code is in output files. */
function modulesOf(outputs: Iterable<Output>): string[] {
  const found = [...outputs].flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput > 0 && !path.includes('node_modules/') ? [path] : [],
    ),
  );
  return [...new Set(found)].sort();
}

function withDigest(content: Buffer, digest: string): Buffer {
  const text = content.toString('latin1');
  return text.includes(UNKNOWN_DIGEST)
    ? Buffer.from(text.replaceAll(UNKNOWN_DIGEST, digest), 'latin1')
    : content;
}

function manifestOf({ name, package: needed }: Contents): string {
  const manifest = {
    name,
    version: '0.0.0',
    private: true,
    type: 'module',
    main: 'index.js',
    engines: { node: '24.x' },
    // Empty, so that the builder builds nothing.
    scripts: { 'gcp-build': '' },
    dependencies: needed === undefined ? {} : { [needed]: versionOf(needed) },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function versionOf(name: string): string {
  const manifest = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}

/** Stands for the digest of a bundle while the digest is calculated. It has the same length. */
const UNKNOWN_DIGEST = 'digest-of-this-bundle-not-yet-calculated';

/** Puts the digest of the bundle into its code, so that the running function knows its bundle. */
const identityInside: Plugin = {
  name: 'identity-inside',
  setup: (bundler) => {
    bundler.onLoad({ filter: /functions[/\\]edge[/\\]bundle-id\.ts$/ }, () => ({
      contents: `export const BUNDLE = ${JSON.stringify(UNKNOWN_DIGEST)};`,
      loader: 'js',
    }));
  },
};

/**
 * Checks what a bundle holds.
 * @param inputs the files that are in it
 * @throws Error when it holds a client that it does not use, a module of the embedded target, or a trainer of models that it may not hold
 */
export function refuseForeign(
  { name, clients, mayTrain }: Pick<Contents, 'name' | 'clients' | 'mayTrain'>,
  inputs: readonly string[],
): void {
  const foreign = CLIENTS.filter((client) => !clients.includes(client)).map(
    (client) => `node_modules/@google-cloud/${client}/`,
  );
  const trainers = mayTrain ? [] : TRAINERS;
  for (const part of [...foreign, ...trainers, 'node_modules/@duckdb/', 'node:sqlite']) {
    const found = inputs.find((input) => input.includes(part));
    if (found !== undefined) throw new Error(`${name} is not to carry ${found}`);
  }
}

/**
 * The output files that the file `start` can load, by their paths. esbuild also writes parts that only unused
 * code would load; these are left out.
 */
function reachable({ metafile }: BuildResult<{ metafile: true }>, start: string): Map<string, Output> {
  const all = new Map(Object.entries(metafile.outputs).map(([path, output]) => [join(root, path), output]));
  const found = new Map<string, Output>();
  const follow = (path: string): void => {
    const output = all.get(path);
    if (output === undefined || found.has(path)) return;
    found.set(path, output);
    for (const each of output.imports) if (each.external !== true) follow(join(root, each.path));
  };
  follow(start);
  return found;
}
