/** docs/revisions.md says of every revision of the rules of a table why it came and what it changed. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { rulesOf } from '../../shared/domain/table.ts';

const page = readFileSync(new URL('../../docs/revisions.md', import.meta.url), 'utf8');
const tables = loadRegistry().all.map(({ definition }) => definition);

/** The rows of the page that begin with a table and a revision of it. */
function rowsOf(table: string, revision: number): string[] {
  return page
    .split('\n')
    .filter((line) => new RegExp(`^\\| \`${table}\` +\\| ${revision} +\\|`).test(line))
    .map((line) => line.trim());
}

describe('the page about revisions', () => {
  it.each(tables.map((table) => [table.name, table] as const))('has every revision of %s', (name, table) => {
    const { revision } = rulesOf(table.calculationVersion);
    for (let each = 2; each <= revision; each++)
      expect([name, each, rowsOf(name, each).length]).toEqual([name, each, 1]);
    expect(rowsOf(name, revision + 1)).toEqual([]);
  });

  it('gives a reason and a measured effect in each row', () => {
    for (const { name, calculationVersion } of tables)
      for (let each = 2; each <= rulesOf(calculationVersion).revision; each++) {
        const [, , , reason = '', effect = ''] = (rowsOf(name, each)[0] ?? '')
          .split('|')
          .map((cell) => cell.trim());
        expect(reason.length).toBeGreaterThan(20);
        expect(effect).toMatch(/\d/);
      }
  });
});

describe('a calculation version', () => {
  it.each([
    ['v1', { family: 'v1', revision: 1 }],
    ['v1.2', { family: 'v1', revision: 2 }],
    ['v1_4factors.12', { family: 'v1_4factors', revision: 12 }],
  ])('%s names a family and a revision', (version, rules) => {
    expect(rulesOf(version)).toEqual(rules);
  });

  it('of the features names the list of features as its family', () => {
    const store = tables.find(({ name }) => name === 'ml_feature_store_v2');
    expect(store?.columns['feature_version']?.oneOf).toEqual([
      rulesOf(store?.calculationVersion ?? '').family,
    ]);
  });
});
