/** Makes `docs/failures.md`: which tests prove that a failure does not come back. It is read from the titles of the tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAILURES } from './failures.ts';

/** A test with numbers of failures in its title, such as `F-31`. */
interface HoldingTest {
  readonly numbers: readonly string[];
  /** The path of the file from the root of the repository, with slashes. */
  readonly file: string;
  readonly title: string;
}

/** Matches the title of a test in source text: one or more numbers of failures, then words. */
const TITLE = /(['"`])((?:F-\d\d )+)((?:(?!\1|\\).|\\.)+)\1/g;
const STATEMENT = /^\s*(?:(describe)|it|test)\b/gm;

/** The tests whose title begins with numbers of failures, by file and in the order in the file. */
export function holdingTests(root: string): HoldingTest[] {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((name) => `test/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .flatMap((file) => testsIn(file, readFileSync(join(root, file), 'utf8')));
}

/** The tests of one file with numbers of failures. Titles of `describe` blocks are not counted. */
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

/** The title with the characters escaped that Markdown would treat as formatting. */
function escaped(title: string): string {
  return title.replaceAll(/[\\*_<>[\]]/g, '\\$&');
}
