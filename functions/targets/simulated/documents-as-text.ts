/** All documents of a store as one text, to see whether anything still changes. */
import type { Doc } from '../../../shared/ports/state-store.ts';
import type { MemoryStore } from './memory-store.ts';

/** Fields that say when somebody looked, and nothing else. */
const TIMES = new Set(['updatedAt', 'checkedAt', 'retryAt', 'requestedAt']);

export function documentsAsText(store: MemoryStore): string {
  return [...store.dump()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, doc]) => `${path} ${textOf(doc)}`)
    .join('\n');
}

const texts = new WeakMap<Doc, string>();
/** A stored document never changes, so its text is made once. */
function textOf(doc: Doc): string {
  const known = texts.get(doc);
  if (known !== undefined) return known;
  const text = JSON.stringify(doc, (field, value: unknown) => (TIMES.has(field) ? '' : value));
  texts.set(doc, text);
  return text;
}
