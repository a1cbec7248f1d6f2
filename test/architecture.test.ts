/** The dependency rule, held by looking at every import. */
import { readdirSync, readFileSync } from 'node:fs';
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
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

const imports: Import[] = ['functions', 'shared', 'scripts'].flatMap(sources).flatMap((from) =>
  [
    ...readFileSync(join(root, from), 'utf8').matchAll(
      /(?:^|\n)\s*(?:import|export)[^'";]*?from '([^']+)'|import\('([^']+)'\)/g,
    ),
  ].map((match) => {
    const to = match[1] ?? match[2] ?? '';
    return { from, to: to.startsWith('.') ? relative(root, resolve(root, dirname(from), to)) : to };
  }),
);

/** Layer -> what of the house it may import. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'shared/domain': ['shared/domain'],
  'shared/messages': ['shared/domain', 'shared/messages'],
  'shared/derive': ['shared/domain', 'shared/derive'],
  'shared/ports': ['shared/domain', 'shared/messages', 'shared/ports'],
  'shared/state': [
    'shared/domain',
    'shared/messages',
    'shared/derive',
    'shared/ports',
    'shared/state',
    'shared/observe/events.ts',
    'shared/observe/tracing.ts',
  ],
  'shared/simulate': ['shared/domain', 'shared/simulate'],
  'shared/adapters': [
    'shared/config.ts',
    'shared/domain',
    'shared/messages',
    'shared/derive',
    'shared/ports',
    'shared/adapters',
  ],
  'functions/ingest': ['shared/domain', 'shared/ports', 'functions/ingest', 'functions/processors'],
  'functions/processors': ['shared/domain', 'shared/ports', 'functions/ingest', 'functions/processors'],
  'functions/handlers': [
    'shared/domain',
    'shared/messages',
    'shared/derive',
    'shared/ports',
    'shared/state',
    'shared/observe/events.ts',
    'shared/observe/tracing.ts',
    'functions/handlers',
    'functions/ingest',
  ],
};

describe.each(Object.entries(ALLOWED))('%s', (layer, allowed) => {
  it(`imports nothing of the house but ${allowed.join(', ')}`, () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        from.startsWith(`${layer}/`) &&
        /^(shared|functions|scripts)\//.test(to) &&
        !allowed.some((each) => to === each || to.startsWith(`${each}/`)),
    );
    expect(wrong).toEqual([]);
  });
});

describe('vendors', () => {
  it('are named in the adapters only, but for the functions framework and the bare half of the benchmark', () => {
    const vendor = /^(@duckdb\/|@google-cloud\/|@opentelemetry\/|google-auth-library|node:sqlite)/;
    const hosts = ['functions/targets/cloud/function.ts', 'scripts/tools/function-host.ts'];
    const outside = imports.filter(({ from, to }) => vendor.test(to) && !from.startsWith('shared/adapters/'));
    expect(
      outside.filter(
        ({ to, from }) =>
          !(to.startsWith('@google-cloud/functions-framework') && hosts.includes(from)) &&
          from !== 'scripts/bench.ts',
      ),
    ).toEqual([]);
  });

  it('are built in the composition root only', () => {
    const builders = imports.filter(
      ({ from, to }) => to.startsWith('shared/adapters/') && !from.startsWith('shared/adapters/'),
    );
    expect([...new Set(builders.map(({ from }) => from))].sort()).toEqual([
      'functions/targets/cloud/client.ts',
      'functions/targets/cloud/files.ts',
      'functions/targets/emulator/topology.ts',
      'functions/targets/cloud/tables.ts',
      'functions/targets/cloud/documents.ts',
      'functions/targets/embedded/client.ts',
      'functions/targets/embedded/dispatcher.ts',
      'functions/targets/emulator/files.ts',
      'functions/targets/traces.ts',
      'scripts/bench.ts',
    ]);
  });
});

describe('the domain', () => {
  it('asks for no time, randomness or environment', () => {
    for (const file of sources('shared/domain')) {
      const text = readFileSync(join(root, file), 'utf8');
      expect(text, file).not.toMatch(/Date\.now\(|new Date\(\)|Math\.random|process\.|randomUUID/);
    }
  });

  it('imports nothing of the platform but its hash', () => {
    const outside = imports.filter(
      ({ from, to }) => from.startsWith('shared/domain/') && !to.startsWith('shared/'),
    );
    expect(outside).toEqual([{ from: 'shared/domain/hash.ts', to: 'node:crypto' }]);
  });
});
