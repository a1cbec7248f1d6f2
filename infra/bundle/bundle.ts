/**
 * One self-contained folder for each deployed function: its code in one file and the parts it loads when it first needs
 * them, the manifest the builder reads, the lock of the one package that stays outside, and the licences of what is inside.
 * The same sources give the same bytes; which commit they are of is said by the deployment, not by the bundle.
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
export const BUNDLES_FOLDER = 'dist';

/** Stays outside: the server of the platform and the function must share one copy of it. */
const FRAMEWORK = '@google-cloud/functions-framework';

/** Google's clients that a function may use; the others are left out of its bundle. */
const CLIENTS = ['firestore', 'pubsub', 'bigquery', 'storage'] as const;
type Client = (typeof CLIENTS)[number];

/** The clients of what a handler is given. */
const CLIENTS_OF: Readonly<Record<Needs, readonly Client[]>> = {
  documents: ['firestore', 'pubsub'],
  tables: ['firestore', 'pubsub', 'bigquery'],
  files: CLIENTS,
};

/** What a function's handler can reach. */
export function clientsOf({ kind, phase }: Service): readonly Client[] {
  return CLIENTS_OF[kind.needs(phase)];
}

export interface Bundle {
  readonly service: Service;
  readonly folder: string;
  /** Names from the folder, in order, with their sizes. */
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly bytes: number;
  /** Hash of all names and contents but for itself, short enough for a label. */
  readonly digest: string;
  /** npm packages whose code is inside, with the bytes they take there, largest first. */
  readonly packages: readonly { readonly name: string; readonly bytes: number }[];
}

/**
 * Writes the bundle of `service` to `outDir/<name of the service>`, in place of what was there.
 * @throws Error when a module cannot be found or compiled, or the function would carry what it must not
 */
export async function bundleService(
  service: Service,
  outDir: string = join(root, BUNDLES_FOLDER),
): Promise<Bundle> {
  const folder = join(outDir, service.name);
  const result = await build({
    absWorkingDir: root,
    // In place of functions/index.ts: the one service, and the modules of its consumer only.
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
    // Names of functions stay as they are: the stack of an error in the logs is read by people.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'linked',
    chunkNames: 'parts/[name]-[hash]',
    // Packages that are not modules ask for what Node has by `require`, and one of them for its own folder.
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
  // Without this file gcloud makes one of its own that leaves out what the repository's .gitignore leaves out.
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
    // Empty: there is nothing to build, whatever the builder would do by itself.
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
 * A CommonJS package that is imported when it is first needed has its exports by name, as it has in Node; the bundler by
 * itself gives them as its default export only.
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
            // Who asks for other names gets another module around the same one.
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
 * The names by which `importer` knows what a CommonJS module exports: those it takes apart, where that can be seen, so
 * that what it does not ask for is not loaded. Undefined for a module that is none.
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
      // What a package itself loads by its first use stays unloaded.
      !/\brequire\(/.test(String(getterOf(exported, name))),
  );
  return taken.length === 0 ? names : names.filter((name) => taken.includes(name));
}

function getterOf(module: object, name: string): unknown {
  const found: { readonly get?: unknown } | undefined = Object.getOwnPropertyDescriptor(module, name);
  return found?.get;
}

/** As Node decides it: by the ending of the file, or by the manifest of its package. */
function isCommonJs(file: string): boolean {
  if (!file.endsWith('.js')) return file.endsWith('.cjs');
  let folder = dirname(file);
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly type?: string;
  };
  return manifest.type !== 'module';
}

/** Stands for the digest of a bundle until it is known; exactly as long. */
const UNKNOWN_DIGEST = 'digest-of-this-bundle-not-yet-calculated';

/** The bundle says itself which one it is. */
const identityInside: Plugin = {
  name: 'identity-inside',
  setup: (bundler) => {
    bundler.onLoad({ filter: /functions[/\\]edge[/\\]bundle-id\.ts$/ }, () => ({
      contents: `export const BUNDLE = ${JSON.stringify(UNKNOWN_DIGEST)};`,
      loader: 'js',
    }));
  },
};

/** The texts of the tables' folders, in place of the reader of these folders. */
const sqlInside: Plugin = {
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

/** Descriptions of protocols are megabytes of JSON: a text that is parsed is there sooner than an object literal. */
const jsonAsText: Plugin = {
  name: 'json-as-text',
  setup: (bundler) => {
    bundler.onLoad({ filter: /\.json$/ }, ({ path }) => {
      const text = JSON.stringify(JSON.parse(readFileSync(path, 'utf8')));
      return { contents: `module.exports = JSON.parse(${JSON.stringify(text)});`, loader: 'js' };
    });
  },
};

/** @throws Error when code that the function must not carry has found its way into it */
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
 * The written files that can be loaded from `start`, by their paths. A part that only code without a caller would have
 * loaded is written by the bundler too.
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

/** `@google-cloud/pubsub` of `node_modules/@google-cloud/pubsub/build/index.js`; the innermost of nested ones with its path. */
function packageOf(input: string): string | undefined {
  const found = /^(?:.*?)node_modules\/((?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(input);
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
