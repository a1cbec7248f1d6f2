/** The dependency rule, held by looking at every import. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Import {
  readonly from: string;
  readonly to: string;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|mjs)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

const files = ['shared', 'functions', 'infra', 'scripts'].flatMap(sources);
const textOf = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));

const imports: Import[] = files.flatMap((from) =>
  [
    ...(textOf.get(from) ?? '').matchAll(
      /(?:^|\n)\s*(?:import|export)[^'";]*?from '([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import '([^']+)'/g,
    ),
  ].map((match) => {
    const to = match[1] ?? match[2] ?? match[3] ?? '';
    return { from, to: to.startsWith('.') ? relative(root, resolve(root, dirname(from), to)) : to };
  }),
);

/** Folders that a later row may import as a whole. */
const SHARED = ['shared'];
const BELOW_HANDLERS = ['functions/steps', 'functions/control', 'functions/ingest', 'functions/processors'];

/** Folder -> what of the house it may import beside itself. The first row that fits a file holds for it. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'shared/config.ts': ['shared/domain', 'shared/derive'],
  'shared/domain': [],
  'shared/learn': ['shared/domain'],
  'shared/modeling': ['shared/domain', 'shared/learn'],
  'shared/messages': ['shared/domain'],
  'shared/derive': ['shared/domain'],
  'shared/ports': ['shared/domain', 'shared/messages', 'shared/derive'],
  'shared/observe': ['shared/domain', 'shared/messages', 'shared/ports'],
  'shared/state': ['shared/domain', 'shared/messages', 'shared/derive', 'shared/ports', 'shared/observe'],
  'shared/adapters': [
    'shared/config.ts',
    'shared/domain',
    'shared/messages',
    'shared/derive',
    'shared/ports',
    'shared/state',
  ],
  'functions/sources': SHARED,
  'functions/ingest': [...SHARED, 'functions/sources'],
  'functions/processors': [...SHARED, 'functions/sources', 'functions/ingest'],
  'functions/control': [...SHARED, 'functions/sources', 'functions/ingest', 'functions/processors'],
  'functions/steps': [
    ...SHARED,
    'functions/control',
    'functions/sources',
    'functions/ingest',
    'functions/processors',
  ],
  'functions/handlers': [...SHARED, ...BELOW_HANDLERS],
  'functions/edge': [...SHARED, ...BELOW_HANDLERS, 'functions/handlers'],
  'functions/services': [...SHARED, ...BELOW_HANDLERS, 'functions/handlers', 'functions/edge'],
  'functions/targets': [
    ...SHARED,
    ...BELOW_HANDLERS,
    'functions/handlers',
    'functions/edge',
    'functions/services',
  ],
  'functions/index.ts': [...SHARED, 'functions'],
  'infra/declared': [...SHARED, 'functions'],
  'infra/steps': [...SHARED, 'functions', 'infra/declared'],
  'infra/bundle': [...SHARED, 'functions', 'infra/declared'],
  'infra/apply': [...SHARED, 'functions', 'infra/declared', 'infra/steps', 'infra/bundle'],
  'scripts/simulate': SHARED,
  'scripts/tools': [...SHARED, 'functions'],
  scripts: [...SHARED, 'functions', 'infra', 'scripts'],
};

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function rowOf(file: string): string | undefined {
  return Object.keys(ALLOWED).find((folder) => isIn(file, folder));
}

describe('every file', () => {
  it('stands in a folder that has a row', () => {
    expect(files.filter((file) => rowOf(file) === undefined)).toEqual([]);
  });
});

describe.each(Object.entries(ALLOWED))('%s', (folder, allowed) => {
  it(`imports nothing of the house but itself${allowed.map((each) => `, ${each}`).join('')}`, () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        rowOf(from) === folder &&
        /^(shared|functions|infra|scripts|test)\//.test(to) &&
        ![folder, ...allowed].some((each) => isIn(to, each)),
    );
    expect(wrong).toEqual([]);
  });

  it('exists', () => {
    expect(files.some((file) => rowOf(file) === folder)).toBe(true);
  });
});

describe('adapters', () => {
  it('are built by the targets only, but for the bare half of the benchmark', () => {
    const builders = imports.filter(
      ({ from, to }) =>
        isIn(to, 'shared/adapters') &&
        !['shared/adapters', 'functions/targets', 'scripts/bench.ts'].some((each) => isIn(from, each)),
    );
    expect(builders).toEqual([]);
  });

  it('alone name a vendor, but for what serves a function, and the benchmark for its bare half and its times of statements', () => {
    const vendor = /^(@duckdb\/|@google-cloud\/|@opentelemetry\/|google-auth-library|node:sqlite)/;
    const outside = imports.filter(
      ({ from, to }) =>
        vendor.test(to) &&
        !['shared/adapters', 'scripts/bench.ts', 'scripts/bench/statement-kinds.ts'].some((each) =>
          isIn(from, each),
        ),
    );
    expect(
      outside.filter(({ to }) => !to.startsWith('@google-cloud/functions-framework')).map(({ from }) => from),
    ).toEqual([]);
    expect([...new Set(outside.map(({ from }) => from))].sort()).toEqual([
      'functions/targets/cloud/function.ts',
      'scripts/tools/function-host.ts',
    ]);
  });
});

describe('the domain', () => {
  it('asks for no time, randomness or environment', () => {
    for (const file of sources('shared/domain'))
      expect(textOf.get(file), file).not.toMatch(
        /Date\.now\(|new Date\(\)|Math\.random|process\.|randomUUID/,
      );
  });

  it('imports nothing of the platform but its hash', () => {
    const outside = imports.filter(
      ({ from, to }) => isIn(from, 'shared/domain') && !to.startsWith('shared/'),
    );
    expect(outside).toEqual([{ from: 'shared/domain/hash.ts', to: 'node:crypto' }]);
  });
});

describe('the learner', () => {
  it('asks for no time, randomness, environment, file or network, nor a function whose bits differ between machines', () => {
    for (const file of sources('shared/learn'))
      expect(textOf.get(file), file).not.toMatch(
        /Date\.now\(|new Date\(|Math\.(?:random|exp|expm1|log\w*|pow|sin|cos|tan\w*|cbrt|hypot)\b| \*\* |process\.|randomUUID/,
      );
    const outside = imports.filter(({ from, to }) => isIn(from, 'shared/learn') && !to.startsWith('shared/'));
    expect([...new Set(outside.map(({ to }) => to))]).toEqual(['zod']);
  });

  it('predicts without the trainers: what stands outside of them imports none of them', () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        isIn(to, 'shared/learn/train') && isIn(from, 'shared/learn') && !isIn(from, 'shared/learn/train'),
    );
    expect(wrong).toEqual([]);
  });
});

/** Files that may name `process.env`, each with its reason. */
const READS_THE_ENVIRONMENT: Readonly<Record<string, string>> = {
  'shared/config.ts': 'every other file takes `environment` from here or is given variables',
  'scripts/launch.mjs': 'it installs the dependencies, so it can import nothing of the house',
};

