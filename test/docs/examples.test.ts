/** The pages can be found, and the message that one of them shows is a message. Their commands run in second-terminal.test.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decode } from '../../shared/messages/decode.ts';
import { backfillRequest } from '../../shared/messages/schemas.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('examples', () => {
  it('every page of docs is reachable from the README', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    for (const page of readdirSync(join(root, 'docs'))) expect(readme, page).toContain(`docs/${page}`);
  });

  it('the message in the page on backfills is accepted as it stands', () => {
    const [, message] =
      /```json\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/backfill.md'), 'utf8')) ?? [];
    expect(decode(backfillRequest, message ?? '')).toMatchObject({ ok: true });
  });
});
