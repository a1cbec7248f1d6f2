/**
 * Builds the bundles: a complete folder for each deployed function. A bundle holds the code of the function
 * in one file, parts that the code loads at their first use, the manifest for the builder, the lock file of
 * the one package that is not inside, and the licences of all packages that are. The same sources give the
 * same bytes. So a bundle does not hold its commit; the deployment knows it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire, isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { createHash } from 'node:crypto';
import { build, type BuildResult, type Metafile, type Plugin } from 'esbuild';
import { readSql, type SqlFile } from '../../functions/processors/load-sql.ts';
import { definitions } from '../../functions/processors/index.ts';
import type { Needs } from '../../shared/derive/service-kinds.ts';
import type { Service } from '../../shared/derive/services.ts';
import { lockOf } from './lock.ts';

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
};

/** The clients that the handler of a service uses. */
export function clientsOf({ kind, phase }: Service): readonly Client[] {
  return CLIENTS_OF[kind.needs(phase)];
}

/** A bundle that was written. */
export interface Bundle {
  readonly service: Service;
  readonly folder: string;
  /** Files of the bundle by name, with their sizes in bytes. */
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly bytes: number;
  /** Hash of all names and contents, without this hash itself. It is short enough for a label. */
  readonly digest: string;
  /** The npm packages whose code is in the bundle, with their bytes there, largest first. */
  readonly packages: readonly { readonly name: string; readonly bytes: number }[];
}

/**
 * Writes the bundle of `service` to the folder `outDir/<name of the service>`, after deleting the folder.
 * @throws Error when a module cannot be found or compiled, or the bundle holds a package that it must not
 */
export async function bundleService(
  service: Service,
  outDir: string = join(root, BUNDLES_FOLDER),
): Promise<Bundle> {
  const folder = join(outDir, service.name);
  const result = await build({
    absWorkingDir: root,
    // This text replaces functions/index.ts. It imports one service and the modules of its consumer.
    stdin: {
      contents: [
        "import { openService, registerService } from './targets/cloud/function.ts';",
        `registerService(${JSON.stringify(service.name)}, (config) => openService(config,`,
        `  import('./services/${service.consumer}.ts'), import('./targets/cloud/${service.kind.needs(service.phase)}.ts')));`,
      ].join('\n'),
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
    external: [FRAMEWORK],
    // Names of functions are not shortened, so that people can read the stacks of errors in the logs.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'linked',
    chunkNames: 'parts/[name]-[hash]',
    // CommonJS packages call `require` for Node's modules, and one of them reads `__dirname`.
    banner: {
      js: [
        "import{createRequire as __createRequire}from'node:module';",
        'const require=__createRequire(import.meta.url),__filename=import.meta.filename,__dirname=import.meta.dirname;',
      ].join(''),
    },
    metafile: true,
    logLevel: 'silent',
    plugins: [sqlInside, jsonAsText, identityInside, namedExports],
  });
  const outputs = reachable(result, join(folder, 'index.js'));
  refuseForeign(
    service,
    [...outputs.values()].flatMap(({ inputs, imports }) => [
      ...Object.keys(inputs),
      ...imports.map(({ path }) => path),
    ]),
  );
  const packages = packagesOf(outputs.values());
  const contents = new Map<string, string | Uint8Array>(
    result.outputFiles
      .filter(({ path }) => outputs.has(path.replace(/\.LEGAL\.txt$/, '')))
      .map(({ path, contents }) => [path.slice(folder.length + 1), contents]),
  );
  contents.set('package.json', manifestOf(service));
  contents.set('package-lock.json', lockOf(service.name, FRAMEWORK, root));
  // Without this file, gcloud leaves out all files that the repository's .gitignore names.
  contents.set('.gcloudignore', '.gcloudignore\nnode_modules/\n');
  contents.set('THIRD-PARTY-LICENSES.txt', licencesOf(packages.map(({ name }) => name)));
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
    service,
    folder,
    files,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    digest,
    packages,
  };
}

function withDigest(content: Buffer, digest: string): Buffer {
  const text = content.toString('latin1');
  return text.includes(UNKNOWN_DIGEST)
    ? Buffer.from(text.replaceAll(UNKNOWN_DIGEST, digest), 'latin1')
    : content;
}

