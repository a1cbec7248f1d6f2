/** Every failure of the catalogue is held by a test whose title has its number. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FAILURES } from '../../scripts/generate/failures.ts';
import { failuresPage, holdingTests, testsIn } from '../../scripts/generate/failures-page.ts';

const tests = holdingTests(fileURLToPath(new URL('../..', import.meta.url)));
const numbers = Array.from({ length: 54 }, (_, i) => `F-${String(i + 1).padStart(2, '0')}`);

describe('the catalogue of failures', () => {
  it('has F-01 to F-54, each in one line', () => {
    expect(Object.keys(FAILURES)).toEqual(numbers);
    for (const [number, what] of Object.entries(FAILURES)) expect(what, number).toMatch(/^[A-Z][^\n]+\.$/);
  });

  it('has a test for each of them', () => {
    const held = new Set(tests.flatMap((test) => test.numbers));
    expect(numbers.filter((number) => !held.has(number))).toEqual([]);
  });

  it('has no test of a failure that is not in it', () => {
    expect(tests.filter((test) => test.numbers.some((number) => !(number in FAILURES)))).toEqual([]);
  });

  it('names no two tests of one file alike', () => {
    const names = tests.map(({ file, title }) => `${file} ${title}`);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});

describe('the page about failures', () => {
  it('takes the titles of tests, not those of groups and not other texts', () => {
    const text = [
      "describe.skipIf(isMissing(find()))('N-01 a group', () => {",
      "  it('N-02 N-03 a test', () => undefined);",
      "  it.each([['a', f(() => 1)]])(",
      "    'N-04 a test with %s',",
      '    () => undefined,',
      '  );',
      "  const text = 'about N-05';",
      '});',
    ]
      .join('\n')
      .replaceAll('N-', 'F-');
    expect(testsIn('test/a.test.ts', text)).toEqual([
      { numbers: ['F-02', 'F-03'], file: 'test/a.test.ts', title: 'a test' },
      { numbers: ['F-04'], file: 'test/a.test.ts', title: 'a test with …' },
    ]);
  });

  it('lists the tests below their number', () => {
    const page = failuresPage([{ numbers: ['F-02'], file: 'test/a.test.ts', title: 'counts *once*' }]);
    expect(page).toContain(
      `## F-02\n\n${FAILURES['F-02']}\n\n[test/a.test.ts](../test/a.test.ts)\n\n- counts \\*once\\*\n`,
    );
  });
});
