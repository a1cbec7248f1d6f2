/** The pages of an answer of Ball Don't Lie: each but the last names the cursor of the next one. */
import { z } from 'zod';
import { shaped } from '../shape.ts';
import { PayloadFault } from '../source.ts';

const meta = z.object({ next_cursor: z.number().int().nullable().optional() }).optional();
const anyPage = z.object({ meta });
const several = z.object({ pages: z.array(z.unknown()) });

/** What asks for the page after this one; undefined on the last page. */
export function nextPage(page: unknown): string | undefined {
  const cursor = cursorOf(page);
  return cursor === undefined ? undefined : `cursor=${cursor}`;
}

function cursorOf(page: unknown): number | undefined {
  const { data } = anyPage.safeParse(page);
  return data?.meta?.next_cursor ?? undefined;
}

/**
 * The entries of all pages in the order of the pages.
 * @param keyOf what no two entries have in common
 * @throws PayloadFault when a page has another shape, is lacking, or says what another page says
 */
export function entriesOf<T>(entry: z.ZodType<T>, document: unknown, keyOf: (entry: T) => string): T[] {
  const found = several.safeParse(document);
  const pages = found.success ? found.data.pages : [document];
  const cursors = pages.map(cursorOf);
  const unasked = cursors.at(-1);
  if (unasked !== undefined) throw new PayloadFault(`lacks the page after the cursor ${unasked}`);
  if (new Set(cursors).size < cursors.length) throw new PayloadFault('has the same page twice');
  const page = z.object({ data: z.array(entry) });
  const entries = pages.flatMap((each) => shaped(page, each).data);
  const keys = new Set<string>();
  for (const key of entries.map(keyOf)) {
    if (keys.has(key)) throw new PayloadFault(`has ${key} twice`);
    keys.add(key);
  }
  return entries;
}