function manifestOf({ name }: Service): string {
  const manifest = {
    name,
    version: '0.0.0',
    private: true,
    type: 'module',
    main: 'index.js',
    engines: { node: '24.x' },
    // Empty, so that the builder builds nothing.
    scripts: { 'gcp-build': '' },
    dependencies: { [FRAMEWORK]: versionOf(FRAMEWORK) },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function versionOf(name: string): string {
  const manifest = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}

/**
 * Gives CommonJS packages their exports by name when they are imported by `import()`, as Node does. Without
 * this plugin, esbuild gives them only a default export.
 */
const namedExports: Plugin = {
  name: 'named-exports',
  setup: (bundler) => {
    const inner = {};
    bundler.onResolve({ filter: /^[@a-z]/ }, async ({ path, kind, resolveDir, importer, pluginData }) => {
      if (kind !== 'dynamic-import' || pluginData === inner || isBuiltin(path)) return undefined;
      const found = await bundler.resolve(path, { kind, resolveDir, importer, pluginData: inner });
      if (found.errors.length > 0 || found.external) return found;
      const names = commonJsNames(found.path, path, importer);
      return names === undefined
        ? found
        : {
            path: found.path,
            namespace: 'named-exports',
            // An importer of other names gets another wrapper around the same module.
            suffix: `?${names.join()}`,
            pluginData: names,
          };
    });
    bundler.onLoad({ filter: /./, namespace: 'named-exports' }, ({ path, pluginData }) => ({
      contents: [
        `const whole = require(${JSON.stringify(path)});`,
        'export default whole;',
        ...(pluginData as readonly string[]).map((name) => `export const ${name} = whole.${name};`),
      ].join('\n'),
      resolveDir: dirname(path),
      loader: 'js',
    }));
  },
};

/**
 * The exports of a CommonJS module that `importer` needs. When the text of the importer shows which names it
 * takes, as in `const { Storage } = await import(...)`, only these are given, so that no others are loaded.
 * Undefined for a module that is not CommonJS.
 */
function commonJsNames(file: string, specifier: string, importer: string): readonly string[] | undefined {
  if (!isCommonJs(file)) return undefined;
  const exported = createRequire(file)(file) as Readonly<Record<string, unknown>>;
  const taken = [
    ...readFileSync(importer, 'utf8').matchAll(
      new RegExp(`\\{([\\w\\s,]+)\\}\\s*=\\s*await import\\('${specifier}'\\)`, 'g'),
    ),
  ].flatMap(([, names = '']) => names.split(',').map((name) => name.trim()));
  const names = Object.keys(exported).filter(
    (name) =>
      name !== 'default' &&
      /^[A-Za-z_$][\w$]*$/.test(name) &&
      // An export that the package loads at its first use must stay unloaded.
      !/\brequire\(/.test(String(getterOf(exported, name))),
  );
  return taken.length === 0 ? names : names.filter((name) => taken.includes(name));
}

function getterOf(module: object, name: string): unknown {
  const found: { readonly get?: unknown } | undefined = Object.getOwnPropertyDescriptor(module, name);
  return found?.get;
}

/** Whether Node takes a file for CommonJS: by its ending, or by the manifest of its package. */
function isCommonJs(file: string): boolean {
  if (!file.endsWith('.js')) return file.endsWith('.cjs');
  let folder = dirname(file);
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly type?: string;
  };
  return manifest.type !== 'module';
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

/** Puts the SQL of all tables into the bundle, in place of the module that reads SQL files. */
export const sqlInside: Plugin = {
  name: 'sql-inside',
  setup: (bundler) => {
    bundler.onLoad({ filter: /functions[/\\]processors[/\\]load-sql\.ts$/ }, () => {
      const files: readonly SqlFile[] = ['query.sql', 'expected.sql', 'checks.sql'];
      const texts = Object.fromEntries(
        definitions.flatMap(({ name }) =>
          files.flatMap((file) => {
            const text = readSql(name, file);
            return text === undefined ? [] : [[`${name}/${file}`, text]];
          }),
        ),
      );
      return {
        contents: `const texts = ${JSON.stringify(texts)};
export const readSql = (table, file) => texts[table + '/' + file];`,
        loader: 'js',
      };
    });
  },
};

/**
 * Puts JSON files into the bundle as texts. Google's clients have megabytes of JSON, and `JSON.parse` is
 * faster than code.
 */
const jsonAsText: Plugin = {
  name: 'json-as-text',
  setup: (bundler) => {
    bundler.onLoad({ filter: /\.json$/ }, ({ path }) => {
      const text = JSON.stringify(JSON.parse(readFileSync(path, 'utf8')));
      return { contents: `module.exports = JSON.parse(${JSON.stringify(text)});`, loader: 'js' };
    });
  },
};

/**
 * Checks what a bundle holds.
 * @throws Error when it holds a client that its service does not use, or a module of the embedded target
 */
function refuseForeign(service: Service, inputs: readonly string[]): void {
  const foreign = CLIENTS.filter((client) => !clientsOf(service).includes(client)).map(
    (client) => `node_modules/@google-cloud/${client}/`,
  );
  for (const part of [...foreign, 'node_modules/@duckdb/', 'node:sqlite']) {
    const found = inputs.find((input) => input.includes(part));
    if (found !== undefined) throw new Error(`${service.name} is not to carry ${found}`);
  }
}

type Output = Metafile['outputs'][string];

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

function packagesOf(outputs: Iterable<Output>): Bundle['packages'] {
  const bytes = new Map<string, number>();
  for (const { inputs } of outputs) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const name = packageOf(input);
      if (name !== undefined) bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
    }
  }
  return [...bytes]
    .map(([name, size]) => ({ name, bytes: size }))
    .sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
}

/**
 * The package of a file: `@google-cloud/pubsub` for `node_modules/@google-cloud/pubsub/build/index.js`. A
 * package inside of another one is named by its whole path.
 */
function packageOf(input: string): string | undefined {
  // The project may itself be installed below a folder `node_modules`.
  const within = input.replace(root, '');
  const found = /^(?:.*?)node_modules\/((?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(within);
  return found?.[1];
}

function licencesOf(packages: readonly string[]): string {
  return packages
    .toSorted()
    .map((name) => {
      const folder = join(root, 'node_modules', name);
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name: string;
        version: string;
        license?: string;
      };
      const texts = existsSync(folder)
        ? readdirSync(folder)
            .filter((file) => /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i.test(file))
            .sort()
            .map((file) => readFileSync(join(folder, file), 'utf8').trim())
        : [];
      return [`${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})`, ...texts].join(
        '\n\n',
      );
    })
    .join(`\n\n${'-'.repeat(80)}\n\n`)
    .concat('\n');
}
