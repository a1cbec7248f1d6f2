/** What code is computed with in tests that have no models and no archive. */
import type { ComputeContext } from '../../functions/steps/computed-rows.ts';
import type { Registry } from '../../shared/domain/registry.ts';

/** @param now by default long after all games */
export function computing(registry: Registry, now = new Date('2026-01-01T12:00:00Z')): ComputeContext {
  return {
    registry,
    now,
    models: () => Promise.resolve({ models: [], histories: { champion: [], challenger: [] } }),
    fileOf: (uri) => Promise.reject(new Error(`${uri} is in no archive`)),
    archives: () => Promise.resolve([]),
    kept: { list: () => Promise.resolve([]), read: () => Promise.resolve(undefined) },
  };
}
