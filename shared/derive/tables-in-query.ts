/** The tables that a query may read. Pure. */
import type { Registry } from '../domain/registry.ts';
import { viewShapes } from './ddl.ts';

/**
 * The tables whose names stand in a query, and those that views in it read. A name may also stand there for something else; then
 * there is one table too many.
 */
export function tablesInQuery(registry: Registry, sql: string): string[] {
  const words = new Set(sql.match(/\w+/g));
  const ofViews = viewShapes(registry).flatMap(({ name, reads }) => (words.has(name) ? reads : []));
  return registry.all
    .map(({ definition: { name } }) => name)
    .filter((name) => words.has(name) || ofViews.includes(name));
}