describe('the environment', () => {
  it('is looked at in one place', () => {
    const lookers = files.filter((file) =>
      /\bprocess\s*(?:\?\.|\.|\[\s*['"`])\s*env\b|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b|from 'node:process'/.test(
        textOf.get(file) ?? '',
      ),
    );
    expect(lookers.sort()).toEqual(Object.keys(READS_THE_ENVIRONMENT).sort());
  });
});

describe('the answers of functions/control', () => {
  it('are values: nothing there prints or draws for a terminal', () => {
    const control = files.filter((file) => isIn(file, 'functions/control'));
    for (const file of control)
      expect(textOf.get(file), file).not.toMatch(
        /console\.|process\.(?:std|exit|argv)|picocolors|text-table|cli-progress/,
      );
    expect(control.length).toBeGreaterThan(5);
  });
});

describe('a port', () => {
  it('is never a stand-in that throws: the only proxy opens an adapter with its first call', () => {
    const proxies = files.filter((file) => (textOf.get(file) ?? '').includes('new Proxy('));
    expect(proxies).toEqual(['functions/targets/cloud/documents.ts']);
  });
});

describe('helpers of tests', () => {
  it('stand in test/support', () => {
    const helpers = sources('test').filter(
      (file) => !file.endsWith('.test.ts') && !isIn(file, 'test/support'),
    );
    expect(helpers).toEqual([]);
  });
});

/** What the project consists of, at its top level. */
const TOP_LEVEL = [
  ...['functions', 'infra', 'scripts', 'shared', 'test', 'docs', '.ci'],
  ...['README.md', 'LICENSE', 'CONTRIBUTING.md', 'package.json', 'package-lock.json', 'tsconfig.json'],
  ...['knip.json', 'vitest.config.ts'],
];

// A tree that was unpacked without its history has other things beside the project's own.
it.runIf(existsSync(join(root, '.git')))('the top level has nothing but what the project consists of', () => {
  const kept = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  const names = new Set(kept.map((path) => path.split('/')[0] ?? ''));
  expect([...names].filter((name) => !TOP_LEVEL.includes(name) && !/^\.\w+/.test(name))).toEqual([]);
});
