/** Models of a small league from the command line: trained, judged, promoted and rolled back. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { copyOf } from '../support/homes.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { builtLeague } from '../support/tiny-league.ts';

interface Training {
  readonly modelId: string | null;
  readonly rows: number;
  readonly features: readonly string[];
  readonly leftOut: readonly { readonly name: string }[];
  readonly seconds: number;
  readonly verdict: string;
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[];
}
interface Judged {
  readonly rows: number;
  readonly of: number;
  readonly absent: Readonly<Record<string, number>>;
  readonly mae: number;
  readonly interval: readonly [number, number];
  readonly maeWithL10ForAbsent: number;
  readonly baselines: Readonly<Record<string, number>>;
  readonly withLine: { readonly rows: number; readonly mae: number; readonly lineMae: number };
  readonly p10p90: number;
}
interface Drifted {
  readonly rows: number;
  readonly learnedRows: number;
  readonly causes: readonly { readonly kind: string; readonly isDrift: boolean }[];
}
interface Registry {
  readonly models: readonly { readonly id: string }[];
  readonly aliases: readonly { readonly alias: string; readonly modelId: string | null }[];
}

const TRAIN = ['--start', '2021-11-02', '--end', '2021-12-05'];
const JUDGE = ['--start', '2021-12-06', '--end', '2022-01-31'];

let home: string;
let first: Training;
beforeAll(async () => {
  home = copyOf((await builtLeague()).folder);
  first = (await cliJson<Training>(home, 'train', ...TRAIN, '--model', 'lad')).document;
});

it('a dry run says GO or NO-GO and keeps nothing', async () => {
  const { document, code } = await cliJson<Training>(home, 'train', ...TRAIN, '--dry-run');
  expect(document).toMatchObject({ modelId: null, verdict: 'GO', rows: first.rows });
  expect(code).toBe(0);
  const short = await cliJson<Training>(
    home,
    'train',
    '--start',
    '2021-11-02',
    '--end',
    '2021-11-03',
    '--dry-run',
  );
  expect([short.code, short.document.verdict]).toEqual([1, 'NO-GO']);
  const { document: known } = await cliJson<Registry>(home, 'models');
  expect(known.models.map(({ id }) => id)).toEqual([first.modelId]);
});

it('the same rows give the same model', async () => {
  const file = join(home, 'model.json');
  const again = await cliJson<Training>(home, 'train', ...TRAIN, '--model', 'lad', '--output', file);
  expect(again.document.modelId).toBe(first.modelId);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    algorithm: 'lad',
    features: first.features,
  });
});

it('a model is judged beside averages, rules and lines on the same rows', async () => {
  const report = join(home, 'report');
  const { document } = await cliJson<Judged>(
    home,
    ...['evaluate', '--model', String(first.modelId), ...JUDGE, '--report', report],
  );
  const absent = Object.values(document.absent).reduce((sum, count) => sum + count, 0);
  expect(document.rows + absent).toBe(document.of);
  expect(Object.keys(document.baselines)).toEqual(['l5', 'l10', 'season', 'rules']);
  expect(document.interval[0]).toBeLessThan(document.mae);
  expect(document.mae).toBeLessThan(document.baselines['l5'] ?? 0);
  expect(document.p10p90).toBeGreaterThan(0.6);
  expect(existsSync(join(report, 'index.html'))).toBe(true);
});

it('rows that lack what a model has learned with are named as drift, by their cause', async () => {
  const of = ['models', 'drift', String(first.modelId)];
  const same = await cliJson<Drifted>(home, ...of, ...TRAIN);
  expect([same.code, same.document.causes.filter(({ isDrift }) => isDrift)]).toEqual([0, []]);
  expect(same.document.rows).toBe(same.document.learnedRows);
  const last = await cliJson<Drifted>(home, ...of);
  expect(last.document.rows).toBeGreaterThan(0);
  expect(last.code).toBe(last.document.causes.some(({ isDrift }) => isDrift) ? 1 : 0);
  const none = await cliJson(home, ...of, '--start', '2020-01-01', '--end', '2020-01-31');
  expect([none.code, JSON.stringify(none.document)]).toEqual([
    2,
    expect.stringContaining('there are no features; build them with: fullcourt backfill'),
  ]);
});

it('a model serves after a promotion, and the one before it after a roll-back', async () => {
  const id = String(first.modelId);
  // It has learned from all of these games, so there is nothing to compare on.
  const refused = await cliJson<{ promoted: boolean }>(home, 'models', 'promote', id, ...TRAIN);
  expect([refused.code, refused.document.promoted]).toEqual([1, false]);
  expect((await cli(home, 'models', 'promote', id, ...TRAIN, '--force')).code).toBe(2);
  const forced = ['--force', '--reason', 'the first model'];
  const promoted = await cliJson(home, 'models', 'promote', id, ...TRAIN, ...forced);
  expect(promoted.document).toMatchObject({ promoted: true, forced: true, before: null });
  const [left = ''] = first.features;
  const other = await cliJson<Training>(home, 'train', ...TRAIN, '--model', 'lad', '--without', left);
  expect(other.document.features).not.toContain(left);
  expect(other.document.leftOut).toContainEqual({ name: left, why: 'asked for' });
  await cliJson(home, 'models', 'promote', String(other.document.modelId), ...TRAIN, ...forced);
  const champion = async (): Promise<unknown> =>
    (await cliJson<Registry>(home, 'models')).document.aliases[0]?.modelId;
  expect(await champion()).toBe(other.document.modelId);
  await cliJson(home, 'models', 'rollback');
  expect(await champion()).toBe(id);
  const shown = await cliJson<{ model: { id: string }; servesAs: string[] }>(
    home,
    'models',
    'show',
    'champion',
  );
  expect([shown.document.model.id, shown.document.servesAs]).toEqual([id, ['champion']]);
});
