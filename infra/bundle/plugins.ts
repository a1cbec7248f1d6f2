/** What all bundles need of esbuild: the SQL inside, JSON as text, and CommonJS packages in modules. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import { readSql, type SqlFile } from '../../functions/processors/load-sql.ts';
import { definitions } from '../../functions/processors/index.ts';

/** The first line of each file of a bundle: CommonJS packages call `require` for Node's modules, and one of them reads `__dirname`. */
export const FOR_COMMONJS = [
  "import{createRequire as __createRequire}from'node:module';",
  'const require=__createRequire(import.meta.url),__filename=import.meta.filename,__dirname=import.meta.dirname;',
].join('');

/**
 * Gives CommonJS packages their exports by name when they are imported by `import()`, as Node does. Without
 * this plugin, esbuild gives them only a default export.
 */
export const namedExports: Plugin = {
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
export const jsonAsText: Plugin = {
  name: 'json-as-text',
  setup: (bundler) => {
    bundler.onLoad({ filter: /\.json$/ }, ({ path }) => {
      const text = JSON.stringify(JSON.parse(readFileSync(path, 'utf8')));
      return { contents: `module.exports = JSON.parse(${JSON.stringify(text)});`, loader: 'js' };
    });
  },
};

/** The two files of undici that load `node:sqlite`. */
const SQLITE_IN_UNDICI =
  /node_modules[/\\]undici[/\\]lib[/\\](?:util[/\\]runtime-features|cache[/\\]sqlite-cache-store)\.js$/;

/**
 * Leaves `node:sqlite` out of the client that asks live sources. The client loads it only for a cache that nobody uses, and then
 * finds a runtime that does not have it.
 * @throws Error, from the build, when the client has changed so that this does not hold
 */
export const withoutSqlite: Plugin = {
  name: 'without-sqlite',
  setup: (bundler) => {
    bundler.onLoad({ filter: SQLITE_IN_UNDICI }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const loads = "require('node:sqlite')";
      if (!text.includes(loads)) throw new Error(`${path} does not load node:sqlite as it did`);
      const lacks =
        "(() => { throw Object.assign(new Error('no node:sqlite'), { code: 'ERR_UNKNOWN_BUILTIN_MODULE' }); })()";
      return { contents: text.replaceAll(loads, lacks), loader: 'js' };
    });
  },
};
