/** The examples of code on the page on style are in the files that the page names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Text without the indentation of its lines. */
const unindented = (text: string): string => text.replace(/^ +/gm, '');

describe('the page on style', () => {
  const page = readFileSync(join(root, 'docs/style.md'), 'utf8');
  const examples = [...page.matchAll(/`([\w/.-]+\.ts)`:\n\n```ts\n([\s\S]*?)```/g)].map(
    ([, file = '', code = '']): readonly [string, string] => [file, code],
  );

  it('names the file of every example', () => {
    expect(examples).toHaveLength([...page.matchAll(/^```ts$/gm)].length);
    expect(examples.map(([file]) => file)).toEqual([
      'shared/domain/calendar.ts',
      'test/domain/calendar.test.ts',
    ]);
  });

  it.each(examples)('shows code that is in %s', (file, code) => {
    expect(unindented(readFileSync(join(root, file), 'utf8'))).toContain(unindented(code));
  });
});
