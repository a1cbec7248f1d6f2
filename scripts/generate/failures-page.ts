/** The page that says which tests hold which failure: read from the titles of the tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAILURES } from './failures.ts';

/** A test that holds failures. */
interface HoldingTest {
  readonly numbers: readonly string[];
  /** Relative to the root of the repository, with slashes. */
  readonly file: string;
  readonly title: string;
}

/** A title in source text: one or more numbers, then words. */
const TITLE = /(['"`])((?:F-\d\d )+)((?:(?!\1|\\).|\\.)+)\1/g;
const STATEMENT = /^\s*(?:(describe)|it|test)\b/gm;

/** Tests whose title begins with numbers of failures, by file and in the order in which they stand. */
export function holdingTests(root: string): HoldingTest[] {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((name) => `test/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .flatMap((file) => testsIn(file, readFileSync(join(root, file), 'utf8')));
}

/** The tests of one file that hold failures. The titles of groups of tests are none of them. */
export function testsIn(file: string, text: string): HoldingTest[] {
  const groups = [...text.matchAll(STATEMENT)].map((match) => [match.index, match[1] !== undefined] as const);
  return [...text.matchAll(TITLE)].flatMap(({ index, 2: numbers = '', 3: words = '' }) => {
    const isGroup = groups.findLast(([start]) => start < index)?.[1] ?? true;
    if (isGroup) return [];
    const title = words.replaceAll(/\$\{[^}]*\}|\$[\w.]+|%[sijod]/g, '…').replaceAll(/\\(.)/g, '$1');
    return [{ numbers: numbers.trim().split(' '), file, title }];
  });
}

export function failuresPage(tests: readonly HoldingTest[]): string {
  const lines = [
    '# Failures that must not come again',
    '',
    'Each of these went wrong in a pipeline of this kind. A number stands in the titles of the tests that hold it:',
    '`npx vitest run -t F-31` runs those of one failure. Where a title has `…`, the test is made for several values.',
    '',
    'Written by `npm run generate` from `scripts/generate/failures.ts` and the titles of the tests.',
  ];
  for (const [number, what] of Object.entries(FAILURES)) {
    lines.push('', `## ${number}`, '', what);
    const holding = Map.groupBy(
      tests.filter(({ numbers }) => numbers.includes(number)),
      ({ file }) => file,
    );
    for (const [file, own] of holding)
      lines.push('', `[${file}](../${file})`, '', ...own.map(({ title }) => `- ${escaped(title)}`));
  }
  return `${lines.join('\n')}\n`;
}

/** The title as text, whatever Markdown would make of it. */
function escaped(title: string): string {
  return title.replaceAll(/[\\*_<>[\]]/g, '\\$&');
}
