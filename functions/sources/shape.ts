/** Checks the shape of an answer. Fields that nobody reads may be there or not. */
import type { z } from 'zod';
import { PayloadFault } from './source.ts';

/**
 * The answer in the shape of `schema`.
 * @throws PayloadFault with the first field that differs, such as `game.homeTeam.players.3.personId`
 */
export function shaped<T>(schema: z.ZodType<T>, document: unknown): T {
  const { data, error } = schema.safeParse(document);
  if (error === undefined) return data;
  const [issue] = error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new PayloadFault(
    `has another shape than expected: ${where === '' ? 'the document' : where}: ${issue?.message ?? 'unknown'}`,
  );
}

/**
 * The answer, unless it has the shape that version 2 of the league's answers had.
 * @throws PayloadFault
 */
export function withoutResultSets(document: unknown): unknown {
  if (typeof document === 'object' && document !== null && 'resultSets' in document)
    throw new PayloadFault('is of version 2 (resultSets), which is not read');
  return document;
}
